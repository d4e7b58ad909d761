package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.reactor.Connector.Resolver;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.Mechanism;
import io.github.epoll4j.testing.Eventually;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connects by name, on a loop that runs in the test's thread, by a clock that stands until the test moves it. */
@Timeout(60)
class ResolveTest {
    private static final String HOST = "host.example";
    private static final ConnectConfig CONFIG = ConnectConfig.DEFAULT.withTimeout(Duration.ofSeconds(10));

    private final List<Throwable> failures = new ArrayList<>();
    private long nanos = Long.MAX_VALUE - 1_000_000; // wraps around in most tests
    private long loopsBefore;
    private EventLoop loop;
    private LoopContext context;
    /** A listener that answers, and one whose queue is full, so that an attempt to connect to it does not end. */
    private TcpListener listener;
    private TcpListener full;
    private TcpStream filler;
    private int port;

    @BeforeEach
    void open() throws IOException {
        loopsBefore = Fds.ofLoops();
        loop = EventLoop.open(Mechanism.EPOLL, (at, source, failure) -> failures.add(failure), () -> nanos);
        context = new LoopContext(loop);
        context.start();
        while (listener == null) {
            full = TcpListener.bind(new InetSocketAddress(address(2), 0), 0);
            port = full.localAddress().getPort();
            try {
                listener = TcpListener.bind(new InetSocketAddress(address(3), port));
            } catch (ErrnoException e) {
                assertThat(e.errno()).as("of a port that another process has").isEqualTo(Errno.EADDRINUSE);
                full.close();
            }
        }
        filler = TcpStream.connect(full.localAddress());
        until(() -> isConnected(filler));
    }

    @AfterEach
    void close() {
        loop.close();
        filler.close();
        full.close();
        listener.close();
        // a resolver's thread that has just woken the loop may hold its descriptors for a moment
        Eventually.await("the loop's descriptors are closed", () -> Fds.ofLoops() <= loopsBefore);
        assertThat(failures).as("failures that no test asked for").isEmpty();
    }

