package io.github.epoll4j.bench.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In which order servers are measured, and what becomes of it; the measurements are made up. */
class RoundsTest {
    private static final List<Contestant> SERVERS =
            List.of(Contestant.C_LEVEL, Contestant.C_EDGE, Contestant.REACTOR_LEVEL, Contestant.NIO);

    private final List<Contestant> order = new ArrayList<>();
    private final List<Contestant> slices = new ArrayList<>();
    private final List<Contestant> ended = new ArrayList<>();
    private final List<String> steps = new ArrayList<>();

    @Test
    @DisplayName("every round begins with another server, and none always comes after the same")
    void shouldChangeTheOrderWhenARoundBegins() throws IOException {
        rounds(contestant -> run(1000)).measure(4, 10);

        assertThat(steps).startsWith("64x64B, round 1").endsWith("64x64B, round 4");
        List<List<Contestant>> turns = IntStream.range(0, 4).mapToObj(i -> order.subList(4 * i, 4 * i + 4)).toList();
        assertThat(turns).allSatisfy(turn -> assertThat(turn).containsExactlyInAnyOrderElementsOf(SERVERS));
        assertThat(turns).extracting(List::getFirst).doesNotHaveDuplicates();
        for (Contestant server : SERVERS) {
            assertThat(turns.stream().filter(turn -> turn.indexOf(server) > 0)
                    .map(turn -> turn.get(turn.indexOf(server) - 1)).distinct()).as("before " + server)
                    .hasSizeGreaterThan(1);
        }
    }

    @Test
    @DisplayName("a server is compared with the C of its own round, also when that comes after it")
    void shouldCompareWithinTheRoundWhenCComesLast() throws IOException {
        int[] number = {0};
        List<Standing> standings = rounds(contestant -> { // C answers 1000 in the first round and 2000 in the second
            boolean isFirstRound = number[0]++ < Rounds.SLICES * SERVERS.size();
            return run((isFirstRound ? 1000 : 2000) / (contestant == Contestant.NIO ? 2 : 1));
        }).measure(2, 10);

        assertThat(order.indexOf(Contestant.NIO)).isGreaterThan(order.indexOf(Contestant.C_LEVEL));
        assertThat(order.lastIndexOf(Contestant.REACTOR_LEVEL)).isGreaterThan(order.lastIndexOf(Contestant.C_LEVEL));
        assertThat(standings).extracting(Standing::contestant).containsExactlyElementsOf(SERVERS);
        int ratio = List.of(Standing.csvHeader().split(",")).indexOf("speed_ratio_min");
        assertThat(standings).extracting(standing -> standing.csvLine().split(",")[ratio])
                .containsExactly("1.000", "1.000", "1.000", "0.500");
        assertThat(standings).extracting(standing -> standing.csvLine().split(",")[ratio + 4])
                .containsExactly("1.000", "1.000", "1.000", "0.500");
    }

    @Test
    @DisplayName("the rate is half of the median of the first server's slices")
    void shouldTakeTheMedianWhenTheRateIsWanted() {
        Iterator<Integer> messages = List.of(9000, 100, 1000, 1000).iterator();

        assertThat(rounds(contestant -> run(messages.next())).rate()).isEqualTo(500);
        assertThat(order).containsExactly(Contestant.C_LEVEL);
        assertThat(ended).containsExactly(Contestant.C_LEVEL);
    }

    @Test
    @DisplayName("all servers are warmed up before the first is measured, and are measured by turns, there and back")
    void shouldAlternateWhenAllAreWarmedUp() throws IOException {
        List<Standing> standings = rounds(contestant -> run(1000)).measure(1, 10);

        assertThat(order).containsExactlyElementsOf(SERVERS);
        assertThat(slices).hasSize(Rounds.SLICES * SERVERS.size()).startsWith(SERVERS.toArray(Contestant[]::new));
        assertThat(slices.subList(SERVERS.size(), 2 * SERVERS.size()))
                .containsExactlyElementsOf(SERVERS.reversed());
        assertThat(ended).containsExactlyInAnyOrderElementsOf(SERVERS);
        int messages = List.of(Standing.rawHeader().split(",")).indexOf("messages");
        assertThat(standings.getFirst().rawLines().getFirst().split(",")[messages]).isEqualTo("4000");
    }

