package io.github.epoll4j.reactor;

import static io.github.epoll4j.net.LinuxSocketOptions.SO_KEEPALIVE;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_FASTOPEN_CONNECT;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NODELAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.LinuxSocketOption;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.net.UnixAddress;
import io.github.epoll4j.net.UnixListener;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.Mechanism;
import io.github.epoll4j.testing.Fds;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectTest extends ConnectionFixture {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofMillis(50);

    @TempDir
    private Path folder;

    private CompletableFuture<Connection> connect(SocketAddress address, Duration timeout) {
        return reactor.connect(address, config(timeout), connection -> new Noting());
    }

    private ConnectConfig config(Duration timeout) {
        return ConnectConfig.DEFAULT.withConnections(small).withTimeout(timeout);
    }

    private static Throwable failureOf(CompletableFuture<Connection> future) {
        return catchThrowableOfType(ExecutionException.class, () -> future.get(20, TimeUnit.SECONDS)).getCause();
    }

    private static void shouldFailWith(int errno, CompletableFuture<Connection> future) {
        assertThat(failureOf(future)).isInstanceOfSatisfying(ErrnoException.class, e -> {
            assertThat(e.errno()).isEqualTo(errno);
            assertThat(e.syscall()).isEqualTo("connect");
        });
    }

    /** Fills the queue of a listener that holds one, so that the next one has to wait. */
    private static TcpStream fill(InetSocketAddress address) throws ErrnoException {
        TcpStream filler = TcpStream.connect(address);
        await(() -> isConnected(filler));
        return filler;
    }

    private static boolean isConnected(TcpStream stream) {
        try {
            return stream.finishConnect();
        } catch (ErrnoException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("S11-8, S12-10: a TCP connection is there after onOpen, and echoes")
    void shouldConnectWhenThePortListens() throws Exception {
        Listener listener = reactor.listen(ANY, small, connection -> new Echo());
        StringBuilder received = new StringBuilder();
        Connection connection = reactor.connect(listener.localAddress(), config(LONG), opened -> new Noting() {
            @Override
            public void onData(Connection from, ByteBuffer data) {
                while (data.hasRemaining()) {
                    received.append((char) data.get());
                }
                if (received.length() == 5) {
                    from.close();
                }
            }
        }).get(20, TimeUnit.SECONDS);
        assertThat(calls).containsExactly(connection);
        assertThat(connection.remoteAddress()).isEqualTo(listener.localAddress());
        connection.write(ByteBuffer.wrap("hello".getBytes()));
        nextCall();
        assertThat(nextCall()).isEqualTo("closed");
        assertThat(received).hasToString("hello");
    }

    @Test
    @DisplayName("S11-8, S12-10: a port that does not listen: ECONNREFUSED, no handler is created, no descriptor left")
    void shouldFailWhenThePortDoesNotListen() throws Exception {
        InetSocketAddress address;
        try (TcpListener listener = TcpListener.bind(ANY)) {
            address = listener.localAddress();
        }
        shouldFailWith(Errno.ECONNREFUSED, connect(address, LONG));
        long before = Fds.count();
        for (int i = 0; i < 20; i++) {
            shouldFailWith(Errno.ECONNREFUSED, connect(address, LONG));
        }
        assertThat(Fds.count()).isLessThan(before + 10);
        assertThat(calls).isEmpty();
    }

    @Test
    @DisplayName("S12-10: an attempt that takes too long is ETIMEDOUT, never early")
    void shouldFailWhenItTakesTooLong() throws Exception {
        try (TcpListener listener = TcpListener.bind(ANY, 0); TcpStream filler = fill(listener.localAddress())) {
            long start = System.nanoTime();
            shouldFailWith(Errno.ETIMEDOUT, connect(listener.localAddress(), SHORT));
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT.toNanos());
            assertThat(filler.isOpen()).isTrue();
        }
        assertThat(calls).isEmpty();
    }

    @Test
    @DisplayName("a cancelled attempt closes its socket")
    void shouldCloseTheSocketWhenItIsCancelled() throws Exception {
        try (TcpListener listener = TcpListener.bind(ANY, 0); TcpStream filler = fill(listener.localAddress())) {
            long before = Fds.count();
            CompletableFuture<Connection> future = connect(listener.localAddress(), LONG);
            await(() -> reactor.loops().stream().anyMatch(ConnectTest::isConnecting));
            future.cancel(true);
            await(() -> reactor.loops().stream().noneMatch(ConnectTest::isConnecting));
            assertThat(Fds.count()).isLessThanOrEqualTo(before);
            assertThat(filler.isOpen()).isTrue();
        }
    }

    private static boolean isConnecting(EventLoop loop) {
        return CompletableFuture.supplyAsync(loop::registrations, loop).join() > 0;
    }

    @Test
    @DisplayName("an attempt that is under way when the reactor closes fails, and later ones are refused")
    void shouldFailWhenTheReactorCloses() throws Exception {
        try (TcpListener listener = TcpListener.bind(ANY, 0); TcpStream filler = fill(listener.localAddress())) {
            CompletableFuture<Connection> future = connect(listener.localAddress(), LONG);
            reactor.close();
            assertThat(failureOf(future)).isInstanceOf(IllegalStateException.class).hasMessage("Reactor is closed");
            assertThat(failureOf(connect(listener.localAddress(), LONG))).isInstanceOf(IllegalStateException.class)
                    .hasMessage("Reactor is closed");
            assertThat(filler.isOpen()).isTrue();
        }
    }

    @Test
    @DisplayName("a Unix path: no such file, and connected")
    void shouldConnectWhenAPathListens() throws Exception {
        UnixDomainSocketAddress path = UnixDomainSocketAddress.of(folder.resolve("socket"));
        shouldFailWith(Errno.ENOENT, connect(path, LONG));
        try (UnixListener listener = UnixListener.bind(UnixAddress.of(path))) {
            Connection connection = connect(path, LONG).get(20, TimeUnit.SECONDS);
            try (UnixStream server = listener.accept()) {
                server.write(ByteBuffer.wrap(new byte[5]));
                ByteBuffer echo = ByteBuffer.allocate(5);
                while (echo.hasRemaining()) {
                    assertThat(server.read(echo)).isNotNegative();
                }
            }
            assertThat(nextCall()).isSameAs(connection);
            assertThat(nextCall()).isEqualTo("closed");
        }
    }

    @Test
    @DisplayName("a Unix listener whose queue is full is tried again, until the time is over or there is space")
    void shouldTryAgainWhenTheQueueOfAUnixListenerIsFull() throws Exception {
        UnixAddress path = UnixAddress.path(folder.resolve("full"));
        try (UnixListener listener = UnixListener.bind(path, 0); UnixStream first = UnixStream.connect(path)) {
            shouldFailWith(Errno.ETIMEDOUT, connect(path, SHORT));
            CompletableFuture<Connection> waiting = connect(path, LONG);
            listener.accept().close();
            assertThat(waiting.get(20, TimeUnit.SECONDS)).isNotNull();
            assertThat(first.isOpen()).isTrue();
        }
    }

    @Test
    @DisplayName("what a handler throws in its first call is the failure, and is reported once")
    void shouldFailWhenTheHandlerThrows() throws Exception {
        IllegalStateException failure = new IllegalStateException("handler");
        Listener listener = reactor.listen(ANY, small, connection -> new Echo());
        assertThat(failureOf(reactor.connect(listener.localAddress(), config(LONG), connection -> {
            throw failure;
        }))).isSameAs(failure);
        assertThat(failureOf(reactor.connect(listener.localAddress(), config(LONG), connection -> new Noting() {
            @Override
            public void onOpen(Connection opened) {
                throw failure;
            }
        }))).isSameAs(failure);
        assertThat(nextCall()).isSameAs(failure);
        assertThat(failures).containsExactly(failure, failure);
        failures.clear();
    }

    @Test
    @DisplayName("the configuration's loop is the connection's; from a handler it is the calling one")
    void shouldUseTheLoopWhenItIsChosen() throws Exception {
        Listener listener = reactor.listen(ANY, small, connection -> new Echo());
        for (EventLoop loop : reactor.loops()) {
            for (int i = 0; i < 2; i++) {
                Connection first = reactor.connect(listener.localAddress(), config(LONG).withLoop(loop),
                        connection -> new Noting()).get(20, TimeUnit.SECONDS);
                assertThat(first.loop()).isSameAs(loop);
                Connection second = CompletableFuture.supplyAsync(
                        () -> connect(listener.localAddress(), LONG), first.loop()).get(20, TimeUnit.SECONDS)
                        .get(20, TimeUnit.SECONDS);
                assertThat(second.loop()).isSameAs(loop);
            }
        }
    }

    @Test
    @DisplayName("TCP_NODELAY is on unless the options say otherwise; an option that fails is the failure")
    void shouldSetTheOptionsWhenThereAreSome() throws Exception {
        try (TcpListener listener = TcpListener.bind(ANY)) {
            InetSocketAddress address = listener.localAddress();
            Connection usual = connect(address, LONG).get(20, TimeUnit.SECONDS);
            assertThat(usual.get(TCP_NODELAY)).isTrue();
            Connection changed = reactor.connect(address, config(LONG).withOptions(TCP_NODELAY.with(false),
                    SO_KEEPALIVE.with(true)), connection -> new Noting()).get(20, TimeUnit.SECONDS);
            assertThat(changed.get(TCP_NODELAY)).isFalse();
            assertThat(changed.get(SO_KEEPALIVE)).isTrue();
            LinuxSocketOption<Integer> none = LinuxSocketOption.ofInt("NONE", 6, 12_345);
            long before = Fds.count();
            assertThat(failureOf(reactor.connect(address, config(LONG).withOptions(none.with(1)),
                    connection -> new Noting()))).hasMessageContaining("NONE");
            assertThat(Fds.count()).isEqualTo(before);
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> reactor.connect(address,
                    config(LONG).withOptions(TCP_FASTOPEN_CONNECT.with(true)), connection -> new Noting()));
        }
    }

    @Test
    @DisplayName("edges without epoll, a negative time and an address of another kind are refused at once")
    void shouldRefuseWhenItIsImpossible() {
        assertThatIllegalArgumentException().isThrownBy(() -> connect(ANY, Duration.ofNanos(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> connect(new SocketAddress() { }, LONG));
        if (watching.mechanism != Mechanism.EPOLL) {
            ConnectionConfig edge = ConnectionConfig.DEFAULT.withTrigger(Trigger.EDGE);
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> reactor.connect(
                            ANY, config(LONG).withConnections(edge), connection -> new Echo()))
                    .withMessageContaining("Mechanism.EPOLL");
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> reactor.listen(ANY, edge, connection -> new Echo()));
        }
    }
}
