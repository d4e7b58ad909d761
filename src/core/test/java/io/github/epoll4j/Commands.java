package io.github.epoll4j;

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

/** Runs programs of the host, and knows which there are. */
public final class Commands {
    private static final long LIMIT_MINUTES = 5;

    private Commands() {
    }

    /**
     * What a program left behind.
     *
     * @param status its exit status
     * @param output what it printed, errors included
     */
    public record Result(int status, String output) {
    }

    /**
     * Skips the test where a program is missing; fails it where the environment has EPOLL4J_REQUIRE_TOOLS=true, as CI
     * does, which installs them all.
     */
    public static void assumePresent(String command) {
        if (Boolean.parseBoolean(System.getenv("EPOLL4J_REQUIRE_TOOLS"))) {
            assertThat(isPresent(command)).as("%s is on the PATH", command).isTrue();
        }
        assumeTrue(isPresent(command), () -> "no " + command + " on the PATH");
    }

    /** Tells whether there is a program of this name on the PATH, or at this path. */
    public static boolean isPresent(String command) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder).resolve(command)));
    }

    /** Runs a program in C's locale to its end; a program that is still running after five minutes is killed. */
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
