package io.github.epoll4j.reactor;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.net.LinuxSocketOptions;
import io.github.epoll4j.reactor.loop.Mechanism;
import io.github.epoll4j.testing.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Connections step by step: urgent data, budgets, bytes left unread, the close, options and addresses. */
class SteppedConnectionTest extends SteppedFixture {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    @Test
    @DisplayName("bytes on both sides of an urgent one are read at once")
    void shouldReadAllWhenAnUrgentByteIsAmongThem() throws Exception {
        Pair pair = open(ConnectionConfig.DEFAULT, new Noting());
        step();
        pair.peer().write(bytes("abc"));
        pair.peer().sendUrgent((byte) '!');
        pair.peer().write(bytes("def"));
        pair.awaitArrival();
        step();
        assertThat(String.join("", calls.toArray(String[]::new))).isEqualTo("abcdef");
    }

    @Test
    @DisplayName("api 11: urgent data between the wait and the read makes a new edge")
    void shouldReadAllWhenAnUrgentByteComesAfterTheWait() throws Exception {
        Pair pair = open(ConnectionConfig.DEFAULT, new Noting());
        step();
        try (EventFd first = EventFd.open()) {
            loop.register(first.fd(), EPOLLIN, (registration, events) -> {
                registration.cancel();
                pair.peer().sendUrgent((byte) '!');
                pair.peer().write(bytes("def"));
                pair.awaitArrival();
            });
            first.write(1); // is reported before the connection
            pair.peer().write(bytes("abc"));
            pair.awaitArrival();
            step();
        }
        assertThat(String.join("", calls.toArray(String[]::new))).isEqualTo("abcdef");
    }

    @Test
    @DisplayName("each iteration writes no more than the budget, and serves the others; all of it leaves in the end")
    void shouldServeOthersWhenMuchIsQueued() throws Exception {
        int budget = 64 << 10;
        int size = 4 << 20;
        byte[] large = ConnectionFixture.random(size);
        Pair busy = open(ConnectionConfig.DEFAULT.withBudget(budget), new Noting());
        busy.socket().set(StandardSocketOptions.SO_SNDBUF, 1 << 20);
        Pair other = open(ConnectionConfig.DEFAULT, new Echo());
        step();
        busy.connection().write(ByteBuffer.wrap(large));
        assertThat(context.metrics().bytesWritten()).as("within one call").isLessThanOrEqualTo(budget);
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        ByteArrayOutputStream echoed = new ByteArrayOutputStream();
        int echoes = 0;
        while (busy.connection().pendingBytes() > 0) {
            boolean isEchoed = echoed.size() == echoes;
            if (isEchoed) {
                other.peer().write(bytes("x"));
                Eventually.await("it has arrived", () -> other.socket().available() > 0);
                echoes++;
            }
            long before = context.metrics().bytesWritten();
            loop.runOnce(Duration.ofSeconds(20));
            assertThat(context.metrics().bytesWritten() - before).as("with the last call's bytes")
                    .isLessThanOrEqualTo((watching.trigger == Trigger.EDGE ? 4 : 2) * budget); // an edge continues once
            if (isEchoed) {
                assertThat(other.socket().available()).as("unread by the other connection").isZero();
            }
            read(busy.peer(), received);
            read(other.peer(), echoed);
        }
        stepUntil("the peer has all", () -> read(busy.peer(), received) && received.size() == size);
        assertThat(received.toByteArray()).isEqualTo(large);
        assertThat(echoes).isGreaterThan(size / budget / 100);
    }

    @Test
    @DisplayName("pause in the middle of a batch: what is left comes on resume, once, in front of new bytes")
    void shouldGiveTheRestAgainWhenReadingIsResumed() throws Exception {
        Pair pair = open(ConnectionConfig.DEFAULT, new Noting() {
            @Override
            public void onData(Connection connection, ByteBuffer data) {
                calls.add((char) data.get() + "");
                if (data.hasRemaining()) {
                    connection.pauseReading();
                }
            }
        });
        pair.peer().write(bytes("abc"));
        pair.awaitArrival();
        step();
        assertThat(calls).containsExactly("a");
        pair.connection().resumeReading();
        step();
        assertThat(calls).containsExactly("a", "b");
        pair.peer().write(bytes("d"));
        pair.peer().shutdownOutput();
        step();
        assertThat(calls).as("paused").hasSize(2);
        pair.connection().handler(new Noting());
        step();
        assertThat(calls).as("a replaced handler is paused too").hasSize(2);
        pair.connection().resumeReading();
        stepUntil("the end", () -> calls.contains("closed"));
        assertThat(String.join("", calls.subList(2, calls.size() - 2).toArray(String[]::new))).isEqualTo("cd");
        assertThat(calls.subList(calls.size() - 2, calls.size())).isEqualTo(List.of("end ", "closed"));
    }

