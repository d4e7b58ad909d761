package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.worker.WorkerPool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Producers that pause above the high-water mark and go on in onWritable. */
class BackPressureTest extends ConnectionFixture {
    private static final int LARGE = 20 << 20;

    /** Reads only while it is writable. */
    private static final class Recipe implements ConnectionHandler {
        private final AtomicLong read = new AtomicLong();

        @Override
        public void onData(Connection connection, ByteBuffer data) {
            read.addAndGet(data.remaining());
            data.position(data.limit());
            if (!connection.isWritable()) {
                connection.pauseReading();
            }
        }

        @Override
        public void onWritable(Connection connection) {
            connection.resumeReading();
        }
    }

    private void shouldReadOn(Recipe recipe, Socket client, Connection connection) throws Exception {
        for (int i = 1; i <= 100; i++) {
            CompletableFuture<Void> sent = send(client, new byte[1000], false);
            connection.write(ByteBuffer.allocate(300_000)); // by another thread
            assertThat(client.getInputStream().readNBytes(300_000)).hasSize(300_000);
            sent.get(20, TimeUnit.SECONDS);
            long expected = i * 1000L;
            await(() -> recipe.read.get() == expected);
        }
    }

    @Test
    @DisplayName("pause above the mark, resume in onWritable; 300 KB from another thread: no hang")
    void shouldReadOnWhenAnotherThreadWrites() throws Exception {
        Recipe recipe = new Recipe();
        CompletableFuture<Connection> opened = new CompletableFuture<>();
        try (Socket client = connect(connection -> {
            opened.complete(connection);
            return recipe;
        })) {
            shouldReadOn(recipe, client, opened.get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    @DisplayName("the same in a handler on workers")
    void shouldReadOnWhenTheHandlerRunsOnWorkers() throws Exception {
        Recipe recipe = new Recipe();
        CompletableFuture<Connection> opened = new CompletableFuture<>();
        try (WorkerPool pool = WorkerPool.open(1, 100); Socket client = connect(connection -> {
            opened.complete(connection);
            return pool.handler(recipe);
        })) {
            shouldReadOn(recipe, client, opened.get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    @DisplayName("whatever sum another thread has seen above the mark, onWritable comes later")
    void shouldCallOnWritableWhenAnyThreadHasSeenTooMuch() throws Exception {
        AtomicLong writable = new AtomicLong();
        CompletableFuture<Connection> opened = new CompletableFuture<>();
        try (Socket client = connect(connection -> new Noting() {
            @Override
            public void onOpen(Connection same) {
                opened.complete(same);
            }

            @Override
            public void onWritable(Connection same) {
                writable.incrementAndGet();
            }

            @Override
            public void onClosed(Connection same, Throwable cause) {
                assertThat(same.isOpen()).isFalse();
            }
        })) {
            Connection connection = opened.get(20, TimeUnit.SECONDS);
            for (int i = 0; i < 2000; i++) {
                connection.write(ByteBuffer.allocate(60_000));
                connection.write(ByteBuffer.allocate(10_000));
                long before = writable.get();
                if (!connection.isWritable()) {
                    await(() -> writable.get() > before);
                }
                client.getInputStream().readNBytes(70_000);
            }
        }
    }

    /** One side of a relay: passes its bytes to the other, and pauses the other while too much is pending here. */
    private static final class Side implements ConnectionHandler {
        private volatile Connection other;

        @Override
        public void onData(Connection connection, ByteBuffer data) {
            other.write(data);
            if (!other.isWritable()) {
                connection.pauseReading();
            }
        }

        @Override
        public void onWritable(Connection connection) {
            other.resumeReading();
        }

        @Override
        public void onInputClosed(Connection connection, ByteBuffer rest) {
            other.shutdownOutput();
        }
    }

    /** Listens, and passes each connection on to an address: on the same loop, or on the other one. */
    private Listener relay(SocketAddress upstream, ConnectionConfig config, boolean isOnOneLoop) throws IOException {
        return reactor.listen(ANY, config, connection -> {
            connection.pauseReading();
            EventLoop loop = reactor.loops().stream()
                    .filter(each -> each == connection.loop() == isOnOneLoop).findFirst().orElseThrow();
            Side client = new Side();
            reactor.connect(upstream, ConnectConfig.DEFAULT.withLoop(loop).withConnections(config), opened -> {
                Side server = new Side();
                server.other = connection;
                client.other = opened;
                connection.resumeReading();
                return server;
            });
            return client;
        });
    }

    private static ServerSocket server() throws IOException {
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        server.setSoTimeout(20_000);
        return server;
    }

    private void shouldRelay(ConnectionConfig config, boolean isOnOneLoop, boolean readsLate) throws Exception {
        byte[] request = random(LARGE);
        byte[] answer = random(LARGE + 1);
        try (ServerSocket server = server();
                Socket client = connect(relay(server.getLocalSocketAddress(), config, isOnOneLoop));
                Socket upstream = server.accept()) {
            upstream.setSoTimeout(20_000);
            CompletableFuture<Void> answered = send(upstream, answer, true);
            CompletableFuture<byte[]> requested = new CompletableFuture<>();
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    requested.complete(upstream.getInputStream().readAllBytes());
                } catch (IOException e) {
                    requested.completeExceptionally(e);
                }
            });
            CompletableFuture<Void> sent = send(client, request, true);
            if (readsLate) {
                sent.get(20, TimeUnit.SECONDS);
            }
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(answer);
            assertThat(requested.get(20, TimeUnit.SECONDS)).isEqualTo(request);
            sent.get(20, TimeUnit.SECONDS);
            answered.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    @DisplayName("a relay between two loops passes 20 MB each way, though each side pauses the other")
    void shouldRelayWhenTheSidesAreOnTwoLoops() throws Exception {
        shouldRelay(small.withAutoPause(false), false, false);
    }

    @Test
    @DisplayName("a client that sends 20 MB before it reads, while upstream sends 20 MB: both arrive")
    void shouldRelayWhenTheClientSendsAllBeforeItReads() throws Exception {
        shouldRelay(small.withAutoPause(false), true, true);
    }
}
