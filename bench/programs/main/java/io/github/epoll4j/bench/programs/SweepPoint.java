package io.github.epoll4j.bench.programs;

import java.util.Locale;

/**
 * One point of a sweep.
 *
 * @param sweep       which sweep
 * @param mechanism   how the server waits
 * @param connections how many connections it watches
 * @param active      how many of them get a byte before each wait
 * @param cycles      how often
 */
public record SweepPoint(Sweep sweep, Mechanism mechanism, int connections, int active, long cycles) {
    /** About what a call costs for each descriptor that it looks at, and a byte that is read; they set the cycles. */
    private static final long SCAN_NANOS = 80;
    private static final long READ_NANOS = 1500;
    private static final long MOST_CYCLES = 20_000;
    private static final long LEAST_CYCLES = 5;

    /** What is varied. */
    public enum Sweep {
        /** The number of connections, of which one is ready at each wait. */
        CONNECTIONS("connections: ns for a wait, the lookup and the read of a byte; exactly one of x connections is "
                + "ready"),
        /** How many of a fixed number are ready. */
        ACTIVE("active: ns for each ready descriptor, waits and reads together; x of all connections are ready"),
        /** The trigger. */
        TRIGGERS("triggers: ns for each message of a byte, waits, reads and arming together; a tenth of x connections "
                + "is ready");

        private final String title;

        Sweep(String title) {
            this.title = title;
        }

        /**
         * Names it.
         *
         * @return connections, active or triggers
         */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }

        String title() {
            return title;
        }
    }

    /** Makes a point that takes about so long in C. */
    static SweepPoint of(Sweep sweep, Mechanism mechanism, int connections, int active, long millis) {
        boolean isScanning = mechanism == Mechanism.SELECT || mechanism == Mechanism.POLL;
        long nanos = READ_NANOS * (active + 1) + (isScanning ? SCAN_NANOS * connections : 0);
        long cycles = Math.clamp(millis * 1_000_000 / nanos, LEAST_CYCLES, MOST_CYCLES);
        return new SweepPoint(sweep, mechanism, connections, active, cycles);
    }

    /**
     * Gives what is varied.
     *
     * @return the connections, or how many are active
     */
    public int x() {
        return sweep == Sweep.ACTIVE ? active : connections;
    }

    /** Names the mechanism for the program in C. */
    String inC() {
        return mechanism.trigger().equals("-") ? mechanism.call() : mechanism.trigger();
    }
}