    @Test
    @DisplayName("a round counts only if all its slices were measured, and ends what it has started")
    void shouldLeaveTheRoundOutWhenASliceFails() throws IOException {
        int[] number = {0};
        List<Standing> standings = rounds(contestant -> contestant == Contestant.NIO && number[0]++ == 1 ? null
                : run(1000)).measure(2, 10);

        assertThat(standings.getLast().contestant()).isEqualTo(Contestant.NIO);
        assertThat(standings.getLast().rawLines()).singleElement().asString().startsWith("64x64B,nio,2,");
        assertThat(ended).hasSize(2 * SERVERS.size());
    }

    @Test
    @DisplayName("the rate is of the first server that can be loaded, and 0 if there is none")
    void shouldTakeTheNextWhenAServerFails() {
        assertThat(rounds(contestant -> contestant == Contestant.C_LEVEL ? null : run(4000)).rate()).isEqualTo(2000);
        assertThat(order).contains(Contestant.C_EDGE).doesNotContain(Contestant.NIO);
        assertThat(rounds(contestant -> null).rate()).isZero();
    }

    @Test
    @DisplayName("a server that fails has no rounds, and the others have no ratio without C")
    void shouldLeaveOutWhatFailedWhenRoundsAreMeasured() throws IOException {
        List<Standing> standings = rounds(contestant -> contestant == Contestant.C_LEVEL ? null : run(1000))
                .measure(2, 10);

        assertThat(standings).extracting(Standing::contestant).containsExactlyElementsOf(SERVERS.subList(1, 4));
        assertThat(standings).allSatisfy(standing -> assertThat(standing.rawLines()).hasSize(2));
    }

    @ParameterizedTest
    @CsvSource({"60 -70 55 0 0 0, 55, 2", "-60 50 0 0 0, 50, 1", "-50 0 0 0, -50, 0", "51 51 51 0 0 0, 51, 2"})
    @DisplayName("a slice that others disturb is measured again, twice here, and the least disturbed one is kept")
    void shouldMeasureAgainWhenOthersDisturb(String othersMillis, long kept, int repeats) throws IOException {
        Iterator<Long> others = Stream.of(othersMillis.split(" ")).map(Long::valueOf).iterator();

        Standing first = rounds(contestant -> contestant == Contestant.C_LEVEL ? run(1000, others.next()) : run(1000))
                .measure(1, 10).getFirst();

        List<String> columns = List.of(Standing.rawHeader().split(","));
        assertThat(first.rawLines()).singleElement().satisfies(line -> {
            assertThat(line.split(",")[columns.indexOf("others_cpu_ns")]).isEqualTo(kept + "000000");
            assertThat(line.split(",")[columns.indexOf("repeats")]).isEqualTo("" + repeats);
        });
        assertThat(slices).filteredOn(Contestant.C_LEVEL::equals).hasSize(Rounds.SLICES + repeats);
    }

    /** A measurement of a server; null if it fails. */
    @FunctionalInterface
    private interface MadeUp {
        LoadRun of(Contestant contestant);
    }

    private Rounds rounds(MadeUp measurement) {
        return new Rounds(EchoLoad.SMALL, SERVERS, 2, (contestant, what, step) -> {
            steps.add(what);
            try {
                step.run();
            } catch (IOException e) {
                assertThat(e).hasMessage("made up");
            }
        }, (contestant, perSecond) -> {
            order.add(contestant);
            return new Made(contestant, measurement);
        });
    }

    /** A server that does not exist. */
    private final class Made implements Rounds.Session {
        private final Contestant contestant;
        private final MadeUp measurement;

        Made(Contestant contestant, MadeUp measurement) {
            this.contestant = contestant;
            this.measurement = measurement;
        }

        @Override
        public List<Long> seconds() {
            return List.of();
        }

        @Override
        public LoadRun slice() throws IOException {
            slices.add(contestant);
            LoadRun run = measurement.of(contestant);
            if (run == null) {
                throw new IOException("made up");
            }
            return run;
        }

        @Override
        public LoadRun timetable() {
            return run(0);
        }

        @Override
        public void close() {
            ended.add(contestant);
        }
    }

    /** A second with so many messages. */
    private static LoadRun run(long messages) {
        return run(messages, 0);
    }

    private static LoadRun run(long messages, long othersMillis) {
        return new LoadRun(messages, 1_000_000_000, 500_000_000, 0, 1_000_000 * othersMillis, 0, 0,
                new Histogram(1000, 3), List.of());
    }
}
