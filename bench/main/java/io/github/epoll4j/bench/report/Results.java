package io.github.epoll4j.bench.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * The CSV files of a folder.
 *
 * @param tables their lines, by the names of the files without {@code .csv}
 */
record Results(Map<String, List<Row>> tables) {
    private static final String END = ".csv";

    /** Reads all of them. */
    static Results read(Path folder) throws IOException {
        Map<String, List<Row>> tables = new HashMap<>();
        for (Path file : files(folder)) {
            String name = file.getFileName().toString();
            tables.put(name.substring(0, name.length() - END.length()), rows(file));
        }
        return new Results(tables);
    }

    /** Returns the CSV files of a folder. */
    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(END)).sorted().toList();
        }
    }

    /** Returns the lines of a file; none if it is not there. */
    List<Row> table(String name) {
        return tables.getOrDefault(name, List.of());
    }

    /** Returns the lines whose columns have some values: column, value, column, value … */
    List<Row> find(String name, String... columnsAndValues) {
        return table(name).stream().filter(row -> {
            for (int i = 0; i < columnsAndValues.length; i += 2) {
                if (!row.is(columnsAndValues[i], columnsAndValues[i + 1])) {
                    return false;
                }
            }
            return true;
        }).toList();
    }

    private static List<Row> rows(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
        List<Row> rows = new ArrayList<>();
        if (lines.isEmpty()) {
            return rows;
        }
        String[] columns = lines.getFirst().split(",");
        for (String line : lines.subList(1, lines.size())) {
            String[] values = line.split(",", -1);
            if (values.length != columns.length) {
                throw new IOException(file + " has a line of " + values.length + " columns where its heading has "
                        + columns.length + ": " + line);
            }
            Map<String, String> cells = new LinkedHashMap<>();
            for (int i = 0; i < columns.length; i++) {
                cells.put(columns[i], values[i]);
            }
            rows.add(new Row(cells));
        }
        return rows;
    }

    /**
     * A line of a CSV file.
     *
     * @param cells what stands in it, by the names of the columns
     */
    record Row(Map<String, String> cells) {
        /** Returns what stands in a column; nothing if there is no such column. */
        String text(String column) {
            return cells.getOrDefault(column, "");
        }

        boolean is(String column, String value) {
            return text(column).equals(value);
        }

        /** Returns the number in a column, if there is one. */
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

        /** Returns the number in a column, or NaN, with which no comparison is true. */
        double value(String column) {
            return number(column).orElse(Double.NaN);
        }

        /** Returns the quotient of two columns, or NaN. */
        double quotient(String column, String by) {
            return value(column) / value(by);
        }
    }
}
