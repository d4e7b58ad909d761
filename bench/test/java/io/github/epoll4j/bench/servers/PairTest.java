package io.github.epoll4j.bench.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** Servers that are compared with each other, beside the comparison with C. */
class PairTest {
    @Test
    void shouldCompareRoundByRoundWhenBothServersAreMeasured() {
        Standing reactor = standing(Contestant.REACTOR_LEVEL, 900, 1000, 1100);
        Standing nio = standing(Contestant.NIO, 1000, 1000, 1000);

        List<Pair> pairs = Pair.of(List.of(reactor, nio));

        assertThat(pairs).singleElement().extracting(Pair::csvLine).asString().isEqualTo("64x64B,reactor-level,nio,3,"
                + "0.909,0.955,1.000,1.056,1.111,0.900,0.950,1.000,1.050,1.100");
        assertThat(Pair.csvHeader().split(",")).hasSize(14);
    }

    @Test
    void shouldBeNoneWhenOneServerWasNotMeasured() {
        assertThat(Pair.of(List.of(standing(Contestant.REACTOR_LEVEL, 1)))).isEmpty();
        assertThat(Pair.of(List.of(standing(Contestant.REACTOR_LEVEL, 1), standing(Contestant.NIO)))).isEmpty();
    }

    private static Standing standing(Contestant contestant, long... messages) {
        Standing standing = new Standing(EchoLoad.SMALL, contestant, 0, null);
        for (int i = 0; i < messages.length; i++) {
            standing.addRound(i + 1, new LoadRun(messages[i], 1_000_000, 900_000, 0, 0, 0, 0, new Histogram(3),
                    List.of()), 0);
        }
        return standing;
    }
}
