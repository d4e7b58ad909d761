package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class IdleConnectionTest extends ConnectionFixture {
    private long turns() {
        return reactor.loops().stream().mapToLong(loop -> loop.metrics().iterations()).sum();
    }

    /** The time that a loop needs to run a timer of its own, in which it would have spun. */
    private void letTimePass(Connection connection) throws InterruptedException {
        CountDownLatch passed = new CountDownLatch(1);
        onLoop(connection, same -> same.loop().schedule(Duration.ofMillis(100), passed::countDown));
        assertThat(passed.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    @DisplayName("S11-4: 100 idle connections that have echoed and queued before cause no turn")
    void shouldNotTurnWhenConnectionsAreIdle() throws Exception {
        Listener listener = reactor.listen(ANY, small, connection -> new Noting());
        List<Socket> clients = new ArrayList<>();
        try {
            Connection connection = null;
            for (int i = 0; i < 100; i++) {
                clients.add(connect(listener));
                connection = (Connection) nextCall();
            }
            shouldEcho(clients.getFirst(), 1 << 20);
            shouldEcho(clients.getLast(), 10);
            letTimePass(connection);
            long before = turns();
            letTimePass(connection);
            // the task that sets the timer, the timer, and what wakes the loop for the task
            assertThat(turns() - before).isLessThanOrEqualTo(4);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
        for (int i = 0; i < 100; i++) {
            assertThat(nextCall()).isEqualTo("closed");
        }
    }

    @Test
    @DisplayName("S12-2: while reading is paused, bytes that wait cause no turn, and are read later despite a reset")
    void shouldNotTurnWhenBytesWaitAndReadingIsPaused() throws Exception {
        Socket client = connect(connection -> new Noting() {
            @Override
            public void onOpen(Connection opened) throws IOException {
                opened.pauseReading();
                super.onOpen(opened);
            }
        });
        Connection connection = (Connection) nextCall();
        for (int i = 0; i < 100; i++) {
            client.getOutputStream().write(i);
        }
        letTimePass(connection);
        long before = turns();
        letTimePass(connection);
        assertThat(turns() - before).isLessThanOrEqualTo(4);
        assertThat(reactor.metrics().bytesRead()).isZero();
        client.setSoLinger(true, 0);
        client.close();
        connection.resumeReading();
        assertThat(nextCall()).isInstanceOfSatisfying(ErrnoException.class,
                e -> assertThat(e.errno()).isEqualTo(Errno.ECONNRESET));
        assertThat(reactor.metrics().bytesRead()).isEqualTo(100);
    }

    @Test
    @DisplayName("S12-5: the end is told after the handler's own call, once, also when it closes twice and then throws")
    void shouldTellTheEndAfterTheCallWhenAHandlerCloses() throws Exception {
        IllegalStateException failure = new IllegalStateException("after the close");
        try (Socket client = connect(connection -> new Noting() {
            @Override
            public void onData(Connection from, ByteBuffer data) {
                from.closeNow();
                from.closeNow();
                calls.add("still in the call");
                throw failure;
            }
        })) {
            nextCall();
            client.getOutputStream().write(1);
            assertThat(nextCall()).isEqualTo("still in the call");
            assertThat(nextCall()).isEqualTo("closed");
            await(() -> !failures.isEmpty());
            assertThat(calls).isEmpty();
        }
        assertThat(failures).containsExactly(failure);
        failures.clear();
    }

    @Test
    @DisplayName("S08-4: a handler that ends another connection of the same batch: nothing more reaches that one")
    void shouldCallNobodyWhenAnotherHandlerHasEndedTheConnection() throws Exception {
        List<Connection> opened = new ArrayList<>();
        List<String> data = new ArrayList<>();
        try (Reactor one = Reactor.open(ReactorConfig.DEFAULT.withLoops(1).withMechanism(watching.mechanism))) {
            Listener listener = one.listen(ANY, small, connection -> new Noting() {
                @Override
                public void onData(Connection from, ByteBuffer bytes) {
                    data.add("data");
                    opened.forEach(Connection::closeNow);
                }
            });
            try (Socket first = connect(listener); Socket second = connect(listener)) {
                opened.add((Connection) nextCall());
                opened.add((Connection) nextCall());
                CountDownLatch sent = new CountDownLatch(1);
                opened.getFirst().loop().execute(() -> {
                    try { // the loop waits here, and finds both ready in its next turn
                        sent.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
                first.getOutputStream().write(1);
                second.getOutputStream().write(1);
                sent.countDown();
                assertThat(nextCall()).isEqualTo("closed");
                assertThat(nextCall()).isEqualTo("closed");
                assertThat(data).containsExactly("data");
            }
        }
    }
}
