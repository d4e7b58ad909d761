package io.github.epoll4j.bench.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An echo server in a process of its own, which ends with this one. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("listening on \\S*:(\\d+)");

    private final Path complaints = Files.createTempFile("bench-server", ".log");
    private final Process process;
    private final Thread hook;
    private final BufferedReader answers;
    private final Writer questions;
    private final int port;

    /** Starts it, and waits until it listens. */
    ServerProcess(List<String> command) throws IOException {
        process = new ProcessBuilder(command).redirectError(complaints.toFile()).start();
        hook = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(hook);
        answers = process.inputReader();
        questions = process.outputWriter();
        try {
            port = readPort();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private int readPort() throws IOException {
        String line = answers.readLine();
        Matcher matcher = READY.matcher(line == null ? "" : line);
        while (!matcher.find()) {
            if (line == null) {
                List<String> lines = Files.readAllLines(complaints);
                throw new IOException("the server does not start" + (lines.isEmpty() ? "" : ": " + lines.getLast()));
            }
            line = answers.readLine();
            matcher.reset(line == null ? "" : line);
        }
        return Integer.parseInt(matcher.group(1));
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    /** Asks a Java server for "heap" or "allocated", in bytes. */
    long ask(String question) throws IOException {
        questions.write(question + "\n");
        questions.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the server has ended");
        }
        return Long.parseLong(answer);
    }

    /** Ends the input of a Java server, and waits until it is gone. */
    void end() throws IOException {
        questions.close();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives what it has in memory, in bytes. */
    long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst().orElseThrow(() -> new IOException("the server has ended"));
    }

    /** Kills it, and waits until it is gone. */
    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor();
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Files.delete(complaints);
        }
    }
}
