package io.github.epoll4j.bench.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The exchange programs with a few connections; the client throws at the first byte that is wrong or missing. */
class ExchangePassTest {
    private static final int CONNECTIONS = 6;
    private static final int ROUNDS = 4;
    private static final int SMALL = 100;
    private static final int LARGE = 1_024_000;

    static Stream<Arguments> all() {
        return exchanging().flatMap(program -> Stream.of(1024, 10_240, 102_400, LARGE).flatMap(bytes ->
                Arrays.stream(Transport.values()).map(transport -> Arguments.of(program, bytes, transport))));
    }

    static Stream<Program> exchanging() {
        return Arrays.stream(Program.values()).filter(program -> program.kind() != Program.Kind.CONNECT);
    }

    @ParameterizedTest
    @MethodSource("all")
    @DisplayName("S14-6: short reads and writes are handled, each message comes back whole")
    void shouldBringBackEachByteWhenMessagesAreLarge(Program program, int bytes, Transport transport)
            throws IOException {
        List<Sample> samples = ExchangePass.run(new ProgramSetting(program, CONNECTIONS, ROUNDS, bytes,
                program.lookup(), transport, false, 0, 2));

        assertThat(samples).extracting(Sample::connections).containsExactly(CONNECTIONS / 2, CONNECTIONS);
        assertThat(samples).allSatisfy(sample -> {
            assertThat(sample.rounds()).isEqualTo(ROUNDS);
            assertThat(sample.nanos()).isPositive();
            assertThat(sample.counts().waits()).isPositive();
            assertThat(sample.counts().events()).isGreaterThanOrEqualTo(ROUNDS);
            assertThat(sample.counts().dataCalls()).isGreaterThanOrEqualTo(2 * ROUNDS);
        });
    }

    @ParameterizedTest
    @MethodSource("exchanging")
    @DisplayName("S14-4: a small message is one event, a read and a write, and with edge and one buffer another read")
    void shouldCountOneEventAMessageWhenItIsSmall(Program program) throws IOException {
        Counts counts = run(program, SMALL, program.lookup()).counts();

        assertThat(counts.events()).isEqualTo(CONNECTIONS * ROUNDS);
        assertThat(counts.waits()).isBetween((long) ROUNDS, (long) CONNECTIONS * ROUNDS);
        assertThat(counts.ctlCalls()).isEqualTo(program.mechanism().call().equals("epoll") ? CONNECTIONS : 0);
        assertThat(counts.dataCalls()).isEqualTo(
                (program == Program.EPOLL_EDGE_PERFORMANCE ? 3 : 2) * CONNECTIONS * ROUNDS);
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL_LEVEL_PERFORMANCE_2", "EPOLL_EDGE_PERFORMANCE_2"})
    @DisplayName("S14-4: level changes its interest there and back for each large message, edge keeps it")
    void shouldChangeTheInterestWhenASocketTakesLess(Program program) throws IOException {
        Counts counts = run(program, LARGE, program.lookup()).counts();

        boolean isEdge = program.mechanism().isEdge();
        assertThat(counts.ctlCalls()).isEqualTo(CONNECTIONS + (isEdge ? 0 : 2 * CONNECTIONS * ROUNDS));
    }

    @ParameterizedTest
    @EnumSource(names = {"SELECT_PERFORMANCE_2", "POLL_PERFORMANCE_2", "EPOLL_LEVEL_PERFORMANCE_2",
        "EPOLL_EDGE_PERFORMANCE_2"})
    @DisplayName("C104: a search from the front looks at (n + 1) / 2 descriptors for each event")
    void shouldCountWhatASearchLooksAtWhenTheLookupIsLinear(Program program) throws IOException {
        long eachOnce = CONNECTIONS * (CONNECTIONS + 1) / 2;

        assertThat(run(program, SMALL, Lookup.LINEAR).counts().comparisons()).isEqualTo(eachOnce * ROUNDS);
        assertThat(run(program, SMALL, Lookup.INDEX).counts().comparisons()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL_LEVEL_PERFORMANCE_2", "EPOLL_EDGE_PERFORMANCE_2"})
    @DisplayName("S14-5: what epoll gives back leads to the state without a search")
    void shouldSearchNothingWhenTheLookupIsAPointer(Program program) throws IOException {
        assertThat(run(program, SMALL, Lookup.POINTER).counts().comparisons()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 6, 100})
    void shouldServeAllMessagesWhenSoManyAreInFlight(int inFlight) throws IOException {
        Sample sample = ExchangePass.run(new ProgramSetting(Program.POLL_PERFORMANCE, CONNECTIONS, 25, SMALL,
                Lookup.NONE, Transport.UNIX, false, inFlight, 1)).getFirst();

        assertThat(sample.counts().events()).isEqualTo(25);
        assertThat(sample.counts().waits()).isBetween(25L / Math.min(inFlight, CONNECTIONS), 25L);
    }

    /** Runs with so many messages on each connection. */
    private static Sample run(Program program, int bytes, Lookup lookup) throws IOException {
        return ExchangePass.run(new ProgramSetting(
                program, CONNECTIONS, ROUNDS, bytes, lookup, Transport.UNIX, true, 0, 1)).getFirst();
    }
}
