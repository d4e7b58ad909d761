package io.github.epoll4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code bench/run} as a user starts it, for moments only: single calls, programs, sweeps and the report. It measures a
 * few subjects; with {@code -Depoll4j.bench=all} all of them.
 */
class BenchIT {
    private static final List<String> SUBJECTS =
            List.of("await-64", "netty-64", "selector-64", "tcp-heap-64", "connect");
    private static final int C_MEDIAN = 2;
    private static final int JAVA_MEDIAN = 5;
    private static final int SECONDS_MEDIAN = 10;
    private static final int SWEEP_LANGUAGE = 3;

    @TempDir
    private static Path folder;
    private static List<String[]> micro;

    @BeforeAll
    static void runMicro() throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "micro", "--rounds=1", "--iterations=1", "--millis=2", "--out=" + folder));
        arguments.addAll(BenchRun.IS_ALL ? List.of() : SUBJECTS);
        BenchRun.start(arguments.toArray(String[]::new));
        micro = BenchRun.rows(folder, "micro");
    }

    @Test
    void shouldListTheCommandsWhenNoneIsGiven() throws IOException {
        assertThat(BenchRun.start())
                .anyMatch(line -> line.startsWith("  micro")).anyMatch(line -> line.startsWith("  startup"))
                .anyMatch(line -> line.startsWith("  servers")).anyMatch(line -> line.startsWith("  workers"))
                .anyMatch(line -> line.startsWith("  sweep")).anyMatch(line -> line.startsWith("  poll_conn"));
    }

    @Test
    @DisplayName("what was measured becomes a report with a chart")
    void shouldWriteAReportWhenAFolderHasResults() throws IOException {
        BenchRun.start("report", folder.toString());

        assertThat(folder.resolve("REPORT.md")).content().contains("call await-64", "](micro.png)");
        assertThat(folder.resolve("micro.png")).isNotEmptyFile();
        assertThat(folder.resolve("micro.svg")).isNotEmptyFile();
    }

    @Test
    @DisplayName("each subject gives a positive number in Java")
    void shouldMeasureEachSubjectWhenRunInJava() {
        assertThat(micro).hasSizeGreaterThanOrEqualTo(SUBJECTS.size())
                .allSatisfy(row -> assertThat(Double.parseDouble(row[JAVA_MEDIAN])).as(row[0]).isPositive());
    }

    @Test
    @DisplayName("each subject gives a positive number in C")
    void shouldMeasureEachSubjectWhenRunInC() throws IOException {
        assumeTrue(CProgram.build("micro").isPresent(), "there is no C compiler here");
        assertThat(micro).hasSizeGreaterThanOrEqualTo(SUBJECTS.size())
                .allSatisfy(row -> assertThat(Double.parseDouble(row[C_MEDIAN])).as(row[0]).isPositive());
    }

    @Test
    @DisplayName("Netty's wait and the JDK's selector are measured beside ours")
    void shouldMeasureTheOthersWhenRun() {
        assertThat(micro).extracting(row -> row[0]).contains("await-64", "netty-64", "selector-64");
    }

    @Test
    @DisplayName("a program of the sources in Java and in C, with a line for each step")
    void shouldMeasureAProgramWhenItIsNamed() throws IOException {
        assumeTrue(CProgram.build("programs").isPresent(), "there is no C compiler here");

        List<String> lines = BenchRun.start("epoll_edge_performance_2", "40", "10", "1024", "--with-c", "--repeat=1",
                "--steps=4", "--warmup=0", "--out=" + folder);

        assertThat(lines).anyMatch(line -> line.startsWith("epoll_edge_performance_2 40 10 1024, unix, lookup linear"));
        List<String[]> rows = BenchRun.rows(folder, "programs");
        assertThat(rows).hasSize(8).extracting(row -> row[1]).containsOnly("java", "c");
        assertThat(rows)
                .allSatisfy(row -> assertThat(Double.parseDouble(row[SECONDS_MEDIAN])).as(row[1]).isPositive());
    }

    @Test
    @DisplayName("all sweeps in Java and in C")
    void shouldMeasureAllSweepsWhenAsked() throws IOException {
        assumeTrue(CProgram.build("programs").isPresent(), "there is no C compiler here");

        BenchRun.start("sweep", "all", "--quick", "--repeat=1", "--millis=1", "--connections=100", "--out=" + folder);

        List<String[]> rows = BenchRun.rows(folder, "sweeps");
        assertThat(rows).extracting(row -> row[0]).contains("connections", "active", "triggers");
        assertThat(rows).extracting(row -> row[SWEEP_LANGUAGE]).contains("java", "c");
    }
}
