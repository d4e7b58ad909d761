package io.github.epoll4j.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A statement about the three calls, from {@code statements.txt}.
 *
 * @param section   the heading that it stands under
 * @param id        such as C41
 * @param verdict   whether it is so
 * @param statement in a sentence or two
 * @param today     what is so today, where that is more
 * @param shownBy   what shows it beside the tests whose display names give the id; or why nothing can
 */
record Statement(String section, String id, Verdict verdict, String statement, String today, String shownBy) {
    /** How true it is. */
    enum Verdict {
        TRUE("true"),
        LIMITS("true, with limits"),
        DATED("dated"),
        WRONG("wrong"),
        OPINION("opinion"),
        TEXT("nothing to run");

        final String words;

        Verdict(String words) {
            this.words = words;
        }
    }

    /** Whether the statement says itself why no test of this repository shows it. */
    boolean isNotShown() {
        return shownBy.startsWith("not: ");
    }

    boolean isBenchmarked() {
        return shownBy.startsWith("bench ") || shownBy.startsWith("run ");
    }

    /** The file of the benchmarks that shows it, or null. */
    String benchmark() {
        return shownBy.startsWith("bench ") ? shownBy.substring("bench ".length()) : null;
    }

    /** What {@code bench/run} is to be called with to show it. */
    List<String> commands() {
        return shownBy.startsWith("run ") ? List.of(shownBy.substring("run ".length()).split(", ")) : List.of();
    }

    /** The tests, each a class or a class and a method, that show it without naming it. */
    List<String> tests() {
        return shownBy.startsWith("see ") ? List.of(shownBy.substring("see ".length()).split(", ")) : List.of();
    }

    /** Reads all, in their order. */
    static List<Statement> all() {
        List<Statement> statements = new ArrayList<>();
        String section = "";
        for (String line : resource("statements.txt").lines().toList()) {
            if (line.startsWith("## ")) {
                section = line.substring("## ".length());
            } else if (!line.startsWith("#") && !line.isBlank()) {
                statements.add(parse(section, line));
            }
        }
        return statements;
    }

    private static Statement parse(String section, String line) {
        String[] cells = Arrays.stream(line.split("\\|", -1)).map(String::strip).toArray(String[]::new);
        if (cells.length != 5) {
            throw new AssertionError("five cells: " + line);
        }
        return new Statement(section, cells[0], Verdict.valueOf(cells[1].toUpperCase(Locale.ROOT)), cells[2],
                cells[3], cells[4]);
    }

    /** Reads a file beside this class. */
    static String resource(String name) {
        try (var stream = Statement.class.getResourceAsStream(name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
