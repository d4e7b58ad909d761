package io.github.epoll4j.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A target of the project and what was measured.
 *
 * @param title    of what
 * @param atMost   the target
 * @param measured what was measured
 * @param unit     the unit of both
 * @param basis    of how many measurements it is what
 * @param least    the least of these measurements; that which is judged, if it is the only one
 * @param most     the most of them
 */
record Target(String title, double atMost, double measured, String unit, String basis, double least, double most) {
    /** A call's time by C's. */
    static final double CALL = 1.10;
    /** The processor time per message by C's. */
    static final double MESSAGE = 1.05;
    /** The same for messages of 16 KB. */
    static final double LARGE_MESSAGE = 1.10;
    /** C's messages per second by those of the reactor. */
    static final double SPEED = 1 / 0.97;
    /** The live heap of an idle connection. */
    static final double HEAP_BYTES = 256;
    /** The time from exec to the first echo. */
    static final double FIRST_ECHO_MILLIS = 220;
    /** What counts as no byte: the rest of a JVM allocates fractions of one. */
    static final double NO_BYTE = 1;
    private static final String TIMES_C = "× C";

    /** Judges all that were measured. */
    static List<Target> of(Results results) {
        List<Target> targets = new ArrayList<>();
        for (Row row : results.table("micro")) {
            if (Peers.isOurs(row.text("subject"))) {
                add(targets, "call " + row.text("subject"), CALL, row.quotient("java_min_ns", "c_min_ns"), TIMES_C,
                        Basis.of(row, "java_min_ns"));
            }
        }
        for (Row row : results.table("servers")) {
            String server = row.text("server");
            if (server.equals("reactor-level") || server.equals("reactor-edge")) {
                String title = server + ", " + row.text("load");
                String basis = Basis.of(row, "cpu_ratio_median");
                add(targets, "processor time per message, " + title, row.is("load", "64x16K") ? LARGE_MESSAGE : MESSAGE,
                        TIMES_C, basis, row, "cpu_ratio");
                if (row.has("speed_ratio_median")) {
                    targets.add(new Target("C's messages per second by those of " + title, SPEED,
                            1 / row.value("speed_ratio_median"), "", basis, 1 / row.value("speed_ratio_max"),
                            1 / row.value("speed_ratio_min")));
                }
                add(targets, "allocated per message, " + title, NO_BYTE, row.value("bytes_per_message"), "B", basis);
            }
        }
        for (Row row : results.table("servers-footprint")) {
            if (row.is("server", "reactor-level") || row.is("server", "reactor-edge")) {
                add(targets, "live heap of an idle connection, " + row.text("server"), HEAP_BYTES, "B",
                        Basis.of(row, "heap_bytes_median"), row, "heap_bytes");
                add(targets, "first echo after exec, " + row.text("server"), FIRST_ECHO_MILLIS, "ms",
                        Basis.of(row, "first_echo_ms_median"), row, "first_echo_ms");
                if (row.has("archived_first_echo_ms_median")) {
                    add(targets, "first echo after exec with AOT cache and C1, " + row.text("server"),
                            FIRST_ECHO_MILLIS, "ms", Basis.of(row, "archived_first_echo_ms_median"), row,
                            "archived_first_echo_ms");
                }
            }
        }
        return targets;
    }

    private static void add(List<Target> targets, String title, double atMost, double measured, String unit,
            String basis) {
        if (!Double.isNaN(measured)) {
            targets.add(new Target(title, atMost, measured, unit, basis, measured, measured));
        }
    }

    private static void add(List<Target> targets, String title, double atMost, String unit, String basis, Row row,
            String column) {
        double measured = row.value(column + "_median");
        if (!Double.isNaN(measured)) {
            targets.add(new Target(title, atMost, measured, unit, basis, row.number(column + "_min").orElse(measured),
                    row.number(column + "_max").orElse(measured)));
        }
    }

    boolean isMet() {
        return measured >= 0 && measured <= atMost;
    }

    /** Gives what was measured, with the least and the most of it. */
    String numbers() {
        return number(measured) + (least < most ? String.format(Locale.ROOT, atMost < 10 ? " (%.2f–%.2f)"
                : " (%.0f–%.0f)", least, most) : "");
    }

    /** Tells whether it is met, by how much not, and if some of the measurements say the contrary. */
    String verdict() {
        if (measured < 0) {
            return "**not measurable**: less than nothing, so it is lost in noise";
        }
        String verdict = isMet() ? "met" : String.format(Locale.ROOT, "**missed** by %s (%.0f %%)",
                number(measured - atMost), 1e2 * (measured / atMost - 1));
        return least <= atMost && atMost < most ? verdict + "; some rounds say the contrary" : verdict;
    }

    String number(double value) {
        return String.format(Locale.ROOT, atMost < 10 ? "%.2f %s" : "%.0f %s", value, unit).strip();
    }
}
