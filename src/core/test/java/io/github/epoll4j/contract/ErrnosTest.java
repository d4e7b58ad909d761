package io.github.epoll4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Errno;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Every errno that the Javadoc of an exported class names in a throws clause is in {@code errnos.txt}, with the test
 * that provokes it, the test that injects it, or the reason why there is none.
 *
 * <p>{@code mvn -pl src/core test -Dtest=ErrnosTest -Depoll4j.write=true} adds the missing lines, with a question mark
 * to be replaced, and removes the stale ones.
 */
class ErrnosTest {
    private static final Path SOURCES = TestSource.ROOT.resolve("src/core/main/java/io/github/epoll4j");
    private static final Path LIST =
            TestSource.ROOT.resolve("src/core/test/resources/io/github/epoll4j/contract/errnos.txt");
    private static final Pattern CLAUSE =
            Pattern.compile("@throws ErrnoException\\s(.*?)(?=\\n\\s*\\*\\s*@|\\*/)", Pattern.DOTALL);
    private static final Pattern ERRNO = Pattern.compile(IntStream.range(1, 134).mapToObj(Errno::name)
            .filter(name -> name.startsWith("E")).collect(Collectors.joining("|", "\\b(?:", ")\\b")));

    private static List<TestSource> tests;

    @BeforeAll
    static void read() throws IOException {
        tests = TestSource.all();
    }

    /** Reads "class errno" of all throws clauses of exported classes. */
    private static List<String> documented() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            List<String> found = new ArrayList<>();
            for (Path file : files.filter(ErrnosTest::isExported).toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                CLAUSE.matcher(Files.readString(file)).results()
                        .flatMap(clause -> ERRNO.matcher(clause.group(1)).results())
                        .map(MatchResult::group)
                        .forEach(errno -> found.add(name + " " + errno));
            }
            return found.stream().distinct().sorted().toList();
        }
    }

    private static boolean isExported(Path file) {
        Path relative = SOURCES.relativize(file);
        return file.toString().endsWith(".java") && !relative.startsWith("internal");
    }

    private static SortedMap<String, String> listed() throws IOException {
        SortedMap<String, String> listed = new TreeMap<>();
        for (String line : lines()) {
            String[] cells = line.split(" \\| ", 2);
            assertThat(cells).as(line).hasSize(2);
            assertThat(listed.put(cells[0], cells[1])).as("listed twice: %s", line).isNull();
        }
        return listed;
    }

    private static List<String> lines() throws IOException {
        return Files.readAllLines(LIST).stream().filter(line -> !line.startsWith("#") && !line.isBlank()).toList();
    }

    @Test
    @DisplayName("errnos.txt has each errno of a throws clause, and no other")
    void shouldBeListedWhenAThrowsClauseNamesAnErrno() throws IOException {
        List<String> documented = documented();
        if (Boolean.getBoolean("epoll4j.write")) {
            write(documented);
        }
        assertThat(documented).isNotEmpty();
        assertThat(listed().keySet()).as("-Depoll4j.write=true corrects the list")
                .containsExactlyElementsOf(documented);
        assertThat(lines()).as("sorted").isSorted();
    }

    @Test
    @DisplayName("each errno of a throws clause is a constant of Errno")
    void shouldHaveAConstantWhenAThrowsClauseNamesAnErrno() throws IOException {
        assertThat(Arrays.stream(Errno.class.getFields()).map(Field::getName))
                .containsAll(listed().keySet().stream().map(pair -> pair.split(" ")[1]).toList());
    }

    private static void write(List<String> documented) throws IOException {
        Map<String, String> listed = listed();
        List<String> lines = new ArrayList<>(
                Files.readAllLines(LIST).stream().takeWhile(line -> line.startsWith("#") || line.isBlank()).toList());
        documented.forEach(pair -> lines.add(pair + " | " + listed.getOrDefault(pair, "?")));
        Files.write(LIST, lines);
    }

    @Test
    @DisplayName("the test of each errno exists and names it, or there is a reason why none does")
    void shouldBeShownWhenAnErrnoIsListed() throws IOException {
        List<String> problems = new ArrayList<>();
        for (Map.Entry<String, String> entry : listed().entrySet()) {
            String errno = entry.getKey().split(" ")[1];
            String evidence = entry.getValue();
            if (!evidence.matches("not: .{10,}")) {
                String reference = evidence.replaceFirst("^strace: ", "");
                boolean shown = false;
                for (TestSource test : tests) {
                    shown |= test.matches(reference)
                            && Files.readString(TestSource.ROOT.resolve(test.path())).contains(errno);
                }
                if (!shown) {
                    problems.add(entry.getKey() + " | " + evidence);
                }
            }
        }
        assertThat(problems).as("lines without a test that names the errno").isEmpty();
    }
}
