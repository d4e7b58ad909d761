package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Programs as a user starts them. */
final class Programs {
    static final String LAUNCHER = Path.of("run").toAbsolutePath().toString();

    private Programs() {
    }

    /** Starts {@code examples/run}. */
    static Process launch(String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(LAUNCHER);
        command.addAll(List.of(args));
        return new ProcessBuilder(command).start();
    }

    /** Starts {@code examples/run} under a shell's limit on descriptors. */
    static Process launchWithLimit(int descriptors, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n \"$1\" && shift && exec \"$@\"", "sh",
                Integer.toString(descriptors), LAUNCHER));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).start();
    }

    /** Runs a program to its end. */
    static Result run(String... args) throws Exception {
        Process process = launch(args);
        process.getOutputStream().close();
        FutureTask<String> out = readAll(process.getInputStream());
        FutureTask<String> err = readAll(process.getErrorStream());
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(List.of(args) + " does not end");
        }
        return new Result(process.exitValue(), out.get(20, TimeUnit.SECONDS), err.get(20, TimeUnit.SECONDS));
    }

    private static FutureTask<String> readAll(InputStream in) {
        FutureTask<String> text = new FutureTask<>(() -> new String(in.readAllBytes(), UTF_8));
        Thread.ofVirtual().start(text);
        return text;
    }

    /** What a program left. */
    record Result(int status, String out, String err) {
    }

    /** Reads a server's first line; its end is an error that shows what it printed instead. */
    static String firstLine(Process process) throws IOException {
        BufferedReader out = process.inputReader(UTF_8);
        String line = out.readLine();
        if (line == null) {
            throw new AssertionError("no line; stderr: " + new String(process.getErrorStream().readAllBytes(), UTF_8));
        }
        return line;
    }

    /** Sends a signal by its name, and waits for the end. */
    static int signal(Process process, String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).inheritIO().start().waitFor();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("SIG" + signal + " does not end it");
        }
        return process.exitValue();
    }
}
