package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReactorTest extends ConnectionFixture {
    @Test
    @DisplayName("S11-5, S18: close in a handler ends the reactor; what it wrote arrives, and every loop ends")
    void shouldEndWhenAHandlerCloses() throws Exception {
        byte[] bytes = random(300_000);
        try (Socket client = connect(connection -> new Noting() {
            @Override
            public void onData(Connection from, ByteBuffer data) {
                data.position(data.limit());
                from.write(ByteBuffer.wrap(bytes));
                reactor.close();
            }
        })) {
            client.getOutputStream().write(1);
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(bytes);
        }
        reactor.awaitClose();
        assertThat(nextCall()).isInstanceOf(Connection.class);
        assertThat(nextCall()).isEqualTo("closed");
        assertThatIllegalStateException().isThrownBy(() -> reactor.listen(ANY, connection -> new Echo()));
    }

    @Test
    @DisplayName("S18: the grace time ends a connection that does not flush, and the port is free")
    void shouldEndWithinItsGraceTimeWhenAClientNeverReads() throws Exception {
        Listener listener = reactor.listen(ANY, small.withQueueLimit(16 << 20), connection -> new Noting());
        try (Socket client = connect(listener)) {
            Connection connection = (Connection) nextCall();
            connection.write(ByteBuffer.allocate(16 << 20));
            reactor.close(Duration.ofMillis(20));
            assertThat(nextCall()).isEqualTo("closed");
            assertThat(connection.isOpen()).isFalse();
            connection.write(ByteBuffer.allocate(10));
            connection.closeNow();
            assertThat(client.isConnected()).isTrue();
        }
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> connect(listener).close());
    }

    @Test
    @DisplayName("S18: a loop that is stopped ends the reactor, also while another thread writes to its connections")
    void shouldEndEachConnectionWhenALoopIsStoppedAndOthersWrite() throws Exception {
        try (Socket client = connect(connection -> new Noting())) {
            Connection connection = (Connection) nextCall();
            CompletableFuture<Void> written = new CompletableFuture<>();
            connection.loop().execute(() -> {
                for (int i = 0; i < 2000; i++) {
                    connection.loop().execute(() -> { }); // more than one turn runs
                }
                connection.loop().execute(() -> { // so this comes when newcomers are refused already
                    joined(Thread.ofPlatform().daemon().start(() -> {
                        assertThat(connection.writeAsync(ByteBuffer.allocate(1))).isCompletedExceptionally();
                        written.complete(null);
                    }));
                });
                connection.loop().stop();
            });
            assertThat(nextCall()).isEqualTo("closed");
            written.get(20, TimeUnit.SECONDS);
            reactor.awaitClose();
            assertThat(connection.isOpen()).isFalse();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    @DisplayName("S18: an Error of a handler's last call keeps neither the others nor the reactor from their end")
    void shouldEndEachConnectionWhenTheLastCallOfOneThrowsAnError() throws Exception {
        BlockingQueue<Connection> told = new LinkedBlockingQueue<>();
        AtomicReference<EventLoop> stopped = new AtomicReference<>();
        Listener listener = reactor.listen(ANY, small, connection -> new Noting() {
            @Override
            public void onClosed(Connection closed, Throwable cause) {
                told.add(closed);
                if (closed.loop() == stopped.get()) {
                    throw new AssertionError("last call");
                }
            }
        });
        try (Socket first = connect(listener); Socket second = connect(listener);
                Socket third = connect(listener); Socket fourth = connect(listener)) {
            List<Connection> connections = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                connections.add((Connection) nextCall());
            }
            stopped.set(connections.getFirst().loop());
            stopped.get().stop();
            reactor.awaitClose();
            assertThat(told).containsExactlyInAnyOrderElementsOf(connections);
            for (Socket client : List.of(first, second, third, fourth)) {
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
        }
        assertThat(failures).hasSize(2).allSatisfy(failure -> assertThat(failure)
                .isInstanceOf(AssertionError.class).hasMessage("last call"));
        failures.clear();
    }

    private static void joined(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("S08-3, S12-6: 200 clients come and go: descriptors are where they were, connections on every loop")
    void shouldHoldNoDescriptorWhenConnectionsHaveEnded() throws Exception {
        Listener listener = reactor.listen(ANY, small, connection -> new Noting());
        long before = -1;
        for (int i = 0; i < 220; i++) {
            if (i == 20) {
                before = Fds.count();
            }
            try (Socket client = connect(listener)) {
                shouldEcho(client, 10);
            }
            assertThat(nextCall()).isInstanceOf(Connection.class);
            assertThat(nextCall()).isEqualTo("closed");
        }
        assertThat(Fds.count()).isLessThanOrEqualTo(before + 5);
        assertThat(reactor.loops()).allSatisfy(loop -> assertThat(loop.metrics().events()).isGreaterThan(100));
    }
}
