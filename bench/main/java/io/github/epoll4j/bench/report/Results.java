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

    /** Finds the CSV files of a folder. */
    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(END)).sorted().toList();
        }
    }

    /** Gives the lines of a file; none if it is not there. */
    List<Row> table(String name) {
        return tables.getOrDefault(name, List.of());
    }

    /** Gives the lines whose columns have some values: column, value, column, value … */
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
}
