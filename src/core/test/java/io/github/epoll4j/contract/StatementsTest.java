package io.github.epoll4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every statement is shown by something, or says why it is not; and two pages in docs list them.
 *
 * <p>{@code mvn -pl src/core test -Dtest=StatementsTest -Depoll4j.write=true} writes the pages anew.
 */
class StatementsTest {
    private static final Path DOCS = TestSource.ROOT.resolve("docs");

    private static List<Statement> statements;
    private static List<Statement> systems;
    private static List<TestSource> sources;

    @BeforeAll
    static void read() throws IOException {
        statements = Statement.all("statements.txt");
        systems = Statement.all("systems.txt");
        sources = TestSource.all();
    }

    @Test
    @DisplayName("every statement is shown by a test or a benchmark, or says why it is not")
    void shouldBeShownWhenItIsStated() {
        Set<String> named = named();
        assertThat(statements).allSatisfy(statement -> {
            boolean shown = named.contains(statement.id()) || statement.isBenchmarked()
                    || !statement.tests().isEmpty();
            assertThat(shown).as("%s is shown, or else not said why not", statement.id())
                    .isNotEqualTo(statement.isNotShown());
        });
    }

    @Test
    @DisplayName("every statement about a system is in a test's display name")
    void shouldBeNamedWhenItIsAboutASystem() {
        assertThat(systems).extracting(Statement::id).doesNotHaveDuplicates().isSubsetOf(named());
    }

    private static Stream<Statement> all() {
        return Stream.concat(statements.stream(), systems.stream());
    }

    private static Set<String> named() {
        return sources.stream().flatMap(source -> source.ids().stream()).collect(Collectors.toSet());
    }

    @Test
    @DisplayName("every test and benchmark that a statement refers to exists")
    void shouldExistWhenItIsReferredTo() {
        assertThat(all()).allSatisfy(statement -> {
            assertThat(statement.tests()).allSatisfy(
                    reference -> assertThat(sources).as(reference).anyMatch(source -> source.matches(reference)));
            if (statement.benchmark() != null) {
                assertThat(TestSource.ROOT.resolve(statement.benchmark())).exists();
            }
            assertThat(statement.shownBy()).matches("|see .+|bench .+|run .+|not: .+");
        });
    }

    @Test
    @DisplayName("no display name gives an id that is not stated")
    void shouldBeStatedWhenADisplayNameGivesIt() {
        Set<String> stated = all().map(Statement::id).collect(Collectors.toSet());
        assertThat(sources).allSatisfy(source -> assertThat(stated).as(source.name()).containsAll(source.ids()));
    }

    @ParameterizedTest
    @CsvSource({"C, 121", "J, 19", "K, 153"})
    @DisplayName("all are there, each once, in order")
    void shouldBeCompleteWhenCounted(String letter, int count) {
        List<String> ids = statements.stream().map(Statement::id).filter(id -> id.matches(letter + "\\d+")).toList();
        assertThat(ids).isEqualTo(IntStream.rangeClosed(1, count).mapToObj(i -> letter + i).toList());
        assertThat(statements).as("with the cases of the Linux Test Project").hasSize(359)
                .extracting(Statement::id).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("nineteen systems are there, and the numbers of each count up from 1")
    void shouldBeNumberedWhenAboutASystem() {
        Map<String, List<String>> bySystem = systems.stream().collect(Collectors.groupingBy(
                statement -> statement.section().substring(0, 3), LinkedHashMap::new,
                Collectors.mapping(Statement::id, Collectors.toList())));
        assertThat(bySystem.keySet())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 19).mapToObj("S%02d"::formatted).toList());
        assertThat(bySystem).allSatisfy((system, ids) -> assertThat(ids)
                .isEqualTo(IntStream.rangeClosed(1, ids.size()).mapToObj(i -> system + "-" + i).toList()));
    }

    @Test
    @DisplayName("docs/behaviours.md is up to date")
    void shouldTellWhatIsShownWhenEitherChanges() throws IOException {
        Path file = DOCS.resolve("behaviours.md");
        String seenOn = isWritten() ? Kernel.described() : BehavioursPage.seenOn(Files.readString(file));
        assertUpToDate(file, new BehavioursPage(statements, sources, seenOn).text());
    }

    @Test
    @DisplayName("docs/systems.md is up to date")
    void shouldListTheSystemsWhenEitherChanges() throws IOException {
        assertUpToDate(DOCS.resolve("systems.md"), new SystemsPage(systems, sources).text());
    }

    private static boolean isWritten() {
        return Boolean.getBoolean("epoll4j.write");
    }

    private static void assertUpToDate(Path file, String page) throws IOException {
        if (isWritten()) {
            Files.writeString(file, page);
        }
        List<String> missing = new ArrayList<>(page.lines().toList());
        missing.removeAll(Files.readAllLines(file));
        assertThat(missing).as("lines that the page lacks; -Depoll4j.write=true writes it").isEmpty();
        assertThat(Files.readString(file).equals(page)).as("is as -Depoll4j.write=true writes it").isTrue();
    }
}
