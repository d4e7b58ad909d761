package io.github.epoll4j.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.DescriptorLimit;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Each subject for a moment, so that what it names is there: no number is judged. */
class SubjectRunTest {
    private static final int OTHER_DESCRIPTORS = 200;

    @ParameterizedTest
    @EnumSource
    @DisplayName("a subject names one benchmark and all of its parameters, which does its work once in this JVM")
    void shouldDoItsWorkWhenRunOnceInJava(Subject subject) throws RunnerException {
        assumeTrue(subject.descriptors() + OTHER_DESCRIPTORS <= DescriptorLimit.now(), "too few descriptors");
        ChainedOptionsBuilder options = new OptionsBuilder().include(subject.include()).mode(Mode.SingleShotTime)
                .forks(0).warmupIterations(0).measurementIterations(1).shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        subject.parameters().forEach(options::param);

        Collection<RunResult> results = new Runner(options.build()).run();

        assertThat(results).singleElement().satisfies(result -> {
            assertThat(result.getPrimaryResult().getScore()).isPositive();
            assertThat(result.getParams().getParamsKeys()).containsExactlyInAnyOrderElementsOf(
                    subject.parameters().keySet());
        });
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a subject names a loop of its program in C, which gives a time")
    void shouldDoItsWorkWhenRunForAMomentInC(Subject subject) throws IOException {
        Optional<CProgram> program = CProgram.build(subject.program());
        assumeTrue(program.isPresent(), "there is no C compiler here");
        assumeTrue(subject.descriptors() + OTHER_DESCRIPTORS <= DescriptorLimit.now(), "too few descriptors");

        assertThat(CProgram.run(program.get().command(subject.inC(), "0", "1"))).singleElement().asString()
                .matches("\\Q" + subject.inC() + "\\E (?!0+\\.0+$)\\d+\\.\\d+");
    }

    @Test
    @DisplayName("no two subjects have one title, by which a table tells them apart")
    void shouldBeToldApartWhenInATable() {
        assertThat(Arrays.stream(Subject.values()).map(Subject::title)).doesNotHaveDuplicates();
    }
}
