package io.github.epoll4j.bench.report;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.report.Results.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Promise of the README, a line of {@code bench/promises.csv}. A promise about servers whose quartiles were measured is
 * missed only if the median misses it and the quartiles lie beyond it. Any other is missed by more than a tenth.
 *
 * @param title  the subject
 * @param table  the CSV file that has the measurement
 * @param where  the values by which its line is found: column, value, column, value …
 * @param column the measurement
 * @param by     what it is divided by; empty for nothing
 * @param bound  the bound, such as "at most 1.10" or "at least 0.97"
 * @param unit   its unit; x C for a ratio
 */
record Promise(String title, String table, String[] where, String column, String by, String bound, String unit) {
    private static final double TOLERANCE = 1.10;

    /** Reads all. */
    static List<Promise> all() throws IOException {
        Path file = CProgram.home().resolve("promises.csv");
        return Results.read(file.toAbsolutePath().getParent()).table("promises").stream()
                .map(row -> new Promise(row.text("promise"), row.text("table"), row.text("where").split("[=;]"),
                        row.text("column"), row.text("by"), row.text("bound"), row.text("unit")))
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

    private boolean isFloor() {
        return bound.startsWith("at least ");
    }

    /** Returns the number of the bound. */
    double limit() {
        return Double.parseDouble(bound.substring("at most ".length() + (isFloor() ? 1 : 0)));
    }

    private boolean isMet(double measured, double tolerance) {
        return isFloor() ? measured >= limit() / tolerance : measured <= limit() * tolerance;
    }

    /** Returns the quartiles, the lower one first, if they were measured. */
    private Optional<List<Double>> quartiles(Results results) {
        return results.find(table, where).stream().filter(row -> row.has(quartile("_lower")))
                .map(row -> List.of(row.value(quartile("_lower")), row.value(quartile("_upper")))).findFirst();
    }

    private String quartile(String end) {
        return column.replaceFirst("(_median)?$", end);
    }

    /** Returns whether the promise was measured, and is not missed. */
    boolean isKept(Results results) {
        OptionalDouble measured = measured(results);
        return measured.isPresent() && (isMet(measured.getAsDouble(), 1) || quartiles(results)
                .map(quartiles -> isMet(isFloor() ? quartiles.getLast() : quartiles.getFirst(), 1))
                .orElseGet(() -> isMet(measured.getAsDouble(), TOLERANCE)));
    }

    /** Returns a number of the promise's unit. */
    String number(double value) {
        return plain(value) + " " + unit.replace("x C", "× C");
    }

    private String plain(double value) {
        return String.format(Locale.ROOT, limit() < 10 ? "%.2f" : "%.0f", value);
    }

    /** Returns its line of README's table, with the measurement of a run. */
    String readmeLine(Results results) {
        return "| " + String.join(" | ", cells(results)) + " |";
    }

    /** Returns the cells of that line. */
    List<String> cells(Results results) {
        return List.of(title, promised(), number(measured(results).orElseThrow()) + range(results) + ", "
                + basis(results));
    }

    private String promised() {
        return (isFloor() ? "at least " : "at most ") + number(limit());
    }

    private String range(Results results) {
        return quartiles(results).map(quartiles -> " (" + plain(quartiles.getFirst()) + "-"
                + plain(quartiles.getLast()) + ")").orElse("");
    }

    /** Returns a line with the promise, the measurement, its number of rounds, and the verdict. */
    String line(Results results) {
        OptionalDouble measured = measured(results);
        String verdict = measured.isEmpty() ? "not measured"
                : isMet(measured.getAsDouble(), 1) ? "kept"
                : !isKept(results) ? "MISSED"
                : quartiles(results).isPresent() ? "kept by a quartile" : "missed, within 10 %";
        return String.format(Locale.ROOT, "%-58s %-18s measured %-22s %-26s %s", title, promised(),
                measured.isEmpty() ? "-" : number(measured.getAsDouble()) + range(results), basis(results), verdict);
    }
}
