package io.github.epoll4j.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.bench.report.Results.Row;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The judgement of {@code bench/run check}, with made-up numbers. */
class CheckTest {
    private static final Promise CALL =
            new Promise("await", "micro", new String[] {"subject", "await-0"}, "java_min_ns", "c_min_ns", 1.10, "x C");
    private final StringWriter out = new StringWriter();

    private int judge(Results results) {
        return CheckCommand.judge(List.of(CALL), results, new PrintWriter(out));
    }

    @ParameterizedTest
    @CsvSource({"90,0,kept", "109,0,kept", "115,0,'missed, within 10 %'", "120.9,0,'missed, within 10 %'",
        "121.1,1,MISSED", "250,1,MISSED"})
    void shouldFailWhenAPromiseIsMissedByMoreThanATenth(double java, int status, String verdict) {
        Results results = new Results(Map.of("micro", List.of(
                new Row(Map.of("subject", "await-0", "rounds", "7", "java_min_ns", "" + java, "c_min_ns", "100")),
                new Row(Map.of("subject", "await-1", "java_min_ns", "900", "c_min_ns", "100")))));

        assertThat(judge(results)).isEqualTo(status);
        assertThat(out.toString().lines()).singleElement().asString().contains("at most 1.10 × C",
                "least times of 7 rounds").endsWith(verdict);
    }

    @Test
    void shouldFailWhenAPromiseWasNotMeasured() {
        assertThat(judge(new Results(Map.of()))).isEqualTo(1);
        assertThat(out.toString()).contains("not measured");
    }

    @Test
    @DisplayName("every promise is measured by a step, in a unit that is known")
    void shouldMeasureEachPromiseWhenRun() throws IOException {
        List<Promise> promises = Promise.all();
        List<RunStep> steps = CheckCommand.steps(promises, 5);

        assertThat(steps.stream().mapToInt(RunStep::seconds).sum()).as("seconds").isLessThanOrEqualTo(10 * 60);
        assertThat(promises).hasSizeGreaterThanOrEqualTo(10).allSatisfy(promise -> {
            assertThat(promise.atMost()).isPositive();
            assertThat(promise.unit()).isIn("x C", "B", "ms");
            String group = promise.table().split("-")[0];
            assertThat(steps).filteredOn(step -> step.group().equals(group)).singleElement().satisfies(step -> {
                String command = String.join(" ", step.command());
                assertThat(command).contains(promise.of("subject"), promise.of("server"), promise.of("load"));
            });
        });
    }
}
