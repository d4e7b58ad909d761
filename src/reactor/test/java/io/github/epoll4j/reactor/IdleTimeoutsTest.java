package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.reactor.IdleTimeoutException.Kind;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.FailureHandler;
import io.github.epoll4j.reactor.loop.Mechanism;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Idle and message timeouts by a clock of the test's. */
@Timeout(30)
class IdleTimeoutsTest {
    private static final Duration TIMEOUT = Duration.ofMillis(1600);
    /** The time between two checks: a sixteenth of the timeout. */
    private static final int CHECK = 100;

    private final AtomicLong nanos = new AtomicLong(-1_000_000);
    private final List<Object> calls = new ArrayList<>();
    private EventLoop loop;
    private SocketPair<UnixStream> pair;
    private LoopContext connections;

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.open(Mechanism.EPOLL, FailureHandler.LOGGING, nanos::get);
        pair = SocketPair.open();
        connections = new LoopContext(loop);
        loop.runOnce(Duration.ZERO);
    }

    @AfterEach
    void close() {
        connections.closeNow(null);
        loop.close();
        pair.close();
    }

    private class Noting implements ConnectionHandler {
        @Override
        public void onData(Connection connection, ByteBuffer data) {
            data.position(data.limit());
        }

        @Override
        public void onClosed(Connection connection, Throwable cause) {
            calls.add(cause instanceof IdleTimeoutException timeout ? timeout.kind() : "closed");
        }
    }

    private Connection open(ConnectionConfig config, ConnectionHandler handler) {
        List<Connection> opened = new ArrayList<>();
        assertThat(connections.open(pair.first(), null, config, connection -> {
            opened.add(connection);
            return handler;
        })).isNull();
        return opened.getFirst();
    }

    /** Lets time pass in steps of one check. */
    private void pass(int millis) throws IOException {
        for (int i = 0; i < millis / CHECK; i++) {
            nanos.addAndGet(CHECK * 1_000_000L);
            loop.runOnce(Duration.ZERO);
            loop.runOnce(Duration.ZERO);
        }
    }

    private void receive(int bytes) throws IOException {
        pair.second().write(ByteBuffer.allocate(bytes));
        loop.runOnce(Duration.ZERO);
    }

    @Test
    @DisplayName("the time runs from the check after the last byte: never early, at most two checks late")
    void shouldEndWhenTheTimeHasPassedSinceTheLastByte() throws IOException {
        open(ConnectionConfig.DEFAULT.withReadIdleTimeout(TIMEOUT), new Noting());
        pass(1500);
        receive(1);
        pass(1600);
        assertThat(calls).isEmpty();
        pass(200);
        assertThat(calls).containsExactly(Kind.READ);
    }

    @Test
    void shouldStayWhenBytesMoveEitherWayAndTheTimeoutIsForBoth() throws IOException {
        Connection connection = open(ConnectionConfig.DEFAULT.withIdleTimeout(TIMEOUT), new Noting());
        for (int i = 0; i < 4; i++) {
            pass(1000);
            receive(1);
            pass(1000);
            connection.write(ByteBuffer.allocate(1));
        }
        assertThat(calls).isEmpty();
        pass(1800);
        assertThat(calls).containsExactly(Kind.BOTH);
    }

    @Test
    void shouldEndWhenBytesComeAndTheTimeoutIsForWriting() throws IOException {
        Connection connection = open(ConnectionConfig.DEFAULT.withWriteIdleTimeout(TIMEOUT), new Noting());
        pass(1000);
        connection.write(ByteBuffer.allocate(1));
        pass(1000);
        receive(1);
        assertThat(calls).isEmpty();
        pass(800);
        assertThat(calls).containsExactly(Kind.WRITE);
    }

    @Test
    @DisplayName("S18: a peer that drips a byte of a message now and then does not extend the message's time")
    void shouldEndWhenAMessageIsNotCompleteInTime() throws IOException {
        ConnectionConfig config = ConnectionConfig.DEFAULT.withMessageTimeout(TIMEOUT).withReadIdleTimeout(TIMEOUT);
        open(config, new Noting() {
            @Override
            public void onData(Connection connection, ByteBuffer data) {
                super.onData(connection, data);
                connection.inMessage(true);
            }
        });
        for (int i = 0; i < 4; i++) {
            receive(1);
            pass(400);
        }
        assertThat(calls).isEmpty();
        receive(1);
        pass(200);
        assertThat(calls).containsExactly(Kind.MESSAGE);
    }

    @Test
    @DisplayName("a message that is complete ends its time, and the next one has its own")
    void shouldStayWhenEachMessageIsCompleteInTime() throws IOException {
        open(ConnectionConfig.DEFAULT.withMessageTimeout(TIMEOUT), new Noting() {
            @Override
            public void onData(Connection connection, ByteBuffer data) {
                super.onData(connection, data);
                connection.inMessage(false); // one is complete
                connection.inMessage(true); // and another has begun
            }
        });
        for (int i = 0; i < 5; i++) {
            receive(1);
            pass(1000);
        }
        assertThat(calls).isEmpty();
        pass(800);
        assertThat(calls).containsExactly(Kind.MESSAGE);
    }

    @Test
    @DisplayName("the handler may say a word before the end, or keep the connection")
    void shouldAskTheHandlerBeforeTheEnd() throws IOException {
        open(ConnectionConfig.DEFAULT.withIdleTimeout(TIMEOUT), new Noting() {
            private int timeouts;

            @Override
            public boolean onTimeout(Connection connection, IdleTimeoutException timeout) {
                connection.write(ByteBuffer.wrap(new byte[] {(byte) ++timeouts}));
                return timeouts == 1;
            }
        });
        pass(1700);
        assertThat(calls).as("kept").isEmpty();
        pass(1900);
        ByteBuffer words = ByteBuffer.allocate(10);
        assertThat(pair.second().read(words)).isEqualTo(2);
        assertThat(words.get(1)).isEqualTo((byte) 2);
        assertThat(pair.second().read(words)).as("the end of the stream").isEqualTo(-1);
        pair.second().shutdownOutput();
        pass(100);
        assertThat(calls).containsExactly(Kind.BOTH);
    }

    @Test
    @DisplayName("the timeouts of a live connection can be changed")
    void shouldUseTheNewTimeoutsWhenTheConfigurationIsChanged() throws IOException {
        Connection connection = open(ConnectionConfig.DEFAULT, new Noting());
        pass(5000);
        connection.config(connection.config().withIdleTimeout(TIMEOUT));
        pass(1500);
        connection.config(connection.config().withIdleTimeout(Duration.ZERO));
        pass(5000);
        assertThat(calls).isEmpty();
        connection.config(connection.config().withReadIdleTimeout(TIMEOUT));
        pass(1800);
        assertThat(calls).containsExactly(Kind.READ);
    }

    @Test
    @DisplayName("a timeout that the handler factory sets leaves no timer behind when the connection has ended")
    void shouldLeaveNoTimerWhenTheFactoryHasSetATimeout() throws IOException {
        List<Connection> opened = new ArrayList<>();
        assertThat(connections.open(pair.first(), null, ConnectionConfig.DEFAULT, connection -> {
            connection.config(ConnectionConfig.DEFAULT.withIdleTimeout(TIMEOUT));
            opened.add(connection);
            return new Noting();
        })).isNull();
        assertThat(loop.nanosToNextDeadline()).isLessThanOrEqualTo(TIMEOUT.toNanos());
        opened.getFirst().closeNow();
        loop.runOnce(Duration.ZERO);
        assertThat(calls).containsExactly("closed");
        assertThat(loop.nanosToNextDeadline()).isEqualTo(-1);
    }
}
