package io.github.epoll4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs {@code bench/run} as a user does, for moments only: no number is judged, but each must be there. It measures a
 * few subjects, and the memory and start of two servers; with {@code -Depoll4j.bench=all} those of all.
 */
class BenchIT {
    private static final boolean IS_ALL = "all".equals(System.getProperty("epoll4j.bench"));
    private static final List<String> SUBJECTS =
            List.of("await-64", "netty-64", "selector-64", "tcp-heap-64", "connect");
    private static final String SERVERS = "c-edge,reactor-edge,raw-edge,nio,netty-epoll,onenio";
    private static final int C_MEDIAN = 2;
    private static final int JAVA_MEDIAN = 5;
    private static final int EVENT_MEDIAN = 3;
    private static final int CPU_MEDIAN = 3;
    private static final int PER_SECOND_MEDIAN = 4;
    private static final int P99 = 8;
    private static final int FIRST_ECHO_MEDIAN = 7;
    private static final int SECONDS_MEDIAN = 10;
    private static final int SWEEP_LANGUAGE = 3;

    @TempDir
    private static Path folder;
    private static List<String[]> micro;

    @BeforeAll
    static void runMicro() throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "micro", "--rounds=1", "--iterations=1", "--millis=2", "--out=" + folder));
        arguments.addAll(IS_ALL ? List.of() : SUBJECTS);
        run(arguments.toArray(String[]::new));
        micro = rows("micro");
    }

    @Test
    void shouldListTheCommandsWhenNoneIsGiven() throws IOException {
        assertThat(run()).anyMatch(line -> line.startsWith("  micro")).anyMatch(line -> line.startsWith("  startup"))
                .anyMatch(line -> line.startsWith("  servers")).anyMatch(line -> line.startsWith("  workers"))
                .anyMatch(line -> line.startsWith("  sweep")).anyMatch(line -> line.startsWith("  poll_conn"));
    }

    @Test
    @DisplayName("what was measured becomes a report with a chart")
    void shouldWriteAReportWhenAFolderHasResults() throws IOException {
        run("report", folder.toString());

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
    @DisplayName("S18-5 pools of platform and of virtual threads answer, with handlers that compute and that block")
    void shouldMeasurePoolsWhenLoadedForAMoment() throws IOException {
        assumeTrue(CProgram.build("load").isPresent(), "there is no C compiler here");

        run("workers", "--rounds=1", "--seconds=0.1", "--warmup=0", "--workers=2", "--out=" + folder);

        assertThat(rows("workers")).extracting(row -> row[0] + " " + row[1] + " " + row[2]).containsExactly(
                "cpu platform 2", "cpu virtual 2", "blocking platform 2", "blocking virtual 2");
        assertThat(rows("workers")).allSatisfy(row -> {
            assertThat(Double.parseDouble(row[PER_SECOND_MEDIAN])).isPositive();
            assertThat(Double.parseDouble(row[P99])).isGreaterThanOrEqualTo(Double.parseDouble(row[P99 - 1]));
        });
    }

    @Test
    @DisplayName("C, a bare JVM, NIO and epoll4j reach their first event")
    void shouldReachTheFirstEventWhenStarted() throws IOException {
        run("startup", "--runs=1", "--plain", "--out=" + folder);

        assertThat(rows("startup-first-calls")).extracting(row -> row[0])
                .contains("epoll_wait", "select", "poll", "timerfd_settime", "accept4", "sendmsg");
        assertThat(rows("startup")).extracting(row -> row[0]).contains("JVM alone", "NIO Selector", "epoll4j");
        assertThat(rows("startup"))
                .allSatisfy(row -> assertThat(Double.parseDouble(row[EVENT_MEDIAN])).as(row[0]).isPositive());
    }

    @Test
    @DisplayName("servers in C, on epoll4j, on NIO, Netty and one-nio echo what they are sent")
    void shouldMeasureServersWhenLoadedForAMoment() throws IOException {
        assumeTrue(CProgram.build("load").isPresent(), "there is no C compiler here");

        List<String> lines = run("servers", "--rounds=1", "--loads=64x64B", "--seconds=0.1", "--warmup=0", "--idle=0",
                "--starts=0", "--retries=0", "--servers=c-level," + SERVERS, "--rate=1000", "--out=" + folder);

        assertThat(lines).noneMatch(line -> line.contains(": load: "));
        assertThat(rows("servers")).hasSize(7)
                .allSatisfy(row -> assertThat(Double.parseDouble(row[CPU_MEDIAN])).as(row[1]).isPositive());
    }

    @Test
    @DisplayName("the memory and the first echo of servers in C and on epoll4j")
    void shouldMeasureFootprintsWhenThereIsNoLoad() throws IOException {
        assumeTrue(CProgram.build("load").isPresent(), "there is no C compiler here");

        run("servers", "--loads=none", "--idle=100", "--starts=1",
                "--servers=c-level,reactor-level" + (IS_ALL ? "," + SERVERS : ""),
                "--out=" + Files.createDirectory(folder.resolve("footprint")));

        assertThat(rows("footprint/servers-footprint")).hasSize(IS_ALL ? 8 : 2).allSatisfy(
                row -> assertThat(Double.parseDouble(row[FIRST_ECHO_MEDIAN])).as(row[0]).isPositive());
    }

    @Test
    @DisplayName("a program of the sources in Java and in C, with a line for each step")
    void shouldMeasureAProgramWhenItIsNamed() throws IOException {
        assumeTrue(CProgram.build("programs").isPresent(), "there is no C compiler here");

        List<String> lines = run("epoll_edge_performance_2", "40", "10", "1024", "--with-c", "--repeat=1", "--steps=4",
                "--warmup=0", "--out=" + folder);

        assertThat(lines).anyMatch(line -> line.startsWith("epoll_edge_performance_2 40 10 1024, unix, lookup linear"));
        assertThat(rows("programs")).hasSize(8).extracting(row -> row[1]).containsOnly("java", "c");
        assertThat(rows("programs"))
                .allSatisfy(row -> assertThat(Double.parseDouble(row[SECONDS_MEDIAN])).as(row[1]).isPositive());
    }

    @Test
    @DisplayName("all sweeps in Java and in C")
    void shouldMeasureAllSweepsWhenAsked() throws IOException {
        assumeTrue(CProgram.build("programs").isPresent(), "there is no C compiler here");

        run("sweep", "all", "--quick", "--repeat=1", "--millis=1", "--connections=100", "--out=" + folder);

        assertThat(rows("sweeps")).extracting(row -> row[0]).contains("connections", "active", "triggers");
        assertThat(rows("sweeps")).extracting(row -> row[SWEEP_LANGUAGE]).contains("java", "c");
    }

    private static List<String> run(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(CProgram.home().resolve("run").toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        return CProgram.run(command);
    }

    /** Reads the file that a command wrote, without the line on the machine and the heading. */
    private static List<String[]> rows(String command) throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve(command + ".csv"))) {
            return lines.skip(2).map(line -> line.split(",")).toList();
        }
    }
}
