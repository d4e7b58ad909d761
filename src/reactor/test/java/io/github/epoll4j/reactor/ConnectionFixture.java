package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.reactor.loop.Mechanism;
import io.github.epoll4j.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A reactor of two loops for each way to watch a connection, and clients of the JDK. */
@ParameterizedClass
@EnumSource
@Timeout(60)
abstract class ConnectionFixture {
    static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    /** The ways to watch a connection. */
    enum Watching {
        EPOLL(Mechanism.EPOLL, Trigger.LEVEL),
        EPOLL_EDGE(Mechanism.EPOLL, Trigger.EDGE),
        EPOLL_ONESHOT(Mechanism.EPOLL, Trigger.ONESHOT),
        POLL(Mechanism.POLL, Trigger.LEVEL),
        POLL_ONESHOT(Mechanism.POLL, Trigger.ONESHOT),
        SELECT(Mechanism.SELECT, Trigger.LEVEL),
        SELECT_ONESHOT(Mechanism.SELECT, Trigger.ONESHOT);

        final Mechanism mechanism;
        final Trigger trigger;

        Watching(Mechanism mechanism, Trigger trigger) {
            this.mechanism = mechanism;
            this.trigger = trigger;
        }
    }

    @Parameter
    Watching watching;

    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    final BlockingQueue<Object> calls = new LinkedBlockingQueue<>();
    Reactor reactor;
    ConnectionConfig small;

    @BeforeEach
    void open() throws IOException {
        reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(2).withMechanism(watching.mechanism)
                .withFailureHandler((loop, source, exception) -> failures.add(exception)));
        small = ConnectionConfig.DEFAULT.withBudget(64 << 10).withWaterMarks(16 << 10, 64 << 10)
                .withQueueLimit(1 << 20).withTrigger(watching.trigger);
    }

    @AfterEach
    void close() {
        reactor.close(Duration.ofMillis(50));
        reactor.close();
        assertThat(failures).as("failures that no test asked for").isEmpty();
    }

    /** Notes its calls, and echoes. */
    class Noting implements ConnectionHandler {
        @Override
        public void onOpen(Connection connection) throws IOException {
            calls.add(connection);
        }

        @Override
        public void onData(Connection connection, ByteBuffer data) throws IOException {
            connection.write(data);
        }

        @Override
        public void onClosed(Connection connection, Throwable cause) {
            calls.add(cause == null ? "closed" : cause);
        }
    }

    Object nextCall() throws InterruptedException {
        return calls.poll(20, TimeUnit.SECONDS);
    }

    Socket connect(Function<Connection, ConnectionHandler> handlers) throws IOException {
        return connect(reactor.listen(ANY, small, handlers));
    }

    static Socket connect(Listener listener) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    static CompletableFuture<Void> send(Socket socket, byte[] bytes, boolean isLast) {
        return CompletableFuture.runAsync(() -> {
            try {
                socket.getOutputStream().write(bytes);
                if (isLast) {
                    socket.shutdownOutput();
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }, task -> Thread.ofPlatform().daemon().start(task));
    }

    static void shouldEcho(Socket client, int size) throws Exception {
        byte[] bytes = random(size);
        CompletableFuture<Void> sent = send(client, bytes, false);
        assertThat(client.getInputStream().readNBytes(size)).isEqualTo(bytes);
        sent.get(20, TimeUnit.SECONDS);
    }

    /** Runs something on a connection's loop, and waits for it. */
    static <T> T onLoop(Connection connection, Function<Connection, T> action) {
        return CompletableFuture.supplyAsync(() -> action.apply(connection), connection.loop()).join();
    }

    /** Waits until something is so; fails after 20 seconds. */
    static void await(BooleanSupplier condition) {
        Eventually.await("the condition", condition::getAsBoolean);
    }
}
