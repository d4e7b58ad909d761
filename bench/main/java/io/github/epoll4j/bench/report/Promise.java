package io.github.epoll4j.bench.report;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.report.Results.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What the README promises, a line of {@code bench/promises.csv}.
 *
 * @param title  what is promised
 * @param table  the CSV file that has the measurement
 * @param where  the values by which its line is found: column, value, column, value …
 * @param column the measurement
 * @param by     what it is divided by; empty for nothing
 * @param atMost the promise
 * @param unit   its unit; x C for a ratio
 */
record Promise(String title, String table, String[] where, String column, String by, double atMost, String unit) {
    private static final double TOLERANCE = 1.10;

    /** Reads all. */
    static List<Promise> all() throws IOException {
        Path file = CProgram.home().resolve("promises.csv");
        return Results.read(file.toAbsolutePath().getParent()).table("promises").stream()
                .map(row -> new Promise(row.text("promise"), row.text("table"), row.text("where").split("[=;]"),
                        row.text("column"), row.text("by"), row.value("at_most"), row.text("unit")))
                .toList();
    }

    /** Returns the kind and number of the measurements, such as "median of 5 rounds"; "" if there is none. */
    String basis(Results results) {
        return results.find(table, where).stream().map(row -> basis(row)).findFirst().orElse("");
    }

    private String basis(Row row) {
        String counter = column.startsWith("heap_bytes") ? "idle_runs" : "rounds";
        String count = row.text(counter);
        String kind = column.contains("_min") ? "least times" : "median";
        return count.isEmpty() ? kind : kind + " of " + count + " " + (counter.equals("rounds") ? "round" : "run")
                + (count.equals("1") ? "" : "s");
    }

    /** Returns what was measured. */
    OptionalDouble measured(Results results) {
        return results.find(table, where).stream()
                .mapToDouble(row -> by.isEmpty() ? row.value(column) : row.quotient(column, by))
                .filter(value -> value >= 0) // NaN is not, and less than nothing is noise
                .findFirst();
    }

    /** Returns the value by which a column's line is found; nothing if it is not asked for. */
    String of(String column) {
        for (int i = 0; i < where.length; i += 2) {
            if (where[i].equals(column)) {
                return where[i + 1];
            }
        }
        return "";
    }

    /** Returns whether a measurement is within the promise. */
    boolean isMet(double measured) {
        return measured <= atMost;
    }

    /** Returns whether a measurement misses the promise by no more than a tenth. */
    boolean isNearlyMet(double measured) {
        return measured <= atMost * TOLERANCE;
    }

    /** Returns a number of the promise's unit. */
    String number(double value) {
        return String.format(Locale.ROOT, atMost < 10 ? "%.2f %s" : "%.0f %s", value, unit.replace("x C", "× C"));
    }

    /** Returns the promise as README's table has it, with what a run has measured. */
    String readmeLine(Results results) {
        return "| " + String.join(" | ", cells(results)) + " |";
    }

    /** Returns the cells of that line. */
    List<String> cells(Results results) {
        return List.of(title, "at most " + number(atMost),
                number(measured(results).orElseThrow()) + ", " + basis(results));
    }

    /** Returns a line with what was promised and what was measured, and of how many measurements that is what. */
    String line(OptionalDouble measured, String basis) {
        String verdict = measured.isEmpty() ? "not measured"
                : isMet(measured.getAsDouble()) ? "kept"
                : isNearlyMet(measured.getAsDouble()) ? "missed, within 10 %" : "MISSED";
        return String.format(Locale.ROOT, "%-58s at most %-10s measured %-10s %-26s %s", title, number(atMost),
                measured.isEmpty() ? "-" : number(measured.getAsDouble()), basis, verdict);
    }
}
