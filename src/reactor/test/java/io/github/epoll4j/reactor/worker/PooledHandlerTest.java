package io.github.epoll4j.reactor.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.reactor.loop.Mechanism;
import io.github.epoll4j.testing.Eventually;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections whose handlers run on workers. */
@ParameterizedClass
@EnumSource
@Timeout(60)
class PooledHandlerTest {
    private static final InetSocketAddress ANY = new InetSocketAddress("127.0.0.1", 0);
    private static final int WORKERS = 3;

    @Parameter
    private Mechanism mechanism;

    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    private final List<Socket> sockets = new ArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch working = new CountDownLatch(WORKERS);
    private Reactor reactor;
    private WorkerPool pool;

    @BeforeEach
    void open() throws ErrnoException {
        reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1).withMechanism(mechanism)
                .withFailureHandler((loop, source, exception) -> failures.add(exception.getMessage())));
        pool = WorkerPool.open(WORKERS, 2);
    }

    @AfterEach
    void close() throws IOException {
        gate.countDown();
        for (Socket socket : sockets) {
            socket.close();
        }
        reactor.close();
        pool.close();
        assertThat(failures).as("failures that no test asked for").isEmpty();
    }

    /** Echoes, and fails the test if two threads have its connection at once, or a thread is not a worker. */
    private class Echo implements ConnectionHandler {
        private final AtomicInteger owners = new AtomicInteger();

        private void enter(String call) {
            if (owners.incrementAndGet() != 1 || !Thread.currentThread().getName().startsWith("worker-")) {
                failures.add(call + " by " + Thread.currentThread() + ", owners " + owners);
            }
        }

        @Override
        public void onOpen(Connection connection) throws IOException {
            enter("open");
            calls.add("open");
            owners.decrementAndGet();
        }

        @Override
        public void onData(Connection connection, ByteBuffer data) throws IOException {
            enter("data");
            try {
                handle(connection, data);
            } finally {
                owners.decrementAndGet();
            }
        }

        void handle(Connection connection, ByteBuffer data) throws IOException {
            connection.write(data);
        }

        @Override
        public void onInputClosed(Connection connection, ByteBuffer rest) {
            enter("input closed");
            calls.add("input closed");
            connection.close();
            owners.decrementAndGet();
        }

        @Override
        public void onClosed(Connection connection, Throwable cause) {
            enter("closed");
            calls.add("closed " + (cause == null ? "" : cause.getMessage()));
            owners.decrementAndGet();
        }
    }

    private Listener listen(WorkerPool of, Supplier<ConnectionHandler> handlers)
            throws ErrnoException {
        return reactor.listen(ANY, connection -> of.handler(handlers.get()));
    }

    private Socket connect(Listener listener) throws IOException {
        Socket socket = new Socket();
        socket.connect(listener.localAddress(), 20_000);
        socket.setSoTimeout(20_000);
        sockets.add(socket);
        return socket;
    }

    private String nextCall() throws InterruptedException {
        return calls.poll(20, TimeUnit.SECONDS);
    }

    private static FutureTask<Void> send(Socket socket, byte[] bytes) {
        FutureTask<Void> task = new FutureTask<>(() -> {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            return null;
        });
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    @Test
    @DisplayName("S09-1, S10-3, S11-3: echo by workers: each byte in order, one owner at a time, then the end")
    void shouldEchoEveryByteWhenWorkersHandleConnections() throws Exception {
        Listener listener = listen(pool, Echo::new);
        byte[] bytes = new byte[1 << 20];
        new Random(1).nextBytes(bytes);
        List<Socket> clients = new ArrayList<>();
        List<FutureTask<Void>> senders = new ArrayList<>();
        for (int i = 0; i < 2 * WORKERS; i++) {
            clients.add(connect(listener));
            senders.add(send(clients.getLast(), bytes));
        }
        for (Socket client : clients) {
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(bytes);
        }
        for (FutureTask<Void> sender : senders) {
            sender.get(20, TimeUnit.SECONDS);
        }
        for (int i = 0; i < 3 * clients.size(); i++) {
            assertThat(nextCall()).isIn("open", "input closed", "closed ");
        }
    }

    @Test
    @DisplayName("S18-4, S10-4: 20 W slow requests through a queue of two: W at once, all are answered")
    void shouldAnswerAllWhenRequestsAreSlowAndTheQueueIsShort() throws Exception {
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Listener listener = listen(pool, () -> new Echo() {
            @Override
            void handle(Connection connection, ByteBuffer data) {
                most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                passGate();
                connection.write(data);
                atOnce.decrementAndGet();
            }
        });
        for (int i = 0; i < 20 * WORKERS; i++) {
            connect(listener).getOutputStream().write(i);
        }
        awaitWaiting(20 * WORKERS - WORKERS);
        Eventually.await("each worker has a request", () -> atOnce.get() == WORKERS);
        assertThat(pool.inFlight()).isEqualTo(WORKERS);
        gate.countDown();
        for (int i = 0; i < sockets.size(); i++) {
            assertThat(sockets.get(i).getInputStream().read()).isEqualTo(i);
        }
        assertThat(most).hasValue(WORKERS);
        assertThat(pool.waiting()).isZero();
    }

    private void passGate() {
        try {
            gate.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            calls.add("interrupted");
        }
    }

    private void awaitWaiting(int count) {
        Eventually.await(count + " waiting", () -> pool.waiting() >= count);
    }

    @Test
    @DisplayName("a handler that fails on a worker: its connection closes with the cause, reported once, others go on")
    void shouldCloseTheConnectionWhenItsHandlerFails() throws Exception {
        Listener listener = listen(pool, () -> new Echo() {
            @Override
            void handle(Connection connection, ByteBuffer data) throws IOException {
                if (data.get(0) == 0) {
                    throw new IOException("zero");
                }
                connection.write(data);
            }
        });
        Socket fine = connect(listener);
        Socket broken = connect(listener);
        broken.getOutputStream().write(0);
        assertThat(List.of(nextCall(), nextCall(), nextCall())).containsOnlyOnce("closed zero");
        assertThat(broken.getInputStream().read()).isEqualTo(-1);
        fine.getOutputStream().write(7);
        assertThat(fine.getInputStream().read()).isEqualTo(7);
        assertThat(failures).containsExactly("zero");
        failures.clear();
    }

    @Test
    @DisplayName("a handler that pauses reading is not overruled when its work is done")
    void shouldStayPausedWhenTheHandlerPauses() throws Exception {
        BlockingQueue<Connection> paused = new LinkedBlockingQueue<>();
        Listener listener = listen(pool, () -> new Echo() {
            @Override
            void handle(Connection connection, ByteBuffer data) {
                calls.add("data " + data.get());
                connection.pauseReading();
                paused.add(connection);
            }
        });
        Socket client = connect(listener);
        assertThat(nextCall()).isEqualTo("open");
        client.getOutputStream().write(1);
        assertThat(nextCall()).isEqualTo("data 1");
        Connection connection = paused.poll(20, TimeUnit.SECONDS);
        client.getOutputStream().write(2);
        for (int i = 0; i < 20; i++) {
            CountDownLatch iterated = new CountDownLatch(1);
            connection.loop().execute(iterated::countDown);
            assertThat(iterated.await(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(calls).isEmpty();
        connection.resumeReading();
        assertThat(nextCall()).isEqualTo("data 2");
    }

    @Test
    @DisplayName("the pool is closed at once: connections whose work waits end, others when something happens on them")
    void shouldEndConnectionsWhenThePoolIsClosedNow() throws Exception {
        Listener listener = listen(pool, Closings::new);
        for (int i = 0; i < 10; i++) {
            connect(listener).getOutputStream().write(i);
        }
        assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
        awaitWaiting(10 - WORKERS);
        assertThat(pool.closeNow()).isEqualTo(10 - WORKERS);
        for (int i = 0; i < 10 - WORKERS; i++) {
            assertThat(nextCall()).isEqualTo("closed " + new CancellationException("WorkerPool is closed"));
        }
        for (Socket socket : sockets) {
            socket.close();
        }
        for (int i = 0; i < WORKERS; i++) {
            assertThat(nextCall()).startsWith("closed ");
        }
        assertThat(calls).isEmpty();
    }

    /** Notes the ends, on whichever thread. */
    private final class Closings implements ConnectionHandler {
        @Override
        public void onData(Connection connection, ByteBuffer data) {
            working.countDown();
            passGateQuietly();
        }

        @Override
        public void onClosed(Connection connection, Throwable cause) {
            calls.add("closed " + cause);
        }
    }

    private void passGateQuietly() {
        try {
            gate.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @DisplayName("one handler of a pool for two connections is refused, and the first goes on")
    void shouldRefuseWhenAPooledHandlerIsShared() throws Exception {
        ConnectionHandler shared = pool.handler(new Echo());
        Listener listener = reactor.listen(ANY, connection -> shared);
        Socket first = connect(listener);
        assertThat(nextCall()).isEqualTo("open");
        Socket second = connect(listener);
        assertThat(second.getInputStream().read()).isEqualTo(-1);
        first.getOutputStream().write(3);
        assertThat(first.getInputStream().read()).isEqualTo(3);
        assertThat(failures).containsExactly("a handler of a pool is for one connection");
        failures.clear();
    }
}
