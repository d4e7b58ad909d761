package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Single writes that are larger than the queue limit, which is 1 MB here. */
class LargeWriteTest extends ConnectionFixture {
    private static final byte[] LARGE = random(64 << 20);

    private void shouldReceive(Socket client) throws IOException {
        assertThat(client.getInputStream().readNBytes(LARGE.length)).isEqualTo(LARGE);
        shouldBeOpen(client);
    }

    /** Runs an action here, while no task can run on the connection's loop. */
    private static void shouldRunWhileTheLoopIsHeld(Connection connection, Runnable action) throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        connection.loop().execute(() -> {
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        action.run();
        gate.countDown();
    }

    @Test
    @DisplayName("bytes from another thread count as pending until the socket has them, with no gap between")
    void shouldCountAsPendingWhenTheLoopTakesTheBytes() throws Exception {
        try (Socket client = connect(connection -> new Noting())) {
            Connection connection = (Connection) nextCall();
            CompletableFuture<Void> written = connection.writeAsync(ByteBuffer.wrap(LARGE));
            long least = Long.MAX_VALUE;
            for (long start = System.nanoTime(); System.nanoTime() - start < 200_000_000;) {
                least = Math.min(least, connection.pendingBytes()); // the client does not read yet
            }
            assertThat(least).isGreaterThan(LARGE.length / 2);
            shouldReceive(client);
            written.get(20, TimeUnit.SECONDS);
        }
        assertThat(nextCall()).isEqualTo("closed");
    }

    private void shouldBeOpen(Socket client) throws IOException {
        client.getOutputStream().write(1);
        assertThat(client.getInputStream().read()).isEqualTo(1);
    }

    @Test
    @DisplayName("64 MB in one write of a handler arrive at a client that reads")
    void shouldDeliverWhenAHandlerWritesMoreThanTheLimit() throws Exception {
        try (Socket client = connect(connection -> new Noting() {
            @Override
            public void onOpen(Connection opened) {
                opened.write(ByteBuffer.wrap(LARGE));
            }
        })) {
            shouldReceive(client);
        }
        assertThat(nextCall()).isEqualTo("closed");
    }

    @Test
    @DisplayName("and from another thread")
    void shouldDeliverWhenAnotherThreadWritesMoreThanTheLimit() throws Exception {
        try (Socket client = connect(connection -> new Noting())) {
            ((Connection) nextCall()).write(ByteBuffer.wrap(LARGE));
            shouldReceive(client);
        }
        assertThat(nextCall()).isEqualTo("closed");
    }

    @Test
    @DisplayName("the second one is too much: the cause states the limit, and does not blame the peer")
    void shouldStateTheLimitWhenItIsExceeded() throws Exception {
        for (boolean isOnLoop : new boolean[] {true, false}) {
            try (Socket client = connect(connection -> new Noting())) {
                Connection connection = (Connection) nextCall();
                Runnable writes = () -> {
                    connection.write(ByteBuffer.wrap(LARGE));
                    connection.write(ByteBuffer.allocate(100_000));
                };
                if (isOnLoop) {
                    connection.loop().execute(writes);
                } else {
                    shouldRunWhileTheLoopIsHeld(connection, writes);
                }
                assertThat(nextCall()).isInstanceOf(IOException.class).asString()
                        .contains("the queue limit of 1048576 bytes is exceeded").doesNotContain("peer");
                assertThat(client.isConnected()).isTrue();
            }
        }
    }
}