    private static boolean isConnected(TcpStream stream) {
        try {
            return stream.finishConnect();
        } catch (ErrnoException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns an address of this host: 127.0.0.2 is full, 127.0.0.3 listens, and others refuse. */
    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(HOST, new byte[] {127, 0, 0, (byte) last});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static InetAddress address6(int last) {
        byte[] bytes = new byte[16];
        bytes[15] = (byte) last;
        try {
            return InetAddress.getByAddress(HOST, bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static Resolver of(int... last) {
        return host -> {
            InetAddress[] found = new InetAddress[last.length];
            for (int i = 0; i < last.length; i++) {
                found[i] = address(last[i]);
            }
            return found;
        };
    }

    private CompletableFuture<Connection> connect(Resolver resolver) {
        return Connector.connect(context, InetSocketAddress.createUnresolved(HOST, port), CONFIG,
                connection -> new Silent(), resolver);
    }

    private static final class Silent implements ConnectionHandler {
        @Override
        public void onData(Connection connection, ByteBuffer data) {
            data.position(data.limit());
        }
    }

    /** Iterates until something is so; fails after 20 seconds, as an iteration ignores the interrupt of a timeout. */
    private void until(BooleanSupplier condition) throws IOException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - start).as("nanoseconds").isLessThan(20_000_000_000L);
            loop.runOnce(Duration.ofMillis(10));
        }
    }

    private Throwable failureOf(CompletableFuture<Connection> future) throws IOException {
        until(future::isDone);
        return catchThrowableOfType(ExecutionException.class, future::get).getCause();
    }

    /** Moves the clock, and iterates so that timers run. */
    private void advance(Duration time) throws IOException {
        nanos += time.toNanos();
        loop.runOnce(Duration.ZERO);
    }

    @Test
    @DisplayName("the families alternate, beginning with that of the first address")
    void shouldAlternateTheFamiliesWhenAddressesAreOrdered() {
        InetAddress[] six = {address6(1), address6(2), address(1), address(2), address(3)};
        assertThat(Connector.interleave(six, 80)).extracting(InetSocketAddress::getAddress)
                .containsExactly(address6(1), address(1), address6(2), address(2), address(3));
        InetAddress[] four = {address(1), address6(1), address6(2)};
        assertThat(Connector.interleave(four, 80)).containsExactly(new InetSocketAddress(address(1), 80),
                new InetSocketAddress(address6(1), 80), new InetSocketAddress(address6(2), 80));
        assertThat(Connector.interleave(new InetAddress[0], 80)).isEmpty();
    }

    @Test
    void shouldConnectWhenTheResolverOfTheSystemKnowsTheName() throws Exception {
        CompletableFuture<Connection> future = Connector.connect(context,
                InetSocketAddress.createUnresolved("127.0.0.3", port), CONFIG, connection -> new Silent());
        until(future::isDone);
        assertThat(future.get().remoteAddress()).isEqualTo(listener.localAddress());
    }

    @Test
    @DisplayName("the resolver runs on a daemon thread, and the loop runs meanwhile")
    void shouldRunTasksWhenTheResolverBlocks() throws Exception {
        CountDownLatch mayReturn = new CountDownLatch(1);
        AtomicReference<Thread> thread = new AtomicReference<>();
        CompletableFuture<Connection> future = connect(host -> {
            assertThat(host).isEqualTo(HOST);
            try {
                mayReturn.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            thread.set(Thread.currentThread());
            return of(3).resolve(host);
        });
        AtomicBoolean hasRun = new AtomicBoolean();
        loop.runOnce(Duration.ZERO);
        loop.execute(() -> hasRun.set(true));
        until(hasRun::get);
        assertThat(future).isNotDone();
        mayReturn.countDown();
        until(future::isDone);
        assertThat(future.get().remoteAddress()).isEqualTo(listener.localAddress());
        assertThat(thread.get()).isNotSameAs(Thread.currentThread()).matches(Thread::isDaemon);
    }

    @Test
    @DisplayName("a name that is unknown, or has no address: UnknownHostException with the name")
    void shouldNameTheHostWhenItIsUnknown() throws Exception {
        assertThat(failureOf(Connector.connect(context, InetSocketAddress.createUnresolved("no..such", port), CONFIG,
                connection -> new Silent())))
                .isInstanceOf(UnknownHostException.class).hasMessageContaining("no..such");
        assertThat(failureOf(connect(of()))).isInstanceOf(UnknownHostException.class)
                .hasMessage("host.example: no address");
    }

    @Test
    @DisplayName("an error of the resolver and one of the handler factory fail the future, and leave no descriptor")
    void shouldFailWhenOtherCodeThrows() throws Exception {
        long before = Fds.count();
        for (Thrown each : Thrown.values()) {
            Throwable thrown = each.make();
            assertThat(failureOf(connect(host -> {
                throw Thrown.sneak(thrown);
            }))).isSameAs(thrown);
        }
        assertThat(failureOf(connect(host -> null))).isInstanceOf(NullPointerException.class);
        assertThat(failures).isEmpty();
        StackOverflowError error = new StackOverflowError("no real one");
        assertThat(failureOf(Connector.connect(context, InetSocketAddress.createUnresolved(HOST, port), CONFIG,
                connection -> {
                    throw error;
                }, of(4, 3)))).isSameAs(error);
        assertThat(failures).containsExactly(error);
        failures.clear();
        assertThat(loop.registrations()).isZero();
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    @DisplayName("an attempt that fails is followed by the next one at once, without time for it")
    void shouldTryTheNextAddressWhenOneRefuses() throws Exception {
        CompletableFuture<Connection> future = connect(of(4, 5, 3));
        until(future::isDone);
        assertThat(future.get().remoteAddress()).isEqualTo(listener.localAddress());
        assertThat(loop.registrations()).isOne();
    }

    @Test
    @DisplayName("RFC 8305: an attempt is followed by the next one after 250 ms, and ends when that succeeds")
    void shouldTryTheNextAddressWhenOneTakesLong() throws Exception {
        long before = Fds.count();
        CompletableFuture<Connection> future = connect(of(2, 4, 2, 3));
        until(() -> loop.registrations() == 1);
        advance(Connector.ATTEMPT_DELAY.minusNanos(1));
        assertThat(loop.registrations()).isOne();
        assertThat(Fds.count()).isEqualTo(before + 1);

        advance(Duration.ofNanos(1)); // 127.0.0.4 refuses, at once or in a later iteration
        until(() -> loop.registrations() == 2 && isStuck(future));
        advance(Connector.ATTEMPT_DELAY);
        until(future::isDone);

        assertThat(future.get().remoteAddress()).isEqualTo(listener.localAddress());
        assertThat(loop.registrations()).isOne();
        assertThat(Fds.count()).as("that of the connection").isEqualTo(before + 1);
    }

    /** Iterates, and returns true if nothing happens any more. */
    private boolean isStuck(CompletableFuture<Connection> future) {
        try {
            return loop.runOnce(Duration.ZERO) == 0 && !future.isDone();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("if all fail it is the first failure, the others are suppressed, and all have the host's name")
    void shouldReportAllFailuresWhenAllFail() throws Exception {
        Throwable failure = failureOf(connect(of(4, 5, 6)));
        assertThat(failure).hasMessageStartingWith(
                "connect(host.example/127.0.0.4:" + port + "): ECONNREFUSED");
        assertThat(failure.getSuppressed()).hasSize(2)
                .allMatch(each -> each.getMessage().startsWith("connect(host.example/127.0.0."))
                .allMatch(each -> each instanceof ErrnoException e && e.errno() == Errno.ECONNREFUSED);
    }

    @Test
    @DisplayName("the timeout bounds the resolver and all attempts together: ETIMEDOUT with the host's name")
    void shouldFailWhenTheTimeIsOver() throws Exception {
        long before = Fds.count();
        CompletableFuture<Connection> future = connect(of(4, 2));
        until(() -> loop.registrations() == 1 && isStuck(future));
        advance(CONFIG.timeout().minusNanos(1));
        assertThat(future).isNotDone();
        advance(Duration.ofNanos(1));
        Throwable failure = failureOf(future);
        assertThat(failure).hasMessageStartingWith("connect(host.example:" + port + "): ETIMEDOUT");
        assertThat(failure.getSuppressed()).as("that of 127.0.0.4").hasSize(1);
        assertThat(Fds.count()).isEqualTo(before);

        CountDownLatch mayReturn = new CountDownLatch(1);
        CompletableFuture<Connection> resolving = connect(host -> {
            try {
                mayReturn.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return of(3).resolve(host);
        });
        loop.runOnce(Duration.ZERO);
        advance(CONFIG.timeout());
        assertThat(failureOf(resolving)).hasMessageContaining("ETIMEDOUT");
        mayReturn.countDown();
    }

    @Test
    @DisplayName("to cancel ends all attempts, and the connection if there is one")
    void shouldCloseTheSocketsWhenItIsCancelled() throws Exception {
        long before = Fds.count();
        CompletableFuture<Connection> future = connect(of(2, 2, 2));
        until(() -> loop.registrations() == 1);
        advance(Connector.ATTEMPT_DELAY);
        assertThat(loop.registrations()).isEqualTo(2);
        future.cancel(true);
        until(() -> loop.registrations() == 0);
        assertThat(Fds.count()).isEqualTo(before);
        advance(Connector.ATTEMPT_DELAY);
        assertThat(loop.registrations()).isZero();

        AtomicReference<CompletableFuture<Connection>> second = new AtomicReference<>();
        second.set(Connector.connect(context, InetSocketAddress.createUnresolved(HOST, port), CONFIG, connection -> {
            second.get().cancel(true);
            return new Silent();
        }, of(3)));
        until(() -> second.get().isDone());
        until(() -> loop.registrations() == 0);
        assertThat(Fds.count()).isEqualTo(before);
    }
}
