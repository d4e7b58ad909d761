package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.reactor.IdleTimeoutException.Kind;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IdleTimeoutTest extends ConnectionFixture {
    private static final Duration SHORT = Duration.ofMillis(60);
    private static final Duration LONG = Duration.ofMinutes(10);

    private static long nanosToNextDeadline(Connection connection) {
        return onLoop(connection, same -> same.loop().nanosToNextDeadline());
    }

    private void shouldEnd(Kind kind) throws InterruptedException {
        assertThat(nextCall()).isInstanceOfSatisfying(IdleTimeoutException.class, e -> {
            assertThat(e.kind()).isEqualTo(kind);
            assertThat(e).hasMessageContaining("PT0.06S");
        });
    }

    @ParameterizedTest
    @EnumSource(names = "CLOSE", mode = EnumSource.Mode.EXCLUDE)
    @DisplayName("a connection on which nothing moves is ended, never early, and the cause says which timeout it was")
    void shouldEndWhenNothingMoves(Kind kind) throws Exception {
        ConnectionConfig config = switch (kind) {
            case READ -> small.withReadIdleTimeout(SHORT).withIdleTimeout(LONG);
            case WRITE -> small.withWriteIdleTimeout(SHORT).withReadIdleTimeout(LONG);
            case MESSAGE -> small.withMessageTimeout(SHORT);
            default -> small.withIdleTimeout(SHORT);
        };
        Listener listener = reactor.listen(ANY, config, connection -> new Noting() {
            @Override
            public void onOpen(Connection opened) throws IOException {
                opened.inMessage(true);
                super.onOpen(opened);
            }
        });
        long start = System.nanoTime();
        try (Socket client = connect(listener)) {
            nextCall();
            shouldEnd(kind);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT.toNanos());
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    @DisplayName("S09: a peer that reads nothing is ended by the timeout for both, while its bytes wait")
    void shouldEndWhenThePeerReadsNothing() throws Exception {
        ConnectionConfig config = small.withIdleTimeout(SHORT);
        Listener listener = reactor.listen(ANY, config.withQueueLimit(16 << 20), connection -> new Noting());
        try (Socket client = connect(listener)) {
            Connection connection = (Connection) nextCall();
            connection.write(ByteBuffer.allocate(16 << 20));
            shouldEnd(Kind.BOTH);
            assertThat(client.isConnected()).isTrue();
            assertThat(reactor.metrics().queuedBytes()).isZero();
        }
    }

    @Test
    @DisplayName("a connection that is paused does not wait for bytes; when it is resumed it does")
    void shouldStayWhenReadingIsPaused() throws Exception {
        Listener listener = reactor.listen(ANY, small.withReadIdleTimeout(SHORT), connection -> new Noting() {
            @Override
            public void onOpen(Connection opened) throws IOException {
                opened.pauseReading();
                super.onOpen(opened);
            }
        });
        try (Socket first = connect(listener); Socket second = connect(listener)) {
            Connection paused = (Connection) nextCall();
            ((Connection) nextCall()).resumeReading();
            shouldEnd(Kind.READ);
            assertThat(paused.isOpen()).isTrue();
            paused.resumeReading();
            shouldEnd(Kind.READ);
            assertThat(first.isConnected() && second.isConnected()).isTrue();
        }
    }

    @Test
    @DisplayName("a loop without such connections has no timer, also when they have gone, and never wakes")
    void shouldHaveNoTimerWhenNoConnectionHasATimeout() throws Exception {
        Listener timed = reactor.listen(ANY, small.withIdleTimeout(SHORT), connection -> new Noting());
        Connection ended;
        try (Socket client = connect(timed)) {
            ended = (Connection) nextCall();
            shouldEnd(Kind.BOTH);
            assertThat(client.isConnected()).isTrue();
        }
        await(() -> nanosToNextDeadline(ended) == -1); // the acceptor's one is over too
        try (Socket client = connect(connection -> new Noting())) {
            Connection untimed = (Connection) nextCall();
            shouldEcho(client, 10);
            await(() -> nanosToNextDeadline(untimed) == -1);
        }
    }

    @Test
    @DisplayName("S18: a close whose peer never reads ends after its time; one whose peer reads flushes all")
    void shouldEndACloseWhenThePeerNeverReads() throws Exception {
        int size = 8 << 20;
        ConnectionConfig config = small.withQueueLimit(size).withCloseTimeout(SHORT);
        Listener listener = reactor.listen(ANY, config, connection -> new Noting());
        try (Socket client = connect(listener)) {
            Connection connection = (Connection) nextCall();
            connection.write(ByteBuffer.allocate(size));
            connection.close();
            shouldEnd(Kind.CLOSE);
            assertThat(client.isConnected()).isTrue();
        }
        Listener patient = reactor.listen(ANY, config.withCloseTimeout(LONG), connection -> new Noting());
        try (Socket client = connect(patient)) {
            Connection connection = (Connection) nextCall();
            connection.write(ByteBuffer.allocate(size));
            connection.close();
            assertThat(client.getInputStream().readAllBytes()).hasSize(size);
        }
        assertThat(nextCall()).isEqualTo("closed");
    }
}
