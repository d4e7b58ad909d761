package io.github.epoll4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.epoll.EpollInstance;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Another JVM that runs a class of the test tree, for what a process can suffer only once, or only from its start.
 *
 * <p>The class is patched into the library's module, as the tests themselves are, unless it runs on the class path.
 */
public final class ChildJvm {
    private static final long LIMIT_SECONDS = 60;
    private static final String MODULE = "io.github.epoll4j";

    private final Class<?> main;
    private final List<String> prefix = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private boolean onClassPath;
    private boolean nativeAccess = true;
    private Path trace;

    private ChildJvm(Class<?> main) {
        this.main = main;
    }

    /** What became of a child. */
    public record Result(int exitStatus, String out, String err, List<String> trace) {
        /** Gives the lines that were printed, of a child that ended well. */
        public List<String> lines() {
            assertThat(this).matches(result -> result.exitStatus == 0, "exit status 0");
            return out.lines().toList();
        }

        /** Counts the traced calls whose line contains some text. */
        public long traced(String text) {
            return trace.stream().filter(line -> line.contains(text)).count();
        }
    }

    /** Prepares a child that may use native code. */
    public static ChildJvm of(Class<?> main) {
        return new ChildJvm(main);
    }

    /** Runs it on the class path, in the unnamed module. */
    public ChildJvm onClassPath() {
        onClassPath = true;
        return this;
    }

    /** Leaves out the option that allows native access. */
    public ChildJvm withoutNativeAccess() {
        nativeAccess = false;
        return this;
    }

    /** Adds options of java. */
    public ChildJvm options(String... more) {
        options.addAll(List.of(more));
        return this;
    }

    /** Adds a command to run java with; the test is skipped where there is no such command. */
    public ChildJvm under(String... command) {
        Commands.assumePresent(command[0]);
        prefix.addAll(List.of(command));
        return this;
    }

    /**
     * Runs java under strace, which keeps the lines about the calls that the options ask for; the test is skipped where
     * tracing is not possible.
     */
    public ChildJvm underStrace(String... straceOptions) throws IOException, InterruptedException {
        Commands.assumePresent("strace");
        assumeTrue(new ProcessBuilder("strace", "-qq", "-e", "trace=none", "true").start().waitFor() == 0,
                "tracing is not permitted");
        trace = Files.createTempFile("trace", ".txt");
        under("strace", "-f", "-qq", "--seccomp-bpf", "-e", "signal=none", "-o", trace.toString());
        prefix.addAll(List.of(straceOptions));
        return this;
    }

    /** Starts the child, waits for its end, and gives what it left; kills it after a minute. */
    public Result run(String... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile("child", ".out");
        Path err = Files.createTempFile("child", ".err");
        try {
            Process process = start(List.of(arguments), out, err);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                throw new AssertionError("no end after " + LIMIT_SECONDS + " s: " + Files.readString(out)
                        + Files.readString(err));
            }
            return new Result(process.exitValue(), Files.readString(out), Files.readString(err),
                    trace == null ? List.of() : calls(trace));
        } finally {
            Files.delete(out);
            Files.delete(err);
            if (trace != null) {
                Files.delete(trace);
            }
        }
    }

    /** Leaves out what strace remarks about a thread that ended outside any call. */
    private static List<String> calls(Path trace) throws IOException {
        return Files.readAllLines(trace).stream().filter(line -> !line.endsWith("???( <detached ...>")).toList();
    }

    private Process start(List<String> arguments, Path out, Path err) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        if (onClassPath) {
            command.addAll(nativeAccess ? List.of("--enable-native-access=ALL-UNNAMED") : List.of());
            command.addAll(List.of("-cp", root(EpollInstance.class) + File.pathSeparator + root(main), main.getName()));
        } else {
            command.addAll(nativeAccess ? List.of("--enable-native-access=" + MODULE) : List.of());
            command.addAll(List.of("--module-path", root(EpollInstance.class), "--patch-module",
                    MODULE + "=" + root(main), "-m", MODULE + "/" + main.getName()));
        }
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH"));
        return builder.start();
    }

    /** The folder that a class was loaded from; a patched module's code source does not tell. */
    private static String root(Class<?> type) {
        String file = "/" + type.getName().replace('.', '/') + ".class";
        String path = Path.of(URI.create(type.getResource(file).toString())).toString();
        return path.substring(0, path.length() - file.length());
    }
}
