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
 * {@code bench/run} as a user starts it, for moments only: single calls and the report. It measures a
 * few subjects; with {@code -Depoll4j.bench=all} all of them.
 */
class BenchIT {
    private static final List<String> SUBJECTS =
            List.of("await-64", "netty-64", "selector-64", "tcp-heap-64", "connect");
    private static final int C_MEDIAN = 2;
    private static final int JAVA_MEDIAN = 5;

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
                .anyMatch(line -> line.contains("sweep")).anyMatch(line -> line.contains("poll_conn"));
    }

    @Test
    @DisplayName("what was measured becomes a report with a chart")
    void shouldWriteAReportWhenAFolderHasResults() throws IOException {
        BenchRun.start("report", folder.toString());

        assertThat(folder.resolve("REPORT.md")).content().contains("| await-64 | 1 |", "](micro.png)");
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
}