    @Test
    @DisplayName("the peer's end shows while reading is paused, without a spin; the bytes before it come on resume")
    void shouldShowTheEndWhenReadingIsPaused() throws Exception {
        assumeTrue(watching.mechanism != Mechanism.SELECT, "select does not report it");
        Pair pair = open(ConnectionConfig.DEFAULT, new Noting());
        pair.connection().pauseReading();
        pair.peer().write(bytes("abc"));
        pair.awaitArrival();
        step();
        assertThat(pair.connection().isInputClosed()).isFalse();
        pair.peer().shutdownOutput();
        pair.awaitArrival();
        step();
        assertThat(pair.connection().isInputClosed()).isTrue();
        long events = loop.metrics().events();
        step();
        assertThat(loop.metrics().events()).isEqualTo(events);
        assertThat(calls).isEmpty();
        pair.connection().resumeReading();
        stepUntil("the end", () -> calls.contains("closed"));
        assertThat(calls).containsExactly("abc", "end ", "closed");
    }

    @Test
    @DisplayName("api 2.3: 64 KB left unread end the connection with a cause that names the handler")
    void shouldNameTheHandlerWhenItLeavesTooMuch() throws Exception {
        Pair pair = open(ConnectionConfig.DEFAULT, new Noting() {
            @Override
            public void onData(Connection connection, ByteBuffer data) {
                assertThat(data.hasRemaining()).isTrue();
            }

            @Override
            public String toString() {
                return "my lazy handler";
            }
        });
        ByteBuffer much = ByteBuffer.allocate(64 << 10);
        stepUntil("the end", () -> {
            if (pair.connection().isOpen()) {
                pair.peer().write(much);
            }
            return !calls.isEmpty();
        });
        assertThat(calls.getFirst()).isInstanceOf(IOException.class).asString()
                .contains("65536 bytes are left unread by my lazy handler");
        assertThat(failures).containsExactly((Throwable) calls.getFirst());
        failures.clear();
    }

    @Test
    @DisplayName("the connection of a handler that changes the limit ends, others' bytes stay unseen")
    void shouldEndWhenAHandlerMovesTheLimit() throws Exception {
        Pair pair = open(ConnectionConfig.DEFAULT, new Noting() {
            @Override
            public void onData(Connection connection, ByteBuffer data) {
                data.clear();
            }
        });
        pair.peer().write(bytes("abc"));
        stepUntil("the end", () -> !calls.isEmpty());
        assertThat(calls.getFirst()).isInstanceOf(IllegalStateException.class).asString().contains("limit");
        assertThat(failures).hasSize(1);
        failures.clear();
    }

    /** Opens a connection whose socket takes more than its peer. */
    private Pair openToFill() throws IOException {
        Pair pair = open(ConnectionConfig.DEFAULT.withCloseTimeout(CLOSE_TIMEOUT), new Noting(),
                LinuxSocketOptions.SO_RCVBUF.with(64 << 10));
        pair.socket().set(StandardSocketOptions.SO_SNDBUF, 400_000);
        step();
        return pair;
    }

    @Test
    @DisplayName("a close waits for a slow peer as long as it acknowledges, beyond the linger second and timeouts")
    void shouldDeliverAllWhenThePeerReadsSlowlyInAClose() throws Exception {
        Pair pair = openToFill();
        byte[] answer = ConnectionFixture.random(200_000);
        pair.connection().write(ByteBuffer.wrap(answer));
        pair.connection().close();
        step();
        assertThat(pair.connection().pendingBytes()).as("the kernel has all").isZero();
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        boolean isEnded = false;
        while (!isEnded) {
            int before = pair.connection().isOpen() ? pair.socket().unsent() : 0;
            while (!isEnded && (before == 0 || pair.socket().unsent() >= before)) {
                isEnded = !read(pair.peer(), received); // until it has acknowledged some
                Thread.onSpinWait();
            }
            advance(CLOSE_TIMEOUT.multipliedBy(2).dividedBy(3));
            step();
        }
        assertThat(received.toByteArray()).isEqualTo(answer);
        Eventually.await("all is acknowledged", () -> !pair.connection().isOpen() || pair.socket().unsent() == 0);
        stepUntil("the end", () -> {
            advance(Duration.ofSeconds(1));
            return !calls.isEmpty();
        });
        assertThat(calls).containsExactly("closed");
    }

    @Test
    @DisplayName("a peer that sends while it is slow is not reset, and has all bytes")
    void shouldDeliverAllWhenThePeerSendsInAClose() throws Exception {
        Pair pair = openToFill();
        byte[] answer = ConnectionFixture.random(1 << 20);
        pair.connection().write(ByteBuffer.wrap(answer));
        pair.connection().close();
        step();
        advance(Duration.ofMillis(1500));
        step();
        pair.peer().write(bytes("x"));
        pair.awaitArrival();
        step();
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        stepUntil("the end", () -> !read(pair.peer(), received));
        assertThat(received.toByteArray()).isEqualTo(answer);
    }

