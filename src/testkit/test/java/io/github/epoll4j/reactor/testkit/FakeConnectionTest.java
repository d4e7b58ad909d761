package io.github.epoll4j.reactor.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.IdleTimeoutException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The peer's side of a fake, and its loop; the contract has the other side. */
class FakeConnectionTest {
    private static final ConnectionHandler ECHO = (connection, data) -> connection.write(data);

    private static ByteBuffer buffer(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName("the peer takes as many bytes as the test says")
    void shouldTakeBytesWhenTheyAreAccepted() {
        try (var loop = TestLoop.open()) {
            FakeConnection fake = loop.connect(connection -> ECHO);
            fake.acceptBytes(3);
            fake.receive("hello");
            assertThat(fake.written()).asString().isEqualTo("hel");
            assertThat(fake.takeText()).isEqualTo("hel");
            assertThat(fake.take()).isEmpty();
            assertThat(fake.pendingBytes()).isEqualTo(2);
            fake.acceptBytes(Long.MAX_VALUE);
            assertThat(fake.takeText()).isEqualTo("lo");
            assertThat(fake.pendingBytes()).isZero();
            assertThatThrownBy(() -> fake.acceptBytes(-1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    @DisplayName("a test sees that reading pauses while the peer takes nothing")
    void shouldShowThePauseWhenThePeerTakesNothing() {
        try (var loop = TestLoop.open()) {
            FakeConnection fake = loop.connect(ConnectionConfig.DEFAULT.withWaterMarks(0, 4), connection -> ECHO);
            assertThat(fake.isReading()).isTrue();
            fake.acceptBytes(0);
            fake.receive("hello");
            fake.receive("world");
            assertThat(fake.isReading()).isFalse();
            assertThat(fake.unreadBytes()).isEqualTo(5);
            fake.acceptBytes(5);
            assertThat(fake.unreadBytes()).isZero();
            assertThat(fake.takeText()).isEqualTo("hello");
        }
    }

    @Test
    @DisplayName("a handler that keeps its buffer finds no bytes of the peer in it")
    void shouldOverwriteTheBufferWhenTheCallIsOver() {
        try (var loop = TestLoop.open()) {
            AtomicReference<ByteBuffer> kept = new AtomicReference<>();
            FakeConnection fake = loop.connect(connection -> (on, data) -> {
                kept.set(data.duplicate());
                data.position(data.limit());
            });
            fake.receive("abc");
            assertThat(kept.get().get(0)).isNotEqualTo((byte) 'a');
        }
    }

    @Test
    @DisplayName("a reset of the peer ends the connection with the test's cause, behind the bytes before it")
    void shouldEndWithTheCauseWhenThePeerFails() {
        try (var loop = TestLoop.open()) {
            FakeConnection fake = loop.connect(connection -> ECHO);
            IOException reset = new IOException("reset");
            fake.acceptBytes(0);
            fake.receive("abc");
            fake.fail(reset);
            assertThat(fake.isOpen()).isFalse();
            assertThat(fake.cause()).isSameAs(reset);
            assertThat(fake.isEndSent()).isFalse();
            assertThat(fake.takeText()).isEmpty();
            assertThatThrownBy(() -> fake.receive("d")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> fake.fail(reset)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    @DisplayName("a test sees whether the peer was sent the end of the stream or a reset")
    void shouldShowTheEndWhenItIsSent() {
        try (var loop = TestLoop.open()) {
            FakeConnection shut = loop.connect(connection -> ECHO);
            shut.acceptBytes(0);
            shut.write(buffer("a"));
            shut.shutdownOutput();
            assertThat(shut.isEndSent()).isFalse();
            shut.acceptBytes(1);
            assertThat(shut.isEndSent()).isTrue();
            assertThat(shut.isOpen()).isTrue();
            FakeConnection reset = loop.connect(connection -> ECHO);
            reset.reset();
            assertThat(reset.isResetSent()).isTrue();
            assertThat(reset.isEndSent()).isFalse();
        }
    }

    @Test
    @DisplayName("timeouts pass with the manual clock alone, to the nanosecond")
    void shouldTimeOutWhenTheClockIsAdvanced() {
        try (var loop = TestLoop.open()) {
            var config = ConnectionConfig.DEFAULT.withReadIdleTimeout(Duration.ofHours(1));
            FakeConnection fake = loop.connect(config, connection -> ECHO);
            loop.advance(Duration.ofMinutes(59));
            fake.receive("a");
            loop.advance(Duration.ofHours(1).minusNanos(1));
            assertThat(fake.isOpen()).isTrue();
            loop.advance(Duration.ofNanos(1));
            assertThat(fake.cause()).isInstanceOfSatisfying(IdleTimeoutException.class,
                    timeout -> assertThat(timeout.kind()).isEqualTo(IdleTimeoutException.Kind.READ));
        }
    }

    @Test
    @DisplayName("no read timeout passes while reading is paused; it starts anew when it resumes")
    void shouldNotTimeOutWhenReadingIsPaused() {
        try (var loop = TestLoop.open()) {
            var config = ConnectionConfig.DEFAULT.withReadIdleTimeout(Duration.ofSeconds(10));
            FakeConnection fake = loop.connect(config, connection -> ECHO);
            fake.pauseReading();
            loop.advance(Duration.ofHours(1));
            fake.resumeReading();
            loop.advance(Duration.ofSeconds(9));
            assertThat(fake.isOpen()).isTrue();
            loop.advance(Duration.ofSeconds(1));
            assertThat(fake.isOpen()).isFalse();
        }
    }

    @Test
    @DisplayName("two fakes on one loop are the two sides of a relay")
    void shouldRelayWhenTwoFakesAreOnOneLoop() {
        try (var loop = TestLoop.open()) {
            FakeConnection upstream = loop.connect(connection -> (on, data) -> data.position(data.limit()));
            FakeConnection client = loop.connect(connection -> (on, data) -> upstream.write(data));
            client.receive("abc");
            assertThat(upstream.takeText()).isEqualTo("abc");
        }
    }

    @Test
    @DisplayName("a fake has the addresses that the test gives it, and options once they are set")
    void shouldHaveTheAddressesWhenTheyAreGiven() throws IOException {
        try (var loop = TestLoop.open()) {
            InetSocketAddress local = new InetSocketAddress("192.0.2.7", 1);
            InetSocketAddress remote = new InetSocketAddress("192.0.2.8", 2);
            FakeConnection fake = loop.connect(ConnectionConfig.DEFAULT, local, remote, connection -> ECHO);
            assertThat(fake.localAddress()).isEqualTo(local);
            assertThat(fake.remoteAddress()).isEqualTo(remote);
            assertThat(fake).hasToString("FakeConnection[/192.0.2.8:2]");
            assertThatThrownBy(() -> fake.get(StandardSocketOptions.TCP_NODELAY))
                    .isInstanceOf(UnsupportedOperationException.class);
            fake.set(StandardSocketOptions.TCP_NODELAY, true);
            assertThat(fake.get(StandardSocketOptions.TCP_NODELAY)).isTrue();
        }
    }

    @Test
    @DisplayName("a failure that the test has not looked at fails it when the loop is closed")
    void shouldThrowWhenAFailureWasNotSeen() {
        IllegalStateException thrown = new IllegalStateException("thrown");
        ConnectionHandler failing = (connection, data) -> {
            throw thrown;
        };
        TestLoop unseen = TestLoop.open();
        unseen.connect(connection -> failing).receive("a");
        assertThatThrownBy(unseen::close).isInstanceOf(AssertionError.class).hasCause(thrown);
        try (var seen = TestLoop.open()) {
            seen.connect(connection -> failing).receive("a");
            assertThat(seen.failures()).containsExactly(thrown);
        }
    }

    @Test
    @DisplayName("a handler factory that throws ends the connection")
    void shouldEndWhenTheFactoryThrows() {
        try (var loop = TestLoop.open()) {
            IllegalStateException thrown = new IllegalStateException("thrown");
            FakeConnection fake = loop.connect(connection -> {
                throw thrown;
            });
            assertThat(fake.isOpen()).isFalse();
            assertThat(loop.failures()).containsExactly(thrown);
        }
    }

    @Test
    @DisplayName("an open connection ends when the loop is closed, and its completions are called")
    void shouldEndWhenTheLoopIsClosed() {
        List<String> calls = new ArrayList<>();
        TestLoop loop = TestLoop.open();
        FakeConnection fake = loop.connect(connection -> new ConnectionHandler() {
            @Override
            public void onData(Connection on, ByteBuffer data) {
                calls.add("onData");
            }

            @Override
            public void onClosed(Connection on, Throwable cause) {
                calls.add("onClosed " + cause);
            }
        });
        fake.acceptBytes(0);
        fake.write(buffer("a"), (on, cause) -> calls.add("completion " + (cause != null)));
        loop.close();
        assertThat(fake.isOpen()).isFalse();
        assertThat(calls).containsExactly("completion true", "onClosed null");
        assertThat(fake.writeAsync(buffer("b"))).isCompletedExceptionally();
        fake.write(buffer("c"));
        assertThat(fake.pendingBytes()).isZero();
    }

    @Test
    @DisplayName("a timer that starts itself again, and an iteration inside another one, are refused")
    void shouldThrowWhenTheLoopCannotBecomeIdle() {
        try (var loop = TestLoop.open()) {
            boolean[] isOver = new boolean[1];
            Runnable[] again = new Runnable[1];
            again[0] = () -> {
                if (!isOver[0]) {
                    loop.loop().schedule(Duration.ZERO, again[0]);
                }
            };
            again[0].run();
            assertThatThrownBy(loop::runUntilIdle).isInstanceOf(AssertionError.class);
            isOver[0] = true;
            loop.loop().execute(loop::runUntilIdle);
            loop.runUntilIdle();
            assertThat(loop.failures()).singleElement().isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    @DisplayName("the clock moves the timers of the loop")
    void shouldRunTimersWhenTheClockIsAdvanced() {
        try (var loop = TestLoop.open()) {
            List<String> runs = new ArrayList<>();
            loop.loop().schedule(Duration.ofDays(1), () -> runs.add("run"));
            loop.advance(Duration.ofDays(1).minusNanos(1));
            assertThat(runs).isEmpty();
            loop.advance(Duration.ofNanos(1));
            assertThat(runs).hasSize(1);
            assertThat(loop.clock()).hasToString("ManualClock[PT24H]");
            assertThatThrownBy(() -> loop.clock().advance(Duration.ofNanos(-1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
