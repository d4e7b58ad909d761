package io.github.epoll4j.examples;

import static java.lang.ProcessBuilder.Redirect.DISCARD;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
    private static final List<String> DEFAULT_SIGNALS = List.of("env", "--default-signal");
    private static final boolean HAS_DEFAULT_SIGNALS = succeeds("env", "--default-signal", "true");

    static {
        // makes the cache, which the launcher reports on standard error
        assertThat(succeeds(LAUNCHER)).as("the first start ends well").isTrue();
    }

    private Programs() {
    }

    /** Runs a command, and returns whether it exists and its status is 0. */
    static boolean succeeds(String... command) {
        try {
            Process process = builder(List.of(command)).redirectOutput(DISCARD).redirectError(DISCARD).start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Prepares a command with the default disposition of every signal: nohup and shells start background commands with
     * signals ignored, which children inherit. Without a suitable env the command is left as it is.
     */
    static ProcessBuilder builder(List<String> command) {
        List<String> all = new ArrayList<>(HAS_DEFAULT_SIGNALS ? DEFAULT_SIGNALS : List.of());
        all.addAll(command);
        return new ProcessBuilder(all);
    }

    /** Starts {@code examples/run}. */
    static Process launch(String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(LAUNCHER);
        command.addAll(List.of(args));
        return builder(command).start();
    }

    /** Starts {@code examples/run} under a shell's limit on descriptors. */
    static Process launchWithLimit(int descriptors, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n \"$1\" && shift && exec \"$@\"", "sh",
                Integer.toString(descriptors), LAUNCHER));
        command.addAll(List.of(args));
        return builder(command).start();
    }

    /** Runs a program to its end. */
    static Result run(String... args) throws Exception {
        return await(launch(args), List.of(args).toString());
    }

    /** Waits for the end of a program, which gets no input. */
    static Result await(Process process, String name) throws Exception {
        process.getOutputStream().close();
        FutureTask<String> out = readAll(process.getInputStream());
        FutureTask<String> err = readAll(process.getErrorStream());
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(name + " does not end");
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
