package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_REUSEADDR;
import static io.github.epoll4j.net.Sockets.assertErrno;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.bytes;
import static io.github.epoll4j.net.Sockets.loopback;
import static io.github.epoll4j.net.Sockets.read;
import static io.github.epoll4j.net.Sockets.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.testing.ChildJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sockets that are opened first, then set up, bound, connected, or told to listen. */
class OpenSocketTest {
    @ParameterizedTest
    @EnumSource(value = StandardProtocolFamily.class, names = {"INET", "INET6"})
    void shouldConnectFromItsAddressWhenBoundBefore(ProtocolFamily family) throws IOException {
        boolean isInet6 = family == StandardProtocolFamily.INET6;
        if (isInet6) {
            Sockets.assumeIpv6();
        }
        InetSocketAddress any = isInet6 ? Sockets.loopback6() : loopback();
        try (TcpListener listener = TcpListener.open(family); TcpStream client = TcpStream.open(family)) {
            assertThat(listener.get(SO_REUSEADDR)).isTrue();
            listener.bindTo(any);
            listener.listen(5);
            client.bindTo(any);
            InetSocketAddress own = client.localAddress();
            assertThat(own.getPort()).isPositive();
            assertThat(client.remoteAddress()).isNull();
            client.connectTo(listener.localAddress());
            await(listener, EPOLLIN);
            try (TcpStream server = listener.accept()) {
                assertThat(server.remoteAddress()).isEqualTo(own);
                await(client, EPOLLOUT);
                assertThat(client.finishConnect()).isTrue();
                client.connectTo(listener.localAddress()); // the kernel's answer to the second call is the result
                assertErrno(Errno.EISCONN, () -> client.connectTo(listener.localAddress()));
                assertThat(client.finishConnect()).isTrue();
                write(client, "hello");
                assertThat(read(server)).isEqualTo("hello");
            }
        }
    }

    @Test
    @DisplayName("an IPv6 socket connects and binds to IPv4 addresses")
    void shouldServeIpv4WhenTheSocketIsIpv6() throws IOException {
        Sockets.assumeIpv6();
        try (TcpListener listener = TcpListener.open(StandardProtocolFamily.INET6);
                TcpStream client = TcpStream.open(StandardProtocolFamily.INET6);
                UdpSocket udp = UdpSocket.open(StandardProtocolFamily.INET6)) {
            listener.bindTo(loopback());
            listener.listen(1);
            assertThat(listener.localAddress().getAddress()).isEqualTo(loopback().getAddress());
            client.connectTo(listener.localAddress());
            await(client, EPOLLOUT);
            assertThat(client.finishConnect()).isTrue();
            assertThat(client.remoteAddress()).isEqualTo(listener.localAddress());
            udp.bindTo(loopback());
            assertThat(udp.localAddress().getAddress()).isEqualTo(loopback().getAddress());
        }
    }

