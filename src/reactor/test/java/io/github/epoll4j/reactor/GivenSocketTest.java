package io.github.epoll4j.reactor;

import static io.github.epoll4j.testing.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.UnixAddress;
import io.github.epoll4j.net.UnixListener;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.reactor.loop.Mechanism;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Listeners on Unix sockets, and on sockets that listen already. */
@ParameterizedClass
@EnumSource
@Timeout(60)
class GivenSocketTest {
    private static final Function<Connection, ConnectionHandler> ECHO = connection -> (from, data) -> from.write(data);

    @Parameter
    private Mechanism mechanism;
    @TempDir
    private Path folder;

    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private Reactor reactor;

    @BeforeEach
    void open() throws IOException {
        reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(2).withMechanism(mechanism)
                .withFailureHandler((loop, source, exception) -> failures.add(exception)));
    }

    @AfterEach
    void close() {
        reactor.close();
        assertThat(failures).as("failures that no test asked for").isEmpty();
    }

    @Test
    @DisplayName("a Unix socket: the same handlers; its file goes with the listener, and a file that is there stays")
    void shouldEchoAndRemoveItsFileWhenItListensOnAPath() throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("socket"));
        Listener listener = reactor.listen(address, ECHO);
        assertThat(listener.localAddress()).isEqualTo(address);
        assertThat(listener.port()).isEqualTo(-1);
        shouldEcho(address);
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> reactor.listen(address, ECHO))
                .matches(e -> e.errno() == Errno.EADDRINUSE);
        shouldEcho(address);

        listener.close();
        await("the file is gone", () -> !Files.exists(address.getPath()));

        Listener second = reactor.listen(address, ECHO);
        Files.delete(address.getPath());
        Files.writeString(address.getPath(), "another file");
        second.close();
        reactor.close();
        assertThat(address.getPath()).hasContent("another file");
    }

    private void shouldEcho(UnixDomainSocketAddress address) throws IOException {
        try (SocketChannel client = SocketChannel.open(address)) {
            client.write(ByteBuffer.wrap("over a path".getBytes()));
            client.shutdownOutput();
            ByteBuffer answer = ByteBuffer.allocate(100);
            while (client.read(answer) >= 0) {
                assertThat(answer.hasRemaining()).isTrue();
            }
            assertThat(new String(answer.array(), 0, answer.position())).isEqualTo("over a path");
        }
    }

    @Test
    @DisplayName("sockets that listen already are taken: an abstract name, and a TCP socket with a backlog of its own")
    void shouldServeWhenASocketIsGiven() throws Exception {
        String name = "epoll4j-" + ProcessHandle.current().pid() + "-" + mechanism;
        UnixListener unix = UnixListener.bind(UnixAddress.abstractName(name));
        Listener listener = reactor.listen(unix, ListenerConfig.DEFAULT, ECHO);
        assertThat(listener.localAddress()).isEqualTo(UnixAddress.abstractName(name));
        try (UnixStream client = UnixStream.connect(UnixAddress.abstractName(name))) {
            assertThat(client.isOpen()).isTrue();
            await("served", () -> listener.connectionCount() == 1);
        }
        TcpListener tcp = TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 7);
        Listener second = reactor.listen(tcp, ListenerConfig.DEFAULT, ECHO);
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), second.port())) {
            client.getOutputStream().write(7);
            assertThat(client.getInputStream().read()).isEqualTo(7);
        }
        second.close();
        await("closed", () -> !tcp.isOpen());
        assertThat(unix.isOpen()).isTrue();
        reactor.close();
        assertThat(unix.isOpen()).isFalse();
    }

    @Test
    @DisplayName("a UnixAddress: an abstract name to listen on and to connect to, and both ends know their peer")
    void shouldConnectWhenTheAddressIsAbstract() throws Exception {
        UnixAddress name = UnixAddress.abstractName("epoll4j-" + ProcessHandle.current().pid() + "-both-" + mechanism);
        CompletableFuture<SocketAddress> client = new CompletableFuture<>();
        Listener listener = reactor.listen(name, connection -> {
            client.complete(connection.remoteAddress());
            return (from, data) -> from.write(data);
        });
        assertThat(listener.localAddress()).isEqualTo(name);
        Connection connection = reactor.connect(name, ECHO).get(20, TimeUnit.SECONDS);
        assertThat(connection.remoteAddress()).isEqualTo(name);
        assertThat(client.get(20, TimeUnit.SECONDS)).isEqualTo(UnixAddress.unnamed());
        connection.closeNow();
        await("closed", () -> !connection.isOpen());
        assertThat(connection.remoteAddress()).as("known after the end").isEqualTo(name);
    }

    @Test
    @DisplayName("SO_LINGER of a given socket is cleared on its connections, whose close would block the loop")
    void shouldNotLingerWhenTheGivenSocketDoes() throws Exception {
        TcpListener tcp = TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        tcp.set(StandardSocketOptions.SO_LINGER, 4);
        CompletableFuture<Connection> opened = new CompletableFuture<>();
        Listener listener = reactor.listen(tcp, ListenerConfig.DEFAULT, connection -> {
            opened.complete(connection);
            return (from, data) -> from.write(data);
        });
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            client.getOutputStream().write(7);
            assertThat(client.getInputStream().read()).isEqualTo(7);
            assertThat(opened.get(20, TimeUnit.SECONDS).get(StandardSocketOptions.SO_LINGER)).isNegative();
        }
    }
}
