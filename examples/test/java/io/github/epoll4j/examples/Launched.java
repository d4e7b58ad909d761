package io.github.epoll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.testing.Eventually;
import io.github.epoll4j.testing.Fds;
import io.github.epoll4j.testing.Processes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IntSummaryStatistics;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server that {@code examples/run} started, and what the kernel tells about it. */
final class Launched implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("[a-z-]+ listening on \\S+:(\\d+)( .*)?");

    private final Process process;
    private final String ready;
    private final int port;

    /** Takes over a process, and waits until it is ready. */
    Launched(Process process) throws IOException {
        this.process = process;
        String line;
        try {
            line = Programs.firstLine(process);
        } catch (IOException | AssertionError e) {
            process.destroyForcibly();
            throw e;
        }
        Matcher matcher = READY.matcher(line);
        if (!matcher.matches()) {
            process.destroyForcibly();
            throw new AssertionError("not a ready line: " + line);
        }
        this.ready = line;
        this.port = Integer.parseInt(matcher.group(1));
    }

    /** Starts a program on a free port. */
    static Launched start(String command) throws IOException {
        return new Launched(Programs.launch((command + " --port 0").split(" ")));
    }

    Process process() {
        return process;
    }

    String ready() {
        return ready;
    }

    int port() {
        return port;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Connects a client that waits 20 s for each answer. */
    Socket connect() throws IOException {
        Socket client = new Socket();
        client.setTcpNoDelay(true);
        client.setSoTimeout(20_000);
        client.connect(address());
        return client;
    }

    /** Returns its user and system time. */
    long cpuMillis() throws IOException {
        return Processes.cpuMillis(process.pid());
    }

    /** How often the threads with such a name went to sleep, once all of them sleep. */
    long sleeps(String threadName) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        long before = -1;
        long now = countSleeps(threadName);
        while (now != before) {
            assertThat(System.nanoTime()).as("it does not come to rest").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(100);
            before = now;
            now = countSleeps(threadName);
        }
        return now;
    }

    private long countSleeps(String threadName) throws IOException {
        long sum = 0;
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            for (Path task : (Iterable<Path>) tasks::iterator) {
                try {
                    if (Files.readString(task.resolve("comm")).strip().startsWith(threadName)) {
                        sum += number(task.resolve("status"), "voluntary_ctxt_switches");
                    }
                } catch (IOException e) {
                    continue; // that thread has ended
                }
            }
        }
        return sum;
    }

    long residentKb() throws IOException {
        return number(Path.of("/proc/" + process.pid() + "/status"), "VmRSS");
    }

    private static long number(Path file, String name) throws IOException {
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(name + ":")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new AssertionError(name + " is not in " + file);
    }

    /**
     * Takes all numbers of descriptors from it but those up to its highest, and two: its loop may still open its
     * reserve.
     *
     * @return how many of these are free, for there may be gaps
     */
    int limitDescriptors() throws IOException, InterruptedException {
        IntSummaryStatistics used;
        try (Stream<Path> fds = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            used = fds.mapToInt(fd -> Integer.parseInt(fd.getFileName().toString())).summaryStatistics();
        }
        int limit = used.getMax() + 3;
        Process prlimit = new ProcessBuilder("prlimit", "--pid", Long.toString(process.pid()),
                "--nofile=" + limit).inheritIO().start();
        assertThat(prlimit.waitFor()).as("prlimit's status").isZero();
        return limit - (int) used.getCount();
    }

    /** Returns the number of its open sockets. */
    long sockets() throws IOException {
        return Fds.sockets(process.pid());
    }

    /** Waits until its number of sockets is as wanted. */
    void awaitSockets(LongPredicate wanted) {
        Eventually.await("its sockets are closed", () -> wanted.test(sockets()));
    }

    int signal(String name) throws IOException, InterruptedException {
        return Programs.signal(process, name);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
