package io.github.epoll4j.reactor;

import static io.github.epoll4j.testing.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.reactor.loop.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The end of a listener: its queue, its connections, and its address. */
class ListenerCloseTest extends ListenerFixture {
    private final List<Connection> drained = new CopyOnWriteArrayList<>();

    /** Echoes, notes that it is asked to end, and stays open. */
    private final class Staying implements ConnectionHandler {
        @Override
        public void onData(Connection connection, ByteBuffer data) {
            connection.write(data);
        }

        @Override
        public void onDrain(Connection connection) {
            drained.add(connection);
        }
    }

    private static void shouldEcho(Socket client) throws IOException {
        client.getOutputStream().write(7);
        assertThat(client.getInputStream().read()).isEqualTo(7);
    }

    /** Blocks both loops until the latch is counted down. */
    private CountDownLatch block() {
        return block(reactor.loops().toArray(EventLoop[]::new));
    }

    private static CountDownLatch block(EventLoop... loops) {
        CountDownLatch isFree = new CountDownLatch(1);
        for (EventLoop loop : loops) {
            loop.execute(() -> {
                try {
                    isFree.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
        }
        return isFree;
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("when closeFuture is done the port can be listened on again, 50 of 50 times")
    void shouldListenAgainWhenTheListenerIsClosed() throws Exception {
        InetSocketAddress address = ANY;
        for (int i = 0; i < 50; i++) {
            Listener listener = reactor.listen(address, ECHO);
            address = (InetSocketAddress) listener.localAddress();
            shouldEcho(connect(listener));
            listener.close();
            get(listener.closeFuture());
        }
    }

    @Test
    @DisplayName("so it is with a socket for each loop, while their connections stay")
    void shouldListenAgainWhenEachLoopHadASocket() throws Exception {
        InetSocketAddress address = ANY;
        for (int i = 0; i < 5; i++) {
            Listener listener =
                    reactor.listen(address, ListenerConfig.DEFAULT.withPlacement(Placement.REUSEPORT), ECHO);
            address = (InetSocketAddress) listener.localAddress();
            shouldEcho(connect(listener));
            listener.close();
            get(listener.closeFuture());
            shouldEcho(clients.getLast());
            Listener alone = reactor.listen(address, ECHO); // without SO_REUSEPORT: no other socket listens
            alone.close();
            get(alone.closeFuture());
        }
    }

    @Test
    @DisplayName("clients that wait in the queue when the listener is closed are served")
    void shouldServeTheQueueWhenTheListenerCloses() throws Exception {
        for (Placement placement : new Placement[] {Placement.ROUND_ROBIN, Placement.REUSEPORT}) {
            Listener listener = reactor.listen(ANY, ListenerConfig.DEFAULT.withPlacement(placement), ECHO);
            shouldEcho(connect(listener));
            CountDownLatch isFree = block();
            List<Socket> waiting = new ArrayList<>();
            for (int i = 0; i < 100; i++) { // more than one iteration accepts
                waiting.add(connect(listener));
            }
            listener.close();
            isFree.countDown();
            for (Socket client : waiting) {
                shouldEcho(client);
            }
            get(listener.closeFuture());
            assertThat(listener.connectionCount()).isEqualTo(101);
        }
    }

    @Test
    @DisplayName("so are those of a Unix socket, whose file is gone before")
    void shouldServeTheQueueWhenAUnixListenerCloses() throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("socket"));
        Listener listener = reactor.listen(address, ECHO);
        await("it accepts", () -> reactor.loops().getFirst().metrics().tasks() > 0);
        CountDownLatch isFree = block();
        try (SocketChannel client = SocketChannel.open(address)) {
            listener.close();
            isFree.countDown();
            get(listener.closeFuture());
            assertThat(Files.exists(address.getPath())).isFalse();
            client.write(ByteBuffer.wrap(new byte[] {7}));
            assertThat(client.read(ByteBuffer.allocate(2))).isOne();
        }
    }

    @Test
    @DisplayName("a listener that closes accepts no more than its limit of connections")
    void shouldKeepItsLimitWhenItServesTheQueue() throws Exception {
        Listener listener = reactor.listen(ANY, ListenerConfig.DEFAULT.withMaxConnections(2), ECHO);
        shouldEcho(connect(listener));
        CountDownLatch isFree = block();
        for (int i = 0; i < 3; i++) {
            connect(listener);
        }
        listener.close();
        isFree.countDown();
        get(listener.closeFuture());
        assertThat(listener.connectionCount()).isEqualTo(2);
        shouldEcho(clients.get(1));
    }

    @Test
    @DisplayName("connections() has those of this listener, from every loop")
    void shouldReturnItsConnectionsWhenThereAreOthers() throws Exception {
        List<Connection> opened = new CopyOnWriteArrayList<>();
        Listener listener = reactor.listen(ANY, connection -> {
            opened.add(connection);
            return new Staying();
        });
        Listener other = reactor.listen(ANY, ECHO);
        for (Listener each : List.of(listener, other)) {
            for (int i = 0; i < 6; i++) {
                shouldEcho(connect(each));
            }
        }
        assertThat(get(listener.connections())).containsExactlyInAnyOrderElementsOf(opened).hasSize(6);
        assertThat(opened.stream().map(Connection::loop).distinct()).hasSize(2);
        clients.getFirst().close();
        await("one has ended", () -> listener.connectionCount() == 5);
        assertThat(get(listener.connections())).hasSize(5).doesNotContain(opened.getFirst());
    }

    @Test
    @DisplayName("drain() asks this listener's connections to end, once; it is done when none is left")
    void shouldBeDrainedWhenTheLastConnectionHasEnded() throws Exception {
        Listener listener = reactor.listen(ANY, connection -> new Staying());
        Listener other = reactor.listen(ANY, connection -> new Staying());
        List<Socket> own = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            own.add(connect(listener));
            shouldEcho(own.getLast());
        }
        shouldEcho(connect(other));
        CompletableFuture<Void> future = listener.drain();
        assertThat(listener.drain()).isNotDone();
        get(listener.closeFuture());
        await("all are asked", () -> drained.size() == 4);
        assertThat(drained).doesNotHaveDuplicates();
        for (Socket client : own) {
            assertThat(future).isNotDone();
            shouldEcho(client); // within its message
            client.close();
        }
        get(future);
        assertThat(listener.connectionCount()).isZero();
        assertThat(drained).hasSize(4);
        get(listener.drain());
        shouldEcho(clients.getLast());
    }

    @Test
    @DisplayName("drain() of a listener without connections is done when its socket is closed; by default they close")
    void shouldBeDrainedWhenHandlersDoNotOverrideOnDrain() throws Exception {
        Listener listener = reactor.listen(ANY, ECHO);
        Socket client = connect(listener);
        shouldEcho(client);
        CompletableFuture<Void> future = listener.drain();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
        client.close();
        get(future);
        get(reactor.listen(listener.localAddress(), ECHO).drain());
    }

    @Test
    @DisplayName("waiting for a listener's futures on a loop's thread is refused")
    void shouldRefuseToWaitWhenItIsOnALoop() throws Exception {
        Listener listener = reactor.listen(ANY, ECHO);
        EventLoop loop = reactor.loops().getFirst();
        CountDownLatch isFree = block(reactor.loops().getLast());
        try {
            get(CompletableFuture.runAsync(() -> {
                assertThatIllegalStateException().isThrownBy(() -> listener.closeFuture().join());
                assertThatIllegalStateException().isThrownBy(() -> listener.connections().join());
                assertThatIllegalStateException().isThrownBy(() -> listener.drain().get());
            }, loop));
        } finally {
            isFree.countDown();
        }
        get(listener.drain());
    }

    @Test
    @DisplayName("close of the reactor asks each handler, and ends those that stay after the grace time")
    void shouldAskEachConnectionWhenTheReactorCloses() throws Exception {
        List<Throwable> causes = new CopyOnWriteArrayList<>();
        CountDownLatch closed = new CountDownLatch(2);
        Listener listener = reactor.listen(ANY, connection -> new ConnectionHandler() {
            @Override
            public void onData(Connection from, ByteBuffer data) {
                from.write(data);
            }

            @Override
            public void onDrain(Connection asked) {
                drained.add(asked);
                asked.write(ByteBuffer.wrap(new byte[] {9}));
            }

            @Override
            public void onClosed(Connection from, Throwable cause) {
                if (cause != null) {
                    causes.add(cause);
                }
                closed.countDown();
            }
        });
        Socket first = connect(listener);
        Socket second = connect(listener);
        shouldEcho(first);
        shouldEcho(second);
        reactor.close(Duration.ofMillis(50));
        assertThat(drained).hasSize(2).doesNotHaveDuplicates();
        for (Socket client : List.of(first, second)) {
            assertThat(client.getInputStream().read()).isEqualTo(9);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(closed.getCount()).isZero();
        assertThat(causes).isEmpty();
        assertThat(listener.closeFuture()).isDone();
        assertThat(listener.drain()).isDone();
        assertThat(get(listener.connections())).isEmpty();
    }
}
