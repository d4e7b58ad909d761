package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.epoll.EpollInstance;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Another JVM that runs a class of the test tree, with every class in folders: for what a process can suffer only once,
 * or with few descriptors. It is told to end by the end of its input.
 */
final class ReactorChild implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final Path err;
    private final Path trace;

    private ReactorChild(List<String> prefix, Class<?> main, Path trace, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED", "-cp", String.join(File.pathSeparator,
                        folder(EpollInstance.class), folder(Reactor.class), folder(main)), main.getName()));
        command.addAll(arguments);
        this.trace = trace;
        this.err = Files.createTempFile("child", ".err");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH"));
        this.process = builder.start();
        this.out = process.inputReader();
    }

    /** Starts a class with few descriptors. */
    static ReactorChild withLimit(int descriptors, Class<?> main, String... arguments) throws IOException {
        return new ReactorChild(List.of("sh", "-c", "ulimit -n " + descriptors + " && exec \"$@\"", "sh"), main, null,
                List.of(arguments));
    }

    /** Starts a class under strace; the test is skipped where tracing is not possible. */
    static ReactorChild underStrace(List<String> options, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        boolean isPresent = List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "strace")));
        assumeTrue(isPresent, "there is no strace");
        assumeTrue(new ProcessBuilder("strace", "-qq", "-e", "trace=none", "true").start().waitFor() == 0,
                "tracing is not permitted");
        Path trace = Files.createTempFile("trace", ".txt");
        List<String> prefix = new ArrayList<>(
                List.of("strace", "-f", "-qq", "--seccomp-bpf", "-e", "signal=none", "-o", trace.toString()));
        prefix.addAll(options);
        return new ReactorChild(prefix, main, trace, List.of(arguments));
    }

    /** The folder that a class was compiled to, also if it was loaded from the jar beside it. */
    private static String folder(Class<?> type) {
        String file = "/" + type.getName().replace('.', '/') + ".class";
        String path = URI.create(type.getResource(file).toString()).getSchemeSpecificPart();
        int jar = path.indexOf(".jar!");
        if (jar >= 0) {
            Path target = Path.of(URI.create(path.substring(0, jar + ".jar".length()))).getParent();
            assumeTrue(Files.isDirectory(target.resolve("classes")), "no folder of classes beside the jar");
            return target.resolve("classes").toString();
        }
        return path.substring(0, path.length() - file.length());
    }

    /** Reads the next line that it prints; its end is an error that shows what it left. */
    String line() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new AssertionError("no line; stderr: " + err());
        }
        return line;
    }

    String err() throws IOException {
        return Files.readString(err);
    }

    /** Counts the lines of its log that contain some text. */
    long logged(String text) throws IOException {
        return err().lines().filter(line -> line.contains(text)).count();
    }

    /** Counts the traced calls whose line contains some text. */
    long traced(String text) throws IOException {
        return trace().stream().filter(line -> line.contains(text)).count();
    }

    /** The traced calls, a line each. */
    List<String> trace() throws IOException {
        return Files.readAllLines(trace);
    }

    long pid() {
        return process.pid();
    }

    /** The time that its threads have had on processors. */
    long cpuMillis() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 10; // in hundredths of a second
    }

    /** Tells it to end, and gives what it still prints. */
    List<String> end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        List<String> lines = out.lines().toList();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
        assertThat(process.exitValue()).as("exit status; stderr: " + err()).isZero();
        return lines;
    }

    @Override
    public void close() throws IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        Files.deleteIfExists(err);
        if (trace != null) {
            Files.deleteIfExists(trace);
        }
    }
}
