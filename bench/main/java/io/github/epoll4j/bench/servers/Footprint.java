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

/** What a server costs beside its speed: idle connections, each of which has had a message echoed, and its start. */
final class Footprint {
    private static final List<String> WARM_UP = List.of("--connections", "100", "--seconds", "0");

    private final Contestant contestant;
    private final List<Double> heapBytes = new ArrayList<>();
    private final List<Double> residentBytes = new ArrayList<>();
    private final List<Double> startMillis = new ArrayList<>();
    private final List<Double> archivedStartMillis = new ArrayList<>();

    Footprint(Contestant contestant) {
        this.contestant = contestant;
    }

    Contestant contestant() {
        return contestant;
    }

    boolean isEmpty() {
        return heapBytes.isEmpty() && residentBytes.isEmpty() && startMillis.isEmpty();
    }

    /** Opens connections, and divides what the server holds for them by their number. */
    void measureIdle(Launcher launcher, int connections) throws IOException {
        try (ServerProcess server = launcher.start(contestant)) {
            CProgram.run(launcher.load(server, WARM_UP));
            long heap = heap(server);
            long resident = server.residentBytes();
            Process load = new ProcessBuilder(launcher.load(server, List.of("--connections", "0", "--idle",
                    "" + connections, "--size", "1024", "--hold"))).redirectErrorStream(true).start();
            try (BufferedReader lines = load.inputReader()) {
                String line = lines.readLine();
                if (!"ready".equals(line)) {
                    throw new IOException(line);
                }
                long grown = server.residentBytes() - resident;
                heapBytes.add((double) (heap(server) - heap) / connections);
                residentBytes.add((double) grown / connections);
            } finally {
                load.destroyForcibly();
            }
        }
    }

    private long heap(ServerProcess server) throws IOException {
        return contestant.isInC() ? 0 : server.ask("heap");
    }

    /** Starts the server and has it echo a byte; a Java server once more, with an archive of its classes. */
    void measureStart(Launcher launcher) throws IOException {
        long start = System.nanoTime();
        try (ServerProcess server = launcher.start(contestant)) {
            echo(server);
            startMillis.add((System.nanoTime() - start) / 1e6);
        }
        if (contestant.isInC()) {
            return;
        }
        if (archivedStartMillis.isEmpty()) {
            try (ServerProcess server = launcher.startForArchive(contestant)) {
                echo(server);
                server.end();
            }
        }
        long again = System.nanoTime();
        try (ServerProcess server = launcher.startFromArchive(contestant)) {
            echo(server);
            archivedStartMillis.add((System.nanoTime() - again) / 1e6);
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
        return String.format("%-26s%12s%12s%24s%24s", "", "heap B/conn", "RSS B/conn", "first echo, ms from exec",
                "class archive and C1");
    }

    /** Gives a line of the table. */
    String line() {
        StringBuilder line = new StringBuilder(String.format("%-26s", contestant.title()));
        line.append(heapBytes.isEmpty() || contestant.isInC() ? String.format("%12s", "") : number(heapBytes));
        line.append(residentBytes.isEmpty() ? String.format("%12s", "") : number(residentBytes));
        return line.append(span(startMillis)).append(span(archivedStartMillis)).toString();
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
                + "archived_first_echo_ms_min,archived_first_echo_ms_max";
    }

    /** Gives a line of the file. */
    String csvLine() {
        return contestant.id() + "," + csv(contestant.isInC() ? List.of() : heapBytes) + "," + csv(residentBytes) + ","
                + csv(startMillis) + "," + csv(archivedStartMillis);
    }

    private static String csv(List<Double> values) {
        if (values.isEmpty()) {
            return ",,";
        }
        Stat stat = Stat.of(values);
        return String.format(Locale.ROOT, "%.1f,%.1f,%.1f", stat.median(), stat.min(), stat.max());
    }
}
