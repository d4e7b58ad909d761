package io.github.epoll4j.bench.programs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConnectPassTest {
    private static final int CONNECTIONS = 30;

    static Stream<Arguments> all() {
        return Arrays.stream(Program.values()).filter(program -> program.kind() == Program.Kind.CONNECT)
                .flatMap(program -> Arrays.stream(Transport.values())
                        .map(transport -> Arguments.of(program, transport)));
    }

    @ParameterizedTest
    @MethodSource("all")
    @DisplayName("S14-1: each connection is noticed by one wait, and added to epoll by one call")
    void shouldCountAWaitForEachConnectionWhenConnecting(Program program, Transport transport) throws IOException {
        List<Sample> samples = ConnectPass.run(new ProgramSetting(
                program, CONNECTIONS, 1, 1, Lookup.NONE, transport, false, 0, 3));

        assertThat(samples).extracting(Sample::connections).containsExactly(10, 20, 30);
        boolean isEpoll = program.mechanism().call().equals("epoll");
        assertThat(samples).allSatisfy(sample -> {
            assertThat(sample.rounds()).isEqualTo(10);
            assertThat(sample.nanos()).isPositive();
            assertThat(sample.counts().events()).isBetween(1L, 10L);
            assertThat(sample.counts().ctlCalls()).isEqualTo(isEpoll ? 10 : 0);
            assertThat(sample.counts().dataCalls()).isEqualTo(10);
        });
    }
}
