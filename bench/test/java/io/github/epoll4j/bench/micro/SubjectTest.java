package io.github.epoll4j.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.bench.CProgram;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** What a subject names is there, in Java and in C, and nothing is measured by no subject. */
class SubjectTest {
    @ParameterizedTest
    @ValueSource(strings = {"micro", "micro_io"})
    void shouldBeTheLoopsOfTheProgramWhenListedInC(String program) throws IOException {
        Optional<CProgram> built = CProgram.build(program);
        assumeTrue(built.isPresent(), "there is no C compiler here");

        List<String> loops = CProgram.run(built.get().command());

        assertThat(loops).doesNotHaveDuplicates();
        assertThat(new TreeSet<>(loops)).isEqualTo(subjects()
                .filter(subject -> subject.program().equals(program))
                .map(Subject::inC).collect(Collectors.toCollection(TreeSet::new)));
    }

    @ParameterizedTest
    @EnumSource(Subject.class)
    void shouldNameOneBenchmarkAndItsParametersWhenRunByJmh(Subject subject) {
        assertThat(named(subject)).hasSize(1);

        List<Field> fields = parameterFields(named(subject).iterator().next().getUserClassQName());
        assertThat(fields).extracting(Field::getName)
                .containsExactlyInAnyOrderElementsOf(subject.parameters().keySet());
        assertThat(fields).allSatisfy(field -> assertThat(field.getAnnotation(Param.class).value())
                .contains(subject.parameters().get(field.getName())));
    }

    @Test
    @DisplayName("each benchmark has a subject")
    void shouldHaveASubjectWhenItIsABenchmark() {
        Set<String> measured = subjects().flatMap(subject -> named(subject).stream())
                .map(BenchmarkListEntry::getUsername).collect(Collectors.toSet());
        Set<String> all = entries(List.of(".*")).stream()
                .map(BenchmarkListEntry::getUsername).collect(Collectors.toSet());

        assertThat(measured).hasSizeGreaterThan(20).isEqualTo(all);
    }

    private static Stream<Subject> subjects() {
        return Arrays.stream(Subject.values());
    }

    private static Set<BenchmarkListEntry> named(Subject subject) {
        return entries(List.of(subject.include()));
    }

    private static Set<BenchmarkListEntry> entries(List<String> includes) {
        return BenchmarkList.defaultList().find(
                OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), includes, List.of());
    }

    private static List<Field> parameterFields(String className) {
        try {
            return Arrays.stream(Class.forName(className).getFields())
                    .filter(field -> field.isAnnotationPresent(Param.class)).toList();
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
