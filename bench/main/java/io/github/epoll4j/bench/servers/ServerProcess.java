package io.github.epoll4j.bench.servers;

import io.github.epoll4j.bench.KernelFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An echo server in a process of its own, which ends with this one. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("listening on \\S*:(\\d+)");
    /** The names that the JVM gives, as the kernel cuts them. */
    private static final Pattern COMPILER = Pattern.compile("C[12] Compiler");

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

    /** Finds the threads in which a JVM compiles; none in another process. */
    List<Path> compilers() throws IOException {
        return threads().stream().filter(thread -> COMPILER.matcher(KernelFile.value(thread + "/comm", "").orElse(""))
                .lookingAt()).toList();
    }

    /** Returns the threads that it has now. */
    List<Path> threads() throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid() + "/task"))) {
            return threads.toList();
        }
    }

    /** Gives what threads have computed, in nanoseconds; 0 where the kernel keeps no such account. */
    static long computed(List<Path> threads) {
        return threads.stream().mapToLong(thread -> KernelFile.value(thread + "/schedstat", "")
                .map(words -> Long.parseLong(words.split(" ")[0])).orElse(0L)).sum();
    }

    /** Gives how many sockets it has open: of files a JVM opens more whenever it looks for a class. */
    long sockets() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/" + pid() + "/fd"))) {
            return all.filter(ServerProcess::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // closed meanwhile
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
