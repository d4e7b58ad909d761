package io.github.epoll4j.reactor;

import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NODELAY;
import static io.github.epoll4j.testing.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.SocketSetting;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.Mechanism;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ListenerTest extends ListenerFixture {
    private final BlockingQueue<Connection> opened = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> notices = new LinkedBlockingQueue<>();

    /** Records the connection, and answers each byte with the name of the thread. */
    private final class Naming implements ConnectionHandler {
        @Override
        public void onOpen(Connection connection) {
            opened.add(connection);
        }

        @Override
        public void onData(Connection connection, ByteBuffer data) {
            String name = Thread.currentThread().getName() + " ";
            for (int i = 0; i < data.remaining(); i++) {
                connection.write(ByteBuffer.wrap(name.getBytes()));
            }
        }
    }

    /** Records the calls of a listener. */
    private record Recording(BlockingQueue<String> notices) implements AcceptObserver {
        @Override
        public void paused(Listener listener, ErrnoException cause) {
            notices.add("paused " + cause);
        }

        @Override
        public void resumed(Listener listener) {
            notices.add("resumed");
        }

        @Override
        public void refused(Listener listener, long count) {
            notices.add("refused " + count);
        }
    }

    private Listener listen(ListenerConfig config) throws IOException {
        return reactor.listen(ANY, config, connection -> new Naming());
    }

    private static ListenerConfig placed(Placement placement) {
        return ListenerConfig.DEFAULT.withPlacement(placement);
    }

    private Connection nextOpened() throws InterruptedException {
        Connection connection = opened.poll(20, TimeUnit.SECONDS);
        assertThat(connection).as("a connection").isNotNull();
        return connection;
    }

    private String nextNotice() throws InterruptedException {
        return notices.poll(20, TimeUnit.SECONDS);
    }

    private static String ask(Socket client) throws IOException {
        client.getOutputStream().write(1);
        StringBuilder name = new StringBuilder();
        for (int c = client.getInputStream().read(); c > ' '; c = client.getInputStream().read()) {
            name.append((char) c);
        }
        return name.toString();
    }

    private Map<EventLoop, Integer> count(int connections) throws InterruptedException {
        Map<EventLoop, Integer> counts = new HashMap<>();
        for (int i = 0; i < connections; i++) {
            counts.merge(nextOpened().loop(), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    @DisplayName("S09-3, S12-6: ten connections on two loops, five on each")
    void shouldGiveEachLoopItsTurnWhenConnectionsCome() throws Exception {
        Listener listener = listen(ListenerConfig.DEFAULT);
        for (int i = 0; i < 10; i++) {
            connect(listener);
        }
        assertThat(count(10)).hasSize(2).allSatisfy((loop, count) -> assertThat(count).isEqualTo(5));
        assertThat(listener.connectionCount()).isEqualTo(10);
    }

    @Test
    @DisplayName("S09-2: a connection is always handled by the same thread, and the threads are its loops'")
    void shouldStayOnItsThreadWhenAConnectionAsksAgainAndAgain() throws Exception {
        Listener listener = listen(ListenerConfig.DEFAULT);
        Map<String, Integer> threads = new HashMap<>();
        for (int i = 0; i < 20; i++) {
            threads.merge(ask(connect(listener)), 1, Integer::sum);
        }
        List<String> first = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            List<String> names = new ArrayList<>();
            for (Socket client : clients) {
                names.add(ask(client));
            }
            first = round == 0 ? names : first;
            assertThat(names).isEqualTo(first);
        }
        assertThat(threads).containsOnly(Map.entry("reactor-loop-0", 10), Map.entry("reactor-loop-1", 10));
    }

    @Test
    @DisplayName("S09-3: least connections: the loop that has lost some is filled again")
    void shouldFillTheEmptierLoopWhenConnectionsHaveEnded() throws Exception {
        Listener listener = listen(placed(Placement.LEAST_CONNECTIONS));
        for (int i = 0; i < 12; i++) {
            connect(listener);
            nextOpened(); // counted, so that the next one goes elsewhere
        }
        Map<String, List<Socket>> byLoop = new HashMap<>();
        for (Socket client : clients) {
            byLoop.computeIfAbsent(ask(client), name -> new ArrayList<>()).add(client);
        }
        assertThat(byLoop).allSatisfy((name, sockets) -> assertThat(sockets).hasSize(6));
        for (Socket client : byLoop.get("reactor-loop-1").subList(0, 4)) {
            client.close();
        }
        await("four have ended", () -> listener.connectionCount() == 8);
        for (int i = 0; i < 4; i++) {
            assertThat(ask(connect(listener))).isEqualTo("reactor-loop-1");
        }
        await("counted where they are", () -> opened.size() == 4);
        assertThat(ask(connect(listener))).isNotEqualTo(ask(connect(listener)));
    }

    @Test
    @DisplayName("SO_REUSEPORT: a socket for each loop on one port; all are served, and each loop serves some of 100")
    void shouldServeOnEveryLoopWhenThePortIsReused() throws Exception {
        Listener listener = listen(placed(Placement.REUSEPORT));
        for (int i = 0; i < 100; i++) {
            assertThat(ask(connect(listener))).startsWith("reactor-loop-");
        }
        assertThat(count(100)).hasSize(2); // the odds against it are 2 to the power of 99
        assertThat(listener.port()).isPositive();
        listener.close();
        await("the port is free", () -> {
            try (TcpListener next = TcpListener.bind(new InetSocketAddress(ANY.getAddress(), listener.port()))) {
                return next.isOpen();
            } catch (IOException e) {
                return false;
            }
        });
    }

    @Test
    @DisplayName("EPOLLEXCLUSIVE: while one loop is busy the other one accepts; all are served")
    void shouldAcceptElsewhereWhenOneLoopIsBusy() throws Exception {
        assumeTrue(mechanism == Mechanism.EPOLL, "only epoll knows exclusive wake-ups");
        CountDownLatch isFree = new CountDownLatch(1);
        Listener listener = reactor.listen(ANY, placed(Placement.EXCLUSIVE), connection -> {
            opened.add(connection);
            if (opened.size() == 1) {
                try {
                    isFree.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
            return new Naming();
        });
        Socket first = connect(listener);
        await("the first one holds its loop", () -> opened.size() == 1);
        Socket second = connect(listener);
        String other = ask(second);
        isFree.countDown();
        assertThat(ask(first)).isNotEqualTo(other);
        for (int i = 0; i < 50; i++) {
            assertThat(ask(connect(listener))).startsWith("reactor-loop-");
        }
        await("all are counted, and no loop that was woken in vain holds a place any more",
                () -> listener.connectionCount() == 52);
    }

    @Test
    @DisplayName("what a mechanism or an address cannot do is refused before anything is opened")
    void shouldRefuseWhenAPlacementIsImpossible() throws Exception {
        UnixDomainSocketAddress file = UnixDomainSocketAddress.of(folder.resolve("socket"));
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(
                () -> reactor.listen(file, placed(Placement.REUSEPORT), ECHO));
        if (mechanism != Mechanism.EPOLL) {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> listen(placed(Placement.EXCLUSIVE))).withMessageContaining("EPOLL");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> ListenerConfig.DEFAULT.withMaxConnections(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> ListenerConfig.DEFAULT.withBacklog(-1));
        assertThat(file.getPath()).doesNotExist();
    }

    @Test
    @DisplayName("the maximum of connections: the next one waits in the queue, and is served at the first close")
    void shouldAcceptAgainWhenAConnectionEndsAtTheMaximum() throws Exception {
        for (Placement placement : mechanism == Mechanism.EPOLL
                ? Placement.values() : new Placement[] {Placement.ROUND_ROBIN, Placement.REUSEPORT}) {
            BlockingQueue<String> itsNotices = new LinkedBlockingQueue<>();
            shouldWaitAtTheMaximum(listen(placed(placement).withMaxConnections(3)
                    .withAcceptObserver(new Recording(itsNotices))), itsNotices);
        }
    }

    private void shouldWaitAtTheMaximum(Listener listener, BlockingQueue<String> itsNotices) throws Exception {
        List<Socket> served = List.of(connect(listener), connect(listener), connect(listener));
        for (Socket client : served) {
            assertThat(ask(client)).isNotEmpty();
        }
        Socket waiting = connect(listener);
        waiting.getOutputStream().write(1);
        long iterations = iterations();
        for (Socket client : served) {
            assertThat(ask(client)).isNotEmpty();
        }
        assertThat(iterations() - iterations).as("iterations: of three messages, not of the one who waits")
                .isLessThan(30);
        assertThat(waiting.getInputStream().available()).isZero();
        assertThat(listener.connectionCount()).isEqualTo(3);

        served.getFirst().close();

        assertThat(waiting.getInputStream().read()).isEqualTo('r');
        assertThat(listener.connectionCount()).isEqualTo(3);
        assertThat(itsNotices.poll(20, TimeUnit.SECONDS)).isEqualTo("paused null");
        assertThat(itsNotices).contains("resumed");
        assertThat(reactor.metrics().acceptPauses()).isPositive();
        for (Socket client : clients) {
            client.close();
        }
        await("all have ended", () -> listener.connectionCount() == 0);
        listener.close();
    }

    private long iterations() {
        return reactor.loops().stream().mapToLong(loop -> loop.metrics().iterations()).sum();
    }

    @Test
    @DisplayName("the maximum of connections with SHED: the next one is closed at once, and counted")
    void shouldCloseAtOnceWhenTheMaximumIsReachedAndItSheds() throws Exception {
        Listener listener = listen(ListenerConfig.DEFAULT.withMaxConnections(2).withAcceptPolicy(AcceptPolicy.SHED)
                .withAcceptObserver(new Recording(notices)));
        Socket first = connect(listener);
        Socket second = connect(listener);
        assertThat(ask(first)).isNotEqualTo(ask(second));
        for (int i = 1; i <= 5; i++) {
            assertThat(connect(listener).getInputStream().read()).isEqualTo(-1);
            assertThat(nextNotice()).isEqualTo("refused " + i);
        }
        assertThat(listener.refused()).isEqualTo(5);
        assertThat(reactor.metrics().acceptsRefused()).isEqualTo(5);
        first.close();
        await("one has ended", () -> listener.connectionCount() == 1);
        assertThat(ask(connect(listener))).startsWith("reactor-loop-");
    }

    @Test
    @DisplayName("an observer that throws is reported, and the listener goes on")
    void shouldGoOnWhenTheObserverFails() throws Exception {
        IllegalStateException failure = new IllegalStateException("observer");
        Listener listener = listen(ListenerConfig.DEFAULT.withMaxConnections(1).withAcceptPolicy(AcceptPolicy.SHED)
                .withAcceptObserver(new AcceptObserver() {
                    @Override
                    public void refused(Listener from, long count) {
                        throw failure;
                    }
                }));
        Socket first = connect(listener);
        assertThat(ask(first)).isNotEmpty();
        assertThat(connect(listener).getInputStream().read()).isEqualTo(-1);
        assertThat(connect(listener).getInputStream().read()).isEqualTo(-1);
        assertThat(ask(first)).isNotEmpty();
        await("reported", () -> failures.size() == 2);
        assertThat(failures).containsOnly(failure);
        failures.clear();
    }

    @Test
    @DisplayName("closed while one of its loops is busy: the other one, which waited for room, does not begin again")
    void shouldStayStoppedWhenAConnectionEndsBeforeTheLastLoopHasStopped() throws Exception {
        Listener listener = listen(placed(Placement.REUSEPORT).withMaxConnections(1)
                .withAcceptObserver(new Recording(notices)));
        connect(listener);
        Connection connection = nextOpened();
        assertThat(nextNotice()).isEqualTo("paused null");
        EventLoop free = connection.loop();
        EventLoop busy = reactor.loops().get(reactor.loops().getFirst() == free ? 1 : 0);
        CountDownLatch isFree = new CountDownLatch(1);
        busy.execute(() -> {
            try {
                isFree.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        try {
            listener.close();
            connection.closeNow();
            await("it has ended", () -> listener.connectionCount() == 0);
            for (int i = 0; i < 3; i++) { // the retry would be a task of the turn after the end's
                assertThat(CompletableFuture.supplyAsync(free::registrations, free).get(20, TimeUnit.SECONDS)).isZero();
            }
        } finally {
            isFree.countDown();
        }
        assertThat(notices).doesNotContain("resumed");
    }

    @Test
    @DisplayName("the limit per source address: more are closed at once; other addresses, and later ones, are served")
    void shouldCloseAtOnceWhenAnAddressHasTooManyConnections() throws Exception {
        Listener listener = listen(ListenerConfig.DEFAULT.withMaxConnectionsPerAddress(2)
                .withAcceptObserver(new Recording(notices)));
        Socket first = connect(listener);
        assertThat(ask(first)).isNotEmpty();
        assertThat(ask(connect(listener))).isNotEmpty();
        for (int i = 1; i <= 3; i++) {
            assertThat(connect(listener).getInputStream().read()).isEqualTo(-1);
            assertThat(nextNotice()).isEqualTo("refused " + i);
        }
        for (int i = 0; i < 2; i++) {
            assertThat(ask(connectFrom("127.0.0.2", listener))).isNotEmpty();
        }
        assertThat(connectFrom("127.0.0.2", listener).getInputStream().read()).isEqualTo(-1);
        assertThat(nextNotice()).isEqualTo("refused 4");
        assertThat(listener.refused()).isEqualTo(4);
        assertThat(reactor.metrics().acceptsRefused()).isEqualTo(4);
        assertThat(listener.connectionCount()).isEqualTo(4);
        first.close();
        await("one has ended", () -> listener.connectionCount() == 3);
        assertThat(ask(connect(listener))).isNotEmpty();
    }

    private Socket connectFrom(String source, Listener listener) throws IOException {
        Socket client = new Socket(ANY.getAddress(), listener.port(), InetAddress.getByName(source), 0);
        clients.add(client);
        client.setSoTimeout(20_000);
        return client;
    }

    @Test
    @DisplayName("both limits: a client that is refused for its address leaves the other one as it was")
    void shouldServeUpToTheMaximumWhenAnAddressIsRefused() throws Exception {
        Listener listener = listen(ListenerConfig.DEFAULT.withMaxConnectionsPerAddress(1).withMaxConnections(2));
        assertThat(ask(connect(listener))).isNotEmpty();
        for (int i = 0; i < 3; i++) {
            assertThat(connect(listener).getInputStream().read()).isEqualTo(-1);
        }
        assertThat(ask(connectFrom("127.0.0.2", listener))).isNotEmpty();
        assertThat(listener.connectionCount()).isEqualTo(2);
    }

    @Test
    @DisplayName("while clients come one after the other never more than one is counted, with every placement")
    void shouldCountOneWhenOneConnectionIsOpen() throws Exception {
        for (Placement placement : mechanism == Mechanism.EPOLL
                ? Placement.values() : new Placement[] {Placement.ROUND_ROBIN, Placement.REUSEPORT}) {
            Listener listener = listen(placed(placement).withMaxConnections(2));
            AtomicBoolean isOver = new AtomicBoolean();
            CompletableFuture<Integer> most = CompletableFuture.supplyAsync(() -> {
                int count = 0;
                while (!isOver.get()) {
                    count = Math.max(count, listener.connectionCount());
                }
                return count;
            }, task -> Thread.ofPlatform().daemon().start(task));
            for (int i = 0; i < 50; i++) {
                Socket client = connect(listener);
                assertThat(ask(client)).isNotEmpty();
                assertThat(listener.connectionCount()).isOne();
                client.close();
                await("it has ended", () -> listener.connectionCount() == 0);
            }
            isOver.set(true);
            assertThat(most.get(20, TimeUnit.SECONDS)).isLessThanOrEqualTo(1);
        }
    }

    @Test
    @DisplayName("the options of a listener are those of its connections; TCP_NODELAY is on unless they turn it off")
    void shouldSetItsOptionsWhenItListens() throws Exception {
        connect(listen(ListenerConfig.DEFAULT));
        assertThat(nextOpened().get(TCP_NODELAY)).isTrue();
        connect(listen(ListenerConfig.DEFAULT.withOptions(TCP_NODELAY.with(false),
                new SocketSetting<>(StandardSocketOptions.SO_KEEPALIVE, true))));
        Connection connection = nextOpened();
        assertThat(connection.get(TCP_NODELAY)).isFalse();
        assertThat(connection.get(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
    }
}
