package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.testing.Commands;
import java.io.IOException;
import java.io.Reader;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that one types to, and whose output one waits for. */
final class Dialogue implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Process process;
    private final StringBuilder seen = new StringBuilder();
    private boolean isOver;

    private Dialogue(Process process) {
        this.process = process;
        Thread.ofVirtual().start(this::watch);
    }

    /** Starts a program of the host, or skips the test where there is none; fails it where CI should have one. */
    static Dialogue with(String... command) throws IOException {
        Commands.assumePresent(command[0]);
        ProcessBuilder builder = Programs.builder(List.of(command)).redirectErrorStream(true);
        builder.environment().put("TERM", "xterm");
        return new Dialogue(builder.start());
    }

    private void watch() {
        try (Reader out = process.inputReader(UTF_8)) {
            char[] buffer = new char[4096];
            for (int count = out.read(buffer); count >= 0; count = out.read(buffer)) {
                synchronized (seen) {
                    seen.append(buffer, 0, count);
                    seen.notifyAll();
                }
            }
        } catch (IOException e) {
            // over as well
        } finally {
            synchronized (seen) {
                isOver = true;
                seen.notifyAll();
            }
        }
    }

    void type(String text) throws IOException {
        process.getOutputStream().write(text.getBytes(UTF_8));
        process.getOutputStream().flush();
    }

    /** No more is typed. */
    void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /** Waits until the program has printed a text, and forgets what came up to its end. */
    void awaitText(String text) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        synchronized (seen) {
            int index = seen.indexOf(text);
            for (; index < 0; index = seen.indexOf(text)) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                assertThat(left > 0 && !isOver).as("waiting for \"%s\", and saw: %s", text, seen).isTrue();
                seen.wait(left);
            }
            seen.delete(0, index + text.length());
        }
    }

    /** Waits until the program ends, and gives its status. */
    int awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE_NANOS, TimeUnit.NANOSECONDS)).as("the end, after: %s", seen).isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
