package io.github.epoll4j.bench.report;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * A line of a CSV file.
 *
 * @param cells what stands in it, by the names of the columns
 */
record Row(Map<String, String> cells) {
    /** Gives what stands in a column; nothing if there is no such column. */
    String text(String column) {
        return cells.getOrDefault(column, "");
    }

    boolean is(String column, String value) {
        return text(column).equals(value);
    }

    /** Gives the number in a column, if there is one. */
    OptionalDouble number(String column) {
        try {
            return OptionalDouble.of(Double.parseDouble(text(column)));
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }

    boolean has(String column) {
        return number(column).isPresent();
    }

    /** Gives the number in a column, or NaN, with which no comparison is true. */
    double value(String column) {
        return number(column).orElse(Double.NaN);
    }

    /** Gives the quotient of two columns, or NaN. */
    double quotient(String column, String by) {
        return value(column) / value(by);
    }
}