    @Test
    @DisplayName("a peer that acknowledges nothing of what the kernel has is a cut, and onClosed has the timeout")
    void shouldReportACutWhenThePeerNeverReadsOn() throws Exception {
        Pair pair = openToFill();
        pair.connection().write(ByteBuffer.allocate(200_000));
        pair.connection().close();
        step();
        assertThat(pair.connection().pendingBytes()).isZero();
        assertThat(pair.socket().unsent()).isPositive();
        for (int i = 0; i < 9; i++) {
            advance(Duration.ofSeconds(1));
            step();
        }
        assertThat(calls).as("in less than the timeout").isEmpty();
        for (int i = 0; i < 4; i++) {
            advance(Duration.ofSeconds(1));
            step();
        }
        assertThat(calls).hasSize(1).first().isInstanceOfSatisfying(IdleTimeoutException.class,
                timeout -> assertThat(timeout.kind()).isEqualTo(IdleTimeoutException.Kind.CLOSE));
    }

    @Test
    @DisplayName("a reset before all is acknowledged is a cut, and onClosed has ECONNRESET")
    void shouldReportACutWhenThePeerResetsInAClose() throws Exception {
        Pair pair = openToFill();
        pair.connection().write(ByteBuffer.allocate(200_000));
        pair.connection().close();
        step();
        pair.peer().set(LinuxSocketOptions.SO_LINGER, Duration.ZERO);
        pair.peer().close();
        stepUntil("the end", () -> {
            advance(Duration.ofMillis(20));
            return !calls.isEmpty();
        });
        assertThat(calls).hasSize(1).first().isInstanceOfSatisfying(ErrnoException.class,
                e -> assertThat(e.errno()).isEqualTo(Errno.ECONNRESET));
    }

    @Test
    @DisplayName("both addresses are known after a reset and in onClosed, also if they were never asked for")
    void shouldKnowTheAddressesWhenThePeerHasReset() throws Exception {
        for (boolean isAsked : new boolean[] {true, false}) {
            calls.clear();
            Pair pair = open(ConnectionConfig.DEFAULT, new Noting() {
                @Override
                public void onClosed(Connection connection, Throwable cause) {
                    calls.add(connection.remoteAddress());
                    calls.add(connection.localAddress());
                    calls.add(connection.toString());
                }
            });
            SocketAddress remote = pair.peer().localAddress();
            SocketAddress local = pair.peer().remoteAddress();
            pair.peer().set(LinuxSocketOptions.SO_LINGER, Duration.ZERO);
            pair.peer().close();
            if (isAsked) {
                assertThat(pair.connection().remoteAddress()).isEqualTo(remote);
                assertThat(pair.connection().localAddress()).isEqualTo(local);
            }
            stepUntil("the end", () -> !calls.isEmpty());
            assertThat(calls).startsWith(remote, local);
            assertThat(calls.get(2)).asString().contains(remote.toString(), local.toString());
        }
    }

    @Test
    @DisplayName("SO_LINGER above zero is refused on a connection; other options are set and read")
    void shouldRefuseALingerWhenItWouldBlock() throws Exception {
        Connection connection = open(ConnectionConfig.DEFAULT, new Noting()).connection();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connection.set(StandardSocketOptions.SO_LINGER, 4)).withMessageContaining("LINGER");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> connection.set(LinuxSocketOptions.SO_LINGER, Duration.ofSeconds(4)));
        assertThatIllegalArgumentException().isThrownBy(() -> ListenerConfig.DEFAULT
                .withOptions(LinuxSocketOptions.SO_LINGER.with(Duration.ofSeconds(4))));
        assertThatIllegalArgumentException().isThrownBy(() -> ConnectConfig.DEFAULT
                .withOptions(LinuxSocketOptions.SO_LINGER.with(Duration.ofSeconds(4))));
        connection.set(StandardSocketOptions.SO_LINGER, 0);
        connection.set(StandardSocketOptions.TCP_NODELAY, false);
        assertThat(connection.get(StandardSocketOptions.TCP_NODELAY)).isFalse();
        connection.set(StandardSocketOptions.TCP_NODELAY, true);
        assertThat(connection.get(StandardSocketOptions.TCP_NODELAY)).isTrue();
    }

    private static void endAtTheStacksEnd(Connection connection) {
        try {
            endAtTheStacksEnd(connection);
        } finally {
            connection.closeNow();
        }
    }

    @Test
    @DisplayName("api 10: an end in which the stack overflows is completed: once, with all that belongs to it")
    void shouldEndOnceWhenTheStackOverflowsInTheEnd() throws Exception {
        for (int i = 0; i < 2; i++) {
            calls.clear();
            Pair pair = open(ConnectionConfig.DEFAULT.withIdleTimeout(CLOSE_TIMEOUT), new Noting() {
                @Override
                public void onData(Connection connection, ByteBuffer data) {
                    connection.write(ByteBuffer.allocate(1), (same, cause) -> calls.add("written"));
                    endAtTheStacksEnd(connection);
                }
            });
            pair.peer().write(bytes("x"));
            stepUntil("the end", () -> calls.size() == 2);
            step();
            assertThat(calls).hasSize(2).startsWith("written");
            assertThat(context.metrics().open()).isZero();
            assertThat(pair.socket().isOpen()).isFalse();
            assertThat(loop.registrations()).isZero();
        }
        failures.clear();
    }
}
