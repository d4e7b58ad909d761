package io.github.epoll4j.style;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.testing.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Checks the words of the published modules and of the commits against {@code .style/words.txt}.
 *
 * <p>{@code mvn -pl src/core test -Dtest=StyleTest -Depoll4j.write=true} drops the lines of {@code .style/exempt.txt}
 * that are no longer needed.
 */
class StyleTest {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path EXEMPT = ROOT.resolve(".style/exempt.txt");

    private static WordList words;
    private static List<SourceCheck.Violation> violations;
    private static List<String> exempt;

    @BeforeAll
    static void check() throws IOException {
        words = WordList.parse(Files.readString(ROOT.resolve(".style/words.txt")));
        violations = new ArrayList<>();
        for (Path module : modules()) {
            new SourceCheck(words).violations(module).forEach(violation -> violations.add(new SourceCheck.Violation(
                    ROOT.relativize(violation.file()), violation.line(), violation.message())));
        }
        if (Boolean.getBoolean("epoll4j.write")) {
            Set<String> needed = files();
            List<String> lines = Files.readAllLines(EXEMPT);
            Files.write(EXEMPT, lines.stream().filter(line -> isComment(line) || needed.contains(line)).toList());
        }
        exempt = exempt(Files.readString(EXEMPT));
    }

    private static List<String> exempt(String text) {
        return text.lines().filter(line -> !isComment(line)).toList();
    }

    private static List<Path> modules() throws IOException {
        try (Stream<Path> folders = Files.list(ROOT.resolve("src"))) {
            return folders.map(folder -> folder.resolve("main/java"))
                    .filter(sources -> Files.exists(sources.resolve("module-info.java"))).sorted().toList();
        }
    }

    private static boolean isComment(String line) {
        return line.startsWith("#");
    }

    private static Set<String> files() {
        Set<String> files = new TreeSet<>();
        violations.forEach(violation -> files.add(file(violation)));
        return files;
    }

    private static String file(SourceCheck.Violation violation) {
        return violation.file().toString();
    }

    @Test
    @DisplayName("the sources are in style, apart from the files of .style/exempt.txt")
    void shouldBeInStyleWhenAFileIsNotExempt() {
        assertThat(violations).filteredOn(violation -> !exempt.contains(file(violation))).isEmpty();
    }

    @Test
    @DisplayName("every line of .style/exempt.txt is needed: it names, in order and once, a file that is not in style")
    void shouldLeaveTheListWhenAFileIsInStyle() {
        assertThat(exempt).allSatisfy(line -> assertThat(ROOT.resolve(line)).isRegularFile());
        Set<String> unneeded = new TreeSet<>(exempt);
        unneeded.removeAll(files());
        assertThat(unneeded).as("in style already; -Depoll4j.write=true drops them").isEmpty();
        assertThat(exempt).isEqualTo(new ArrayList<>(new TreeSet<>(exempt)));
    }

    @Test
    @DisplayName(".style/exempt.txt has no more lines than in any earlier commit")
    void shouldShrinkWhenTheListChanges() throws IOException, InterruptedException {
        String list = ROOT.relativize(EXEMPT).toString();
        Commands.Result log = git("log", "--format=%H", base() + "..HEAD", "--", list);
        assertThat(log.status()).as(log.output()).isZero();
        for (String commit : log.output().lines().toList()) {
            Commands.Result earlier = git("show", commit + ":" + list);
            assertThat(earlier.status()).as(earlier.output()).isZero();
            assertThat(exempt).as("against %s", commit).hasSizeLessThanOrEqualTo(exempt(earlier.output()).size());
        }
    }

    @Test
    @DisplayName("the messages of the commits since the check are in style")
    void shouldBeInStyleWhenACommitIsMade() throws IOException, InterruptedException {
        Commands.Result log = git("log", "--no-merges", "--format=%H%n%B%x00", base() + "..HEAD");
        assertThat(log.status()).as(log.output()).isZero();
        CommitCheck check = new CommitCheck(words);
        List<String> commits = Stream.of(log.output().split("\0")).map(String::strip).filter(text -> !text.isEmpty())
                .toList();
        assertThat(commits).allSatisfy(commit -> {
            String message = commit.substring(commit.indexOf('\n') + 1);
            assertThat(check.violations(message)).as(commit).isEmpty();
        });
    }

    /** Returns the last commit before the check; skips the test where it is not in the history. */
    private static String base() throws IOException, InterruptedException {
        String base = words.lines("base").getFirst();
        Commands.assumePresent("git");
        assumeTrue(git("merge-base", "--is-ancestor", base, "HEAD").status() == 0,
                "no history since " + base + " here: a shallow clone, or an archive of the sources");
        return base;
    }

    private static Commands.Result git(String... arguments) throws IOException, InterruptedException {
        String[] command = Stream.concat(Stream.of("git"), Arrays.stream(arguments)).toArray(String[]::new);
        return Commands.run(ROOT, Map.of(), command);
    }
}
