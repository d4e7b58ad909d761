package io.github.epoll4j.bench.report;

/** On how many measurements a number rests, and which of them it is. */
final class Basis {
    private Basis() {
    }

    /** Says it of a column: least times of 5 rounds, median of 3 starts … */
    static String of(Row row, String column) {
        String counter = column.contains("first_echo") ? "starts" : column.matches("(heap|rss)_bytes.*") ? "idle_runs"
                : "rounds";
        String kind = column.contains("_min") ? "least times" : "median";
        String count = row.text(counter);
        return count.isEmpty() ? kind : kind + " of " + count + " " + (count.equals("1") ? counter.replaceAll("s$", "")
                : counter).replace("idle_", "");
    }
}
