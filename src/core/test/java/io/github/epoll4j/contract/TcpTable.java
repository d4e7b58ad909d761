package io.github.epoll4j.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The kernel's table of TCP connections over IPv4, and bounded waits for what it is to say. */
final class TcpTable {
    static final int ESTABLISHED = 1;
    private static final int FIN_WAIT_1 = 4;
    private static final int LAST_ACK = 9;
    private static final int CLOSING = 11;

    private TcpTable() {
    }

    /** One end of a connection. */
    record Entry(int localPort, int remotePort, int state, long unacknowledged, int timer) {
        private static final int WINDOW_PROBE = 4;

        static Entry parse(String line) {
            String[] fields = line.strip().split(" +");
            return new Entry(hex(fields[1].split(":")[1]), hex(fields[2].split(":")[1]), hex(fields[3]),
                    Long.parseLong(fields[4].split(":")[0], 16), hex(fields[5].split(":")[0]));
        }

        private static int hex(String digits) {
            return Integer.parseInt(digits, 16);
        }

        /** Tells that the peer takes no more, and that nothing is on its way. */
        boolean probesWindow() {
            return timer == WINDOW_PROBE;
        }

        boolean isQuiet() {
            return unacknowledged == 0 && state != FIN_WAIT_1 && state != LAST_ACK && state != CLOSING;
        }
    }

    /** Waits until as many ends with this local port are as they should be, for 20 seconds. */
    static void await(int port, int count, Predicate<Entry> condition) throws IOException {
        long start = System.nanoTime();
        while (read().filter(entry -> entry.localPort() == port).filter(condition).count() != count) {
            pause(start);
        }
    }

    /** Waits until each end of a connection has heard of all that the other sent, for 20 seconds. */
    static void awaitQuiet(int port) throws IOException {
        long start = System.nanoTime();
        while (!read().filter(entry -> entry.localPort() == port || entry.remotePort() == port)
                .allMatch(Entry::isQuiet)) {
            pause(start);
        }
    }

    private static void pause(long start) {
        if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(20)) {
            throw new AssertionError("not within 20 s");
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }

    private static Stream<Entry> read() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/net/tcp"));
        return lines.stream().skip(1).map(Entry::parse);
    }
}
