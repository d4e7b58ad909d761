package io.github.epoll4j.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A statement about the three calls, from {@code statements.txt}, or about a system, from {@code systems.txt}.
 *
 * @param section   the heading that it stands under
 * @param id        such as C41 or S01-1
 * @param verdict   whether it is so; a statement about a system is
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

    /** Returns the tests that name the statement, and those that it refers to. */
    List<TestSource> tests(List<TestSource> sources) {
        return sources.stream()
                .filter(source -> source.ids().contains(id) || tests().stream().anyMatch(source::matches))
                .toList();
    }

    /** Returns what shows it, for a page in docs. */
    String links(List<TestSource> sources) {
        List<String> links = new ArrayList<>();
        tests(sources).forEach(source -> links.add(link(source.name(), source.path())));
        if (benchmark() != null) {
            Path path = Path.of(benchmark());
            links.add(link(path.getFileName().toString(), path));
        }
        commands().forEach(command -> links.add("`bench/run " + command + "`"));
        if (isNotShown()) {
            links.add(shownBy);
        }
        return String.join(", ", links);
    }

    private static String link(String name, Path path) {
        return "[" + name + "](../" + path + ")";
    }

    /** Returns all statements of a file, in their order. */
    static List<Statement> all(String file) {
        List<Statement> statements = new ArrayList<>();
        String section = "";
        for (String line : resource(file).lines().toList()) {
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
        if (cells.length == 3) {
            return new Statement(section, cells[0], Verdict.TRUE, cells[1], "", cells[2]);
        }
        if (cells.length != 5) {
            throw new AssertionError("three or five cells: " + line);
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
