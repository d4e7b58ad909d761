package io.github.epoll4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code bench/run} as a user starts it, for moments only: what starts servers and other programs. It measures the
 * memory and start of two servers; with {@code -Depoll4j.bench=all} of all.
 */
class BenchServersIT {
    private static final String SERVERS = "c-edge,reactor-edge,raw-edge,nio,netty-epoll,onenio,"
            + "vthread-epoll4j,vthread-nio,vthread-socket";
    private static final int EVENT_MEDIAN = 3;
    private static final int CPU_MEDIAN = 5;
    private static final int PER_SECOND_MEDIAN = 4;
    private static final int P99 = 8;
    private static final int RESIDENT_MEDIAN = 4;
    private static final int FIRST_ECHO_MEDIAN = 7;

    @TempDir
    private static Path folder;

    @Test
    @DisplayName("servers in C, on epoll4j, on NIO, Netty, one-nio and virtual threads echo what they are sent")
    void shouldMeasureServersWhenLoadedForAMoment() throws IOException {
        assumeTrue(CProgram.build("load").isPresent(), "there is no C compiler here");

        List<String> lines = BenchRun.start("servers", "--processes=1", "--loads=64x64B", "--seconds=0.1", "--warmup=0",
                "--retries=0", "--servers=c-level," + SERVERS, "--rate=1000",
                "--out=" + folder);

        assertThat(lines).noneMatch(line -> line.contains(": load: "));
        assertThat(BenchRun.rows(folder, "servers")).hasSize(10)
                .allSatisfy(row -> assertThat(Double.parseDouble(row[CPU_MEDIAN])).as(row[1]).isPositive());
    }

    @Test
    @DisplayName("S18-5: pools of platform and of virtual threads answer, with handlers that compute and that block")
    void shouldMeasurePoolsWhenLoadedForAMoment() throws IOException {
        assumeTrue(CProgram.build("load").isPresent(), "there is no C compiler here");

        BenchRun.start("workers", "--rounds=1", "--seconds=0.1", "--warmup=0", "--workers=2", "--out=" + folder);

        List<String[]> rows = BenchRun.rows(folder, "workers");
        assertThat(rows).extracting(row -> row[0] + " " + row[1] + " " + row[2]).containsExactly(
                "cpu platform 2", "cpu virtual 2", "blocking platform 2", "blocking virtual 2");
        assertThat(rows).allSatisfy(row -> {
            assertThat(Double.parseDouble(row[PER_SECOND_MEDIAN])).isPositive();
            assertThat(Double.parseDouble(row[P99])).isGreaterThanOrEqualTo(Double.parseDouble(row[P99 - 1]));
        });
    }

    @Test
    @DisplayName("the memory and the first echo of servers in C and on epoll4j")
    void shouldMeasureFootprintsWhenThereIsNoLoad() throws IOException {
        assumeTrue(CProgram.build("load").isPresent(), "there is no C compiler here");

        BenchRun.start("servers", "--loads=none", "--idle=100", "--idle-runs=1", "--starts=1",
                "--servers=c-level,reactor-level" + (BenchRun.IS_ALL ? "," + SERVERS : ""),
                "--out=" + Files.createDirectory(folder.resolve("footprint")));

        List<String[]> rows = BenchRun.rows(folder, "footprint/servers-footprint");
        assertThat(rows).hasSize(BenchRun.IS_ALL ? 11 : 2).allSatisfy(row -> {
            assertThat(Double.parseDouble(row[RESIDENT_MEDIAN])).as(row[0]).isFinite();
            assertThat(Double.parseDouble(row[FIRST_ECHO_MEDIAN])).as(row[0]).isPositive();
        });
    }

    @Test
    @DisplayName("C, a bare JVM, NIO and epoll4j reach their first event")
    void shouldReachTheFirstEventWhenStarted() throws IOException {
        BenchRun.start("startup", "--runs=1", "--plain", "--out=" + folder);

        List<String[]> rows = BenchRun.rows(folder, "startup");
        assertThat(rows).extracting(row -> row[0]).contains("JVM alone", "NIO Selector", "epoll4j");
        assertThat(rows)
                .allSatisfy(row -> assertThat(Double.parseDouble(row[EVENT_MEDIAN])).as(row[0]).isPositive());
    }

    @Test
    @DisplayName("TLS servers on NIO and on epoll4j echo messages and complete handshakes")
    void shouldMeasureTlsWhenLoadedForAMoment() throws IOException {
        List<String> lines = BenchRun.start("tls", "--processes=1", "--seconds=0.05", "--warmup=0.2");

        assertThat(lines).filteredOn(line -> line.startsWith("tls-")).hasSize(6)
                .allSatisfy(line -> assertThat(Double.parseDouble(line.split(" +")[1])).as(line).isPositive());
    }

    @Test
    @DisplayName("threads of every kind send each other bytes and wait, for C, NIO and Readiness")
    void shouldMeasureWaitsWhenRunForAMoment() throws IOException {
        List<String> lines = BenchRun.start("waits", "--rounds=1", "--seconds=0.05", "--warmup=0.05", "--threads=200");

        assertThat(lines).filteredOn(line -> line.startsWith("Readiness, ")).hasSize(6)
                .allSatisfy(line -> assertThat(Double.parseDouble(line.split(" {2,}")[1])).as(line).isPositive());
        assertThat(lines).filteredOn(line -> line.matches("(LockSupport.park|Readiness.await|nio, read of a pipe) .*"))
                .hasSize(3)
                .allSatisfy(line -> assertThat(Double.parseDouble(line.split(" {2,}")[1])).as(line).isPositive());
    }

    @Test
    @DisplayName("a line of one member of the chat reaches all others, and those of a loop of sends in C")
    void shouldMeasureTheChatWhenItTalksForAMoment() throws IOException {
        assumeTrue(CProgram.build("members").isPresent(), "there is no C compiler here");

        List<String> lines = BenchRun.start("chat", "--processes=1", "--members=20", "--seconds=0.05", "--warmup=0.1");

        assertThat(lines).filteredOn(line -> line.matches("(a loop of sends in C|examples/run chat) .*")).hasSize(2)
                .allSatisfy(line -> assertThat(Double.parseDouble(line.split(" {2,}")[1])).as(line).isPositive());
    }

    @Test
    @DisplayName("the game ticks for its sessions, and a loop of sends in C as often")
    void shouldMeasureTheGameWhenItIsPlayedForAMoment() throws IOException {
        assumeTrue(CProgram.build("ticks").isPresent(), "there is no C compiler here");

        List<String> lines = BenchRun.start("game", "--processes=1", "--sessions=20", "--seconds=1", "--warmup=0.5");

        assertThat(lines).filteredOn(line -> line.matches("(a loop of sends in C|examples/run game) .*")).hasSize(2)
                .allSatisfy(line -> assertThat(Double.parseDouble(line.split(" {2,}")[1])).as(line).isPositive());
    }
}
