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
    private static final Promise CALL = new Promise("await", "micro",
            new String[] {"subject", "await-0"}, "java_min_ns", "c_min_ns", "at most 1.10", "x C");
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

    @ParameterizedTest
    @CsvSource({"at most 1.03, 1.02, 0.99, 1.05, 0, kept", "at most 1.03, 1.04, 1.02, 1.06, 0, kept by a quartile",
        "at most 1.03, 1.05, 1.04, 1.06, 1, MISSED", "at least 0.97, 0.98, 0.95, 1.00, 0, kept",
        "at least 0.97, 0.95, 0.93, 0.98, 0, kept by a quartile", "at least 0.97, 0.95, 0.93, 0.96, 1, MISSED"})
    @DisplayName("a promise about servers is missed only if the median misses it and the quartiles lie beyond it")
    void shouldFailWhenTheQuartilesLieBeyond(String bound, double median, double lower, double upper, int status,
            String verdict) {
        String[] where = {"server", "reactor-level", "than", "nio"};
        Promise promise = new Promise("servers", "servers-pairs", where, "cpu_ratio_median", "", bound, "x NIO");
        Results results = new Results(Map.of("servers-pairs", List.of(new Row(Map.of("server", "reactor-level",
                "than", "nio", "rounds", "15", "cpu_ratio_median", "" + median, "cpu_ratio_lower", "" + lower,
                "cpu_ratio_upper", "" + upper)))));

        assertThat(CheckCommand.judge(List.of(promise), results, new PrintWriter(out))).isEqualTo(status);
        assertThat(out.toString().lines()).singleElement().asString().contains(bound + " x NIO",
                "measured %.2f x NIO (%.2f-%.2f)".formatted(median, lower, upper), "median of 15 rounds")
                .endsWith(verdict);
    }

    @Test
    @DisplayName("servers with which another one is compared are measured under its load as well")
    void shouldMeasureBothWhenTwoServersAreCompared() {
        String[] where = {"server", "reactor-level", "than", "nio", "load", "64x64B"};
        Promise promise =
                new Promise("servers", "servers-pairs", where, "cpu_ratio_median", "", "at most 1.00", "x NIO");

        assertThat(CheckCommand.steps(List.of(promise), 3)).singleElement().satisfies(step ->
                assertThat(step.command()).contains("--servers=c-level,reactor-level,nio", "--loads=64x64B",
                        "--processes=3"));
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
            assertThat(promise.limit()).isPositive();
            assertThat(promise.unit()).isIn("x C", "B", "ms");
            String group = promise.table().split("-")[0];
            assertThat(steps).filteredOn(step -> step.group().equals(group)).singleElement().satisfies(step -> {
                String command = String.join(" ", step.command());
                assertThat(command).contains(promise.of("subject"), promise.of("server"), promise.of("load"));
            });
        });
    }
}
