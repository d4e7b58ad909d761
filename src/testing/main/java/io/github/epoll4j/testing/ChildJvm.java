package io.github.epoll4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ResolvedModule;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Another JVM that runs a class of the test tree, for what happens once in a process, or from its start on, or with few
 * descriptors.
 *
 * <p>The class is patched into the module under test, as the tests themselves are, unless it is to run on the class
 * path. All classes come from folders, so that no jar takes a descriptor.
 */
public final class ChildJvm {
    private static final long LIMIT_SECONDS = 60;
    private static final String NATIVE_MODULE = "io.github.epoll4j";

    private final Class<?> main;
    private final List<String> prefix = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private boolean onClassPath;
    private boolean nativeAccess = true;
    private Path trace;

    private ChildJvm(Class<?> main) {
        this.main = main;
    }

    /** The result of a child. */
    public record Result(int exitStatus, String out, String err, List<String> trace) {
        /** Returns the printed lines of a child whose exit status is 0. */
        public List<String> lines() {
            assertThat(this).matches(result -> result.exitStatus == 0, "exit status 0");
            return out.lines().toList();
        }

        /** Returns the number of traced calls whose line contains some text. */
        public long traced(String text) {
            return trace.stream().filter(line -> line.contains(text)).count();
        }
    }

    /** Returns a child that may use native code, of a class of a named module. */
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

    /** Limits its descriptors. */
    public ChildJvm withDescriptors(int limit) {
        return under("sh", "-c", "ulimit -n " + limit + " && exec \"$@\"", "sh");
    }

    /** Runs java under strace with some options; the test is skipped where tracing is not possible. */
    public ChildJvm underStrace(String... straceOptions) throws IOException, InterruptedException {
        Commands.assumeStrace();
        trace = Files.createTempFile("trace", ".txt");
        under("strace", "-f", "-qq", "--seccomp-bpf", "-e", "signal=none", "-o", trace.toString());
        prefix.addAll(List.of(straceOptions));
        return this;
    }

    /** Starts the child with an empty input and waits for its end; kills it after a minute. */
    public Result run(String... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile("child", ".out");
        Path err = Files.createTempFile("child", ".err");
        try {
            Process process = builder(arguments)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
                throw new AssertionError("no end after " + LIMIT_SECONDS + " s: " + Files.readString(out)
                        + Files.readString(err));
            }
            return new Result(process.exitValue(), Files.readString(out), Files.readString(err), calls(trace));
        } finally {
            Files.delete(out);
            Files.delete(err);
            if (trace != null) {
                Files.delete(trace);
            }
        }
    }

    /** Starts the child; the caller talks to it, and closes it. */
    public RunningJvm start(String... arguments) throws IOException {
        return new RunningJvm(builder(arguments), trace);
    }

    /** Returns the traced calls, without strace's remarks about threads that ended outside any call. */
    static List<String> calls(Path trace) throws IOException {
        return trace == null ? List.of()
                : Files.readAllLines(trace).stream().filter(line -> !line.endsWith("???( <detached ...>")).toList();
    }

    private ProcessBuilder builder(String... arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        Set<String> modules = modules(main.getModule());
        if (onClassPath) {
            command.addAll(nativeAccess ? List.of("--enable-native-access=ALL-UNNAMED") : List.of());
            modules.add(folder(main));
            modules.add(folder(ChildJvm.class));
            command.addAll(List.of("-cp", String.join(File.pathSeparator, modules), main.getName()));
        } else {
            String module = main.getModule().getName();
            command.addAll(nativeAccess ? List.of("--enable-native-access=" + NATIVE_MODULE) : List.of());
            command.addAll(List.of("--module-path", String.join(File.pathSeparator, modules),
                    "--patch-module", module + "=" + folder(main),
                    "--add-reads", module + "=ALL-UNNAMED", "-cp", folder(ChildJvm.class),
                    "-m", module + "/" + main.getName()));
        }
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH"));
        return builder;
    }

    /** Returns the folders of a named module and of all that it reads, the JDK's aside. */
    private static Set<String> modules(Module module) {
        Configuration configuration = module.getLayer().configuration();
        ResolvedModule resolved = configuration.findModule(module.getName()).orElseThrow();
        Set<String> folders = new LinkedHashSet<>();
        List<ResolvedModule> readable = new ArrayList<>(List.of(resolved));
        readable.addAll(resolved.reads());
        for (ResolvedModule each : readable) {
            URI location = each.reference().location().orElseThrow();
            if (location.getScheme().equals("file")) {
                folders.add(folder(Path.of(location)));
            }
        }
        return folders;
    }

    /** Returns the folder that a class was compiled to; the code source of a patched module does not show it. */
    private static String folder(Class<?> type) {
        String file = "/" + type.getName().replace('.', '/') + ".class";
        String path = URI.create(type.getResource(file).toString()).getSchemeSpecificPart();
        int jar = path.indexOf("!/");
        return jar >= 0 ? folder(Path.of(URI.create(path.substring(0, jar))))
                : path.substring(0, path.length() - file.length());
    }

    /** Returns a folder as it is, and for a jar the folder beside it that it was packed from. */
    private static String folder(Path folderOrJar) {
        Path folder = Files.isDirectory(folderOrJar) ? folderOrJar : folderOrJar.resolveSibling("classes");
        assertThat(folder).isDirectory();
        return folder.toString();
    }
}
