package io.github.epoll4j.bench.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What rounds are written as. */
class StandingTest {
    private static final long LATENCY_NANOS = 50_000;
    private static final List<String> PERCENTILES = List.of("p50_us", "p99_us", "p999_us", "max_us");

    @Test
    @DisplayName("without a latency the percentiles are left empty, in the file and in the table")
    void shouldLeavePercentilesEmptyWhenThereAreNoLatencies() {
        Standing standing = standing(0, 0);

        assertThat(cell(standing, "latencies")).isEqualTo("0");
        assertThat(PERCENTILES).allSatisfy(column -> assertThat(cell(standing, column)).as(column).isEmpty());
        assertThat(standing.rawLines()).singleElement().asString().endsWith(",0,,,");
        assertThat(standing.line()).endsWith("0.00");
        assertThat(standing.rateWords()).isEmpty();
    }

    @Test
    @DisplayName("with latencies the percentiles are there, and the rate in the last column and in the heading")
    void shouldWriteTheRateWhenThereAreLatencies() {
        Standing standing = standing(12_345.5, 100);

        assertThat(PERCENTILES).allSatisfy(column -> assertThat(Double.parseDouble(cell(standing, column))).as(column)
                .isBetween(49.9, 50.1));
        assertThat(Standing.csvHeader()).endsWith(",rate");
        assertThat(cell(standing, "rate")).isEqualTo("12345.500");
        assertThat(standing.rateWords()).isEqualTo("; latencies at 12346 messages/s");
        assertThat(standing.rawLines()).singleElement().asString().matches(".*,100,\\d+,\\d+,\\d+");
    }

    @Test
    @DisplayName("the compilers' part of the processor stands beside the server's, which contains it")
    void shouldTellTheCompilersPartWhenTheyHaveComputed() {
        Standing standing = standing(0, 0);

        assertThat(cell(standing, "server_busy")).isEqualTo("0.900");
        assertThat(cell(standing, "compiler_busy")).isEqualTo("0.030");
        assertThat(standing.line()).containsPattern(" 90% +3% +90% ");
        assertThat(standing.rawLines()).singleElement().asString().contains(",1,0,1000,1000000,900000,30000,900000,0,");
        assertThat(Standing.rawHeader().split(",")).hasSameSizeAs(standing.rawLines().getFirst().split(",", -1));
    }

    private static String cell(Standing standing, String column) {
        List<String> columns = Arrays.asList(Standing.csvHeader().split(",", -1));
        List<String> cells = Arrays.asList(standing.csvLine().split(",", -1));
        assertThat(cells).hasSameSizeAs(columns);
        return cells.get(columns.indexOf(column));
    }

    @Test
    @DisplayName("seconds are those of the rounds that have them, a ratio is of rounds that both have")
    void shouldTakeTheRoundsThatAreThereWhenSomeAreMissing() {
        Standing yardstick = new Standing(EchoLoad.SMALL, Contestant.C_LEVEL, 0, null);
        yardstick.addRound(2, run(1000, List.of(9L)), 0);
        Standing server = new Standing(EchoLoad.SMALL, Contestant.NIO, 0, yardstick);
        server.addRound(1, run(9000, List.of(10L, 20L)), 1);
        server.addRound(2, run(500, List.of(30L)), 2);

        assertThat(cell(server, "speed_ratio_min")).isEqualTo("0.500");
        assertThat(cell(server, "speed_ratio_max")).isEqualTo("0.500");
        assertThat(cell(server, "cpu_ratio_median")).isEqualTo("2.000");
        assertThat(server.secondsCsvLines()).containsExactly(
                "64x64B,nio,1,10.000,15.000,20.000,25.000,30.000", "64x64B,nio,2,20.000,20.000,20.000,20.000,20.000");
        assertThat(server.secondsLine()).matches("JDK NIO Selector +0\\.0 +0\\.0");
        assertThat(server.rawLines()).first().asString().startsWith("64x64B,nio,1,1,9000,");
    }

    private static LoadRun run(long messages, List<Long> seconds) {
        return new LoadRun(messages, 1_000_000, 900_000, 900_000, 0, 0, 30_000, new Histogram(3), seconds);
    }

    private static Standing standing(double rate, int latencies) {
        Histogram histogram = new Histogram(3);
        if (latencies > 0) {
            histogram.recordValueWithCount(LATENCY_NANOS, latencies);
        }
        LoadRun run = new LoadRun(1000, 1_000_000, 900_000, 900_000, 0, 0, 30_000, histogram, List.of());
        Standing standing = new Standing(EchoLoad.SMALL, Contestant.C_LEVEL, rate, null);
        standing.addRound(1, run, 0);
        return standing;
    }
}
