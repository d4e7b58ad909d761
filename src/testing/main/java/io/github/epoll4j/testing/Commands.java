package io.github.epoll4j.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs programs of the host, and skips tests whose programs are missing. */
public final class Commands {
    private static final long LIMIT_MINUTES = 5;

    private Commands() {
    }

    /**
     * The result of a program.
     *
     * @param status its exit status
     * @param output what it printed, errors included
     */
    public record Result(int status, String output) {
    }

    /**
     * Skips the test unless one of some programs is present. Where the environment has EPOLL4J_REQUIRE_TOOLS=true, as
     * in CI, which installs all of them, the test fails instead.
     *
     * @param commands alternatives, the best first
     * @return the first that is present
     */
    public static String assumePresent(String... commands) {
        String present = Arrays.stream(commands).filter(Commands::isPresent).findFirst().orElse(null);
        if (Boolean.parseBoolean(System.getenv("EPOLL4J_REQUIRE_TOOLS"))) {
            assertThat(present).as("one of %s on the PATH", Arrays.toString(commands)).isNotNull();
        }
        assumeTrue(present != null, () -> "none of " + Arrays.toString(commands) + " on the PATH");
        return present;
    }

    /** Skips the test unless strace is present and permitted to trace. */
    public static void assumeStrace() throws IOException, InterruptedException {
        assumePresent("strace");
        assumeTrue(new ProcessBuilder("strace", "-qq", "-e", "trace=none", "true").start().waitFor() == 0,
                "tracing is not permitted");
    }

    /** Returns whether there is a program of this name on the PATH, or at this path. */
    public static boolean isPresent(String command) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder).resolve(command)));
    }

    /**
     * Runs a program in C's locale, with an empty standard input, to its end. A program that still runs after five
     * minutes is killed.
     */
    public static Result run(Path folder, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("epoll4j", ".txt");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("LC_ALL", "C");
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close(); // not by the JVM some time after the end, when a test may count
            if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + " did not end");
            }
            return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
        } finally {
            Files.delete(output);
        }
    }
}