    @Test
    @DisplayName("calls in the wrong order: the kernel's errno, each time")
    void shouldThrowTheKernelsErrnoWhenTheStateIsWrong() throws IOException {
        try (TcpListener listener = TcpListener.open(StandardProtocolFamily.INET);
                UnixListener unix = UnixListener.open();
                TcpStream stream = TcpStream.open(StandardProtocolFamily.INET);
                UnixStream unixStream = UnixStream.open();
                UdpSocket udp = UdpSocket.bind(loopback())) {
            assertThatExceptionOfType(ErrnoException.class).isThrownBy(listener::accept)
                    .withMessage("accept4(fd=" + listener.fd() + "): EINVAL (Invalid argument)");
            assertErrno(Errno.EINVAL, unix::accept);
            assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> unix.listen(5))
                    .withMessage("listen(fd=" + unix.fd() + ", backlog=5): EINVAL (Invalid argument)");
            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(ErrnoException.class).isThrownBy(stream::finishConnect)
                        .withMessageStartingWith("connect(fd=" + stream.fd() + "): ENOTCONN");
            }
            assertErrno(Errno.ENOTCONN, () -> stream.read(ByteBuffer.allocate(1)));
            assertErrno(Errno.EPIPE, () -> stream.write(bytes("x")));
            assertErrno(Errno.ENOTCONN, stream::shutdownOutput);
            assertThat(stream.remoteAddress()).isNull();
            assertErrno(Errno.EINVAL, () -> unixStream.read(ByteBuffer.allocate(1)));
            assertErrno(Errno.ENOTCONN, () -> unixStream.write(bytes("x")));
            assertThat(unixStream.remoteAddress()).isNull();
            assertThat(unixStream.localAddress()).isEqualTo(UnixAddress.unnamed());
            stream.bindTo(loopback());
            assertErrno(Errno.EINVAL, () -> stream.bindTo(loopback()));
            listener.bindTo(loopback());
            assertErrno(Errno.EINVAL, () -> listener.bindTo(loopback()));
            assertErrno(Errno.EINVAL, () -> udp.bindTo(loopback()));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> TcpStream.open(StandardProtocolFamily.UNIX))
                .withMessage("neither INET nor INET6: UNIX");
    }

    @Test
    @DisplayName("listen(2) EADDRINUSE: two sockets may have an address with SO_REUSEADDR, and one of them listens")
    void shouldThrowEaddrinuseWhenTheAddressIsTaken() throws IOException {
        try (TcpListener listener = TcpListener.open(StandardProtocolFamily.INET);
                TcpListener other = TcpListener.open(StandardProtocolFamily.INET);
                TcpStream stream = TcpStream.open(StandardProtocolFamily.INET)) {
            listener.bindTo(loopback());
            other.bindTo(listener.localAddress());
            listener.listen(1);
            assertErrno(Errno.EADDRINUSE, () -> other.listen(1));
            assertErrno(Errno.EADDRINUSE, () -> stream.bindTo(listener.localAddress()));
        }
    }

    @Test
    @DisplayName("connect(2) EALREADY: the first attempt waits for a full listener; ECONNABORTED: it has failed")
    void shouldThrowWhenAnAttemptWasMadeBefore() throws IOException {
        try (TcpListener full = TcpListener.bind(loopback(), 0);
                TcpStream accepted = TcpStream.connect(full.localAddress())) {
            await(full, EPOLLIN);
            assertThat(accepted.isOpen()).isTrue();
            try (TcpStream waiting = TcpStream.connect(full.localAddress())) {
                assertErrno(Errno.EALREADY, () -> waiting.connectTo(full.localAddress()));
            }
        }
        try (TcpListener silent = TcpListener.open(StandardProtocolFamily.INET)) {
            silent.bindTo(loopback());
            try (TcpStream refused = TcpStream.connect(silent.localAddress())) {
                await(refused, EPOLLOUT);
                assertThat(refused.error()).isEqualTo(Errno.ECONNREFUSED);
                assertErrno(Errno.ECONNABORTED, () -> refused.connectTo(silent.localAddress()));
            }
        }
    }

    @Test
    @DisplayName("one kind of listener for both families")
    void shouldAcceptFromEitherWhenListenersAreMixed() throws IOException {
        UnixAddress name = UnixAddress.abstractName("epoll4j-" + UUID.randomUUID());
        try (TcpListener tcp = TcpListener.bind(loopback()); UnixListener unix = UnixListener.bind(name);
                TcpStream one = TcpStream.connect(tcp.localAddress()); UnixStream two = UnixStream.connect(name)) {
            for (StreamListener listener : List.of(tcp, unix)) {
                await(listener, EPOLLIN);
                try (StreamSocket server = listener.accept()) {
                    assertThat(server.isOpen()).isTrue();
                }
                assertThat(listener.accept()).isNull();
            }
            assertThat(List.of(tcp, unix)).extracting(StreamListener::localAddress)
                    .containsExactly(tcp.localAddress(), name);
            assertThat(one.isOpen() && two.isOpen()).isTrue();
        }
    }

    @Test
    @DisplayName("one system call per accept, the peer's address included")
    void shouldMakeOneCallWhenAConnectionIsAcceptedAndItsPeerAsked() throws Exception {
        ChildJvm.Result result = ChildJvm.of(Accepting.class)
                .underStrace("-e", "trace=accept4,getpeername").run();

        assertThat(result.lines()).containsExactly("true");
        assertThat(result.traced("accept4(")).isEqualTo(Accepting.COUNT);
        assertThat(result.traced("getpeername(")).isZero();
    }

    /** Accepts connections, and prints whether the peers' addresses are right. */
    static final class Accepting {
        static final int COUNT = 20;

        public static void main(String[] args) throws IOException {
            boolean areRight = true;
            InetSocketAddress address = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0);
            try (TcpListener listener = TcpListener.bind(address); EpollInstance epoll = EpollInstance.open();
                    EpollEventArray events = EpollEventArray.allocate(1)) {
                epoll.add(listener.fd(), EPOLLIN);
                InetSocketAddress to = listener.localAddress();
                for (int i = 0; i < COUNT; i++) {
                    try (TcpStream client = TcpStream.connect(to)) {
                        epoll.await(events, Duration.ofSeconds(20));
                        TcpStream server = listener.accept();
                        server.close();
                        areRight &= server.remoteAddress().equals(client.localAddress());
                    }
                }
            }
            System.out.println(areRight);
        }
    }
}
