package io.github.epoll4j.bench.report;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The times of the sources' programs, in Java. */
final class ProgramTimes {
    private static final String JAVA = "java";

    private final Results results;

    ProgramTimes(Results results) {
        this.results = results;
    }

    /** Gives a program's lines in the order of their numbers of connections; an empty lookup means any. */
    List<Row> lines(String program, String lookup, int rounds, int bytes) {
        return results.find("programs", "program", program, "language", JAVA).stream()
                .filter(row -> lookup.isEmpty() || row.is("lookup", lookup))
                .filter(row -> rounds == 0 || row.value("rounds") == rounds && row.value("bytes") == bytes)
                .sorted(Comparator.comparingDouble(row -> row.value("connections")))
                .toList();
    }

    /** Gives the line with the most connections. */
    Optional<Row> last(String program, String lookup, int rounds, int bytes) {
        List<Row> lines = lines(program, lookup, rounds, bytes);
        return lines.isEmpty() ? Optional.empty() : Optional.of(lines.getLast());
    }

    /** Gives the seconds at the most connections, or NaN. */
    double seconds(String program, String lookup, int rounds, int bytes) {
        return last(program, lookup, rounds, bytes).map(row -> row.value("seconds_median")).orElse(Double.NaN);
    }

    /** Gives how many times as long a program takes as another, both at their most connections; NaN if that differs. */
    double ratio(String program, String by, int rounds, int bytes) {
        return ratio(last(program, "", rounds, bytes), last(by, "", rounds, bytes));
    }

    static double ratio(Optional<Row> one, Optional<Row> other) {
        if (one.isEmpty() || other.isEmpty() || !one.get().is("connections", other.get().text("connections"))) {
            return Double.NaN;
        }
        return one.get().value("seconds_median") / other.get().value("seconds_median");
    }

    /** Gives the time of one connection of a connecting program. */
    static double perConnection(Row row) {
        return row.quotient("seconds_median", "rounds");
    }

    static String format(double number) {
        return Double.isNaN(number) ? "-" : String.format(Locale.ROOT, number < 10 ? "%.2f" : "%.0f", number);
    }
}
