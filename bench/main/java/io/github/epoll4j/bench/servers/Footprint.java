package io.github.epoll4j.bench.servers;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.Stat;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/** What a server costs beside its speed: idle connections, each of which has had a message echoed, and its start. */
final class Footprint {
    private static final long FIRST_SECONDS_NANOS = 2_000_000_000;
    private static final int SIZE = 1024;
    /** Enough connections, one after the other, for the compiler to know what is done for each. */
    private static final int WARM_UPS = 50;
    private static final int WARM_CONNECTIONS = 200;
    private static final List<String> WARM_UP = List.of(
            "--connections", "" + WARM_CONNECTIONS, "--size", "" + SIZE, "--seconds", "0");
    private static final long CLOSING_NANOS = 10_000_000_000L;
    private static final long PAUSE_NANOS = 5_000_000;
    private static final int MOST_COLLECTIONS = 20;
    private static final long SAME_BYTES = 1024;

    private final Contestant contestant;
    private final List<Double> heapBytes = new ArrayList<>();
    private final List<Double> residentBytes = new ArrayList<>();
    private final List<Double> startMillis = new ArrayList<>();
    private final List<Double> cachedStartMillis = new ArrayList<>();

    Footprint(Contestant contestant) {
        this.contestant = contestant;
    }

    Contestant contestant() {
        return contestant;
    }

    boolean isEmpty() {
        return heapBytes.isEmpty() && residentBytes.isEmpty() && startMillis.isEmpty();
    }

    /**
     * Opens connections, and divides what the server holds for them by their number: of a Java server in the heap, and
     * outside of it, for the heap itself is in memory from the start. Before, others have come and gone, so that what
     * the server does for the first time, compiling included, is not taken for theirs; nor what it does in its first
     * seconds, such as to initialize a log.
     */
    void measureIdle(Launcher launcher, int connections) throws IOException {
        try (ServerProcess server = launcher.startTouched(contestant)) {
            long sockets = server.sockets();
            for (int i = 0; i < WARM_UPS; i++) {
                CProgram.run(launcher.load(server, WARM_UP));
            }
            awaitSockets(server, sockets);
            LockSupport.parkNanos(FIRST_SECONDS_NANOS);
            long heap = heap(server);
            long resident = server.residentBytes();
            Process load = new ProcessBuilder(launcher.load(server, List.of("--connections", "0", "--idle",
                    "" + connections, "--size", "" + SIZE, "--hold"))).redirectErrorStream(true).start();
            try (BufferedReader lines = load.inputReader()) {
                String line = lines.readLine();
                if (!"ready".equals(line)) {
                    throw new IOException(line);
                }
                residentBytes.add((double) (server.residentBytes() - resident) / connections);
                heapBytes.add((double) (heap(server) - heap) / connections);
            } finally {
                load.destroyForcibly();
            }
        }
    }

    /** Waits until the server has closed what its peers have closed. */
    private static void awaitSockets(ServerProcess server, long most) throws IOException {
        long end = System.nanoTime() + CLOSING_NANOS;
        while (server.sockets() > most) {
            if (System.nanoTime() > end) {
                throw new IOException("the server does not close what its peers have closed");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Asks for the live heap until two answers in succession agree: others than the connections may let go of some. */
    private long heap(ServerProcess server) throws IOException {
        if (contestant.isInC()) {
            return 0;
        }
        long last = server.ask("heap");
        for (int i = 0; i < MOST_COLLECTIONS; i++) {
            long again = server.ask("heap");
            if (Math.abs(again - last) <= SAME_BYTES) {
                return again;
            }
            last = again;
        }
        return last;
    }

    /** Starts the server and has it echo a byte; a Java server once more, with an ahead-of-time cache. */
    void measureStart(Launcher launcher) throws IOException {
        long start = System.nanoTime();
        try (ServerProcess server = launcher.start(contestant)) {
            echo(server);
            startMillis.add((System.nanoTime() - start) / 1e6);
        }
        if (contestant.isInC()) {
            return;
        }
        if (cachedStartMillis.isEmpty()) {
            try (ServerProcess server = launcher.startForCache(contestant)) {
                echo(server);
                server.end();
            }
        }
        long again = System.nanoTime();
        try (ServerProcess server = launcher.startFromCache(contestant)) {
            echo(server);
            cachedStartMillis.add((System.nanoTime() - again) / 1e6);
        }
    }

    private static void echo(ServerProcess server) throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            OutputStream out = client.getOutputStream();
            out.write(1);
            if (client.getInputStream().read() != 1) {
                throw new IOException("the first byte does not come back");
            }
        }
    }

    static String header() {
        return String.format("%-26s%12s%13s%25s%24s", "", "heap B/conn", "other B/conn", "first echo, ms from exec",
                "AOT cache and C1");
    }

    /** Gives a line of the table. */
    String line() {
        StringBuilder line = new StringBuilder(String.format("%-26s", contestant.title()));
        line.append(heapBytes.isEmpty() || contestant.isInC() ? String.format("%12s", "") : number(heapBytes));
        line.append(residentBytes.isEmpty() ? String.format("%13s", "") : " " + number(residentBytes));
        return line.append(span(startMillis)).append(span(cachedStartMillis)).toString();
    }

    private static String span(List<Double> values) {
        if (values.isEmpty()) {
            return "";
        }
        Stat stat = Stat.of(values);
        return number(values) + String.format(Locale.ROOT, " %-11s", String.format(
                Locale.ROOT, "(%.0f-%.0f)", stat.min(), stat.max()));
    }

    private static String number(List<Double> values) {
        return String.format(Locale.ROOT, "%12.0f", Stat.of(values).median());
    }

    static String csvHeader() {
        return "server,heap_bytes_median,heap_bytes_min,heap_bytes_max,rss_bytes_median,rss_bytes_min,rss_bytes_max,"
                + "first_echo_ms_median,first_echo_ms_min,first_echo_ms_max,archived_first_echo_ms_median,"
                + "archived_first_echo_ms_min,archived_first_echo_ms_max,idle_runs,starts";
    }

    /** Gives a line of the file. */
    String csvLine() {
        return contestant.id() + "," + csv(contestant.isInC() ? List.of() : heapBytes) + "," + csv(residentBytes) + ","
                + csv(startMillis) + "," + csv(cachedStartMillis) + "," + residentBytes.size() + ","
                + startMillis.size();
    }

    private static String csv(List<Double> values) {
        if (values.isEmpty()) {
            return ",,";
        }
        Stat stat = Stat.of(values);
        return String.format(Locale.ROOT, "%.1f,%.1f,%.1f", stat.median(), stat.min(), stat.max());
    }
}
