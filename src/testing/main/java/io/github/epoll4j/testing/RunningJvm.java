package io.github.epoll4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A started {@link ChildJvm}. It ends when its input ends. */
public final class RunningJvm implements AutoCloseable {
    private static final long LIMIT_SECONDS = 30;

    private final Process process;
    private final BufferedReader out;
    private final Path err;
    private final Path trace;

    RunningJvm(ProcessBuilder builder, Path trace) throws IOException {
        this.trace = trace;
        this.err = Files.createTempFile("child", ".err");
        this.process = builder.redirectError(err.toFile()).start();
        this.out = process.inputReader();
    }

    /**
     * Returns the next line that it prints.
     *
     * @throws AssertionError with what it printed on its standard error, if there is no further line
     */
    public String line() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new AssertionError("no line; stderr: " + err());
        }
        return line;
    }

    /** Returns what it printed on its standard error. */
    public String err() throws IOException {
        return Files.readString(err);
    }

    /** Returns the number of lines on its standard error that contain some text. */
    public long logged(String text) throws IOException {
        return err().lines().filter(line -> line.contains(text)).count();
    }

    /** Returns the traced calls, a line each. */
    public List<String> trace() throws IOException {
        return ChildJvm.calls(trace);
    }

    /** Returns the number of traced calls whose line contains some text. */
    public long traced(String text) throws IOException {
        return trace().stream().filter(line -> line.contains(text)).count();
    }

    /** Returns its process id, or that of strace. */
    public long pid() {
        return process.pid();
    }

    /** Returns the user and system time of its threads. */
    public long cpuMillis() throws IOException {
        return Processes.cpuMillis(pid());
    }

    /** Ends its input, waits for the exit status 0, and returns the remaining lines. */
    public List<String> end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        List<String> lines = out.lines().toList();
        assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("it ends").isTrue();
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
