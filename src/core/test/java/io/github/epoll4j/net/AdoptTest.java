package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.net.Sockets.assertErrno;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.bytes;
import static io.github.epoll4j.net.Sockets.loopback;
import static io.github.epoll4j.net.Sockets.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.net.Sockets.Connected;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AdoptTest {
    private static final int BLOCKING_AND_INHERITED = 0;

    /** A second number for a socket, blocking and inherited, as another program would pass it on. */
    private static int passedOn(SocketFd socket) {
        int fd = FdCalls.fcntl(socket.fd(), unistd_h.F_DUPFD_CLOEXEC, 0);
        assertThat(fd).isPositive();
        assertThat(FdCalls.fcntl(fd, unistd_h.F_SETFL, BLOCKING_AND_INHERITED)).isZero();
        assertThat(FdCalls.fcntl(fd, unistd_h.F_SETFD, BLOCKING_AND_INHERITED)).isZero();
        return fd;
    }

    private static void assertLikeOurs(SocketFd socket) {
        int status = FdCalls.fcntl(socket.fd(), unistd_h.F_GETFL, 0);
        assertThat(status & unistd_h.O_NONBLOCK).as("non-blocking").isNotZero();
        int flags = FdCalls.fcntl(socket.fd(), unistd_h.F_GETFD, 0);
        assertThat(flags & unistd_h.FD_CLOEXEC).as("close-on-exec").isNotZero();
    }

    @Test
    void shouldAcceptWhenListenersAreAdopted() throws IOException {
        String name = "epoll4j-adopt-" + ProcessHandle.current().pid();
        try (TcpListener tcp = TcpListener.bind(loopback());
                TcpListener adopted = TcpListener.adoptSocket(passedOn(tcp));
                UnixListener unix = UnixListener.bindAbstract(name);
                UnixListener adoptedUnix = UnixListener.adoptSocket(passedOn(unix))) {
            assertLikeOurs(adopted);
            assertLikeOurs(adoptedUnix);
            assertThat(adopted.accept()).isNull();
            assertThat(adopted.localAddress()).isEqualTo(tcp.localAddress());
            try (UnixStream client = UnixStream.connectAbstract(name); UnixStream server = adoptedUnix.accept()) {
                assertThat(client.write(bytes("a"), bytes("b"), bytes("c"))).isEqualTo(3);
                assertThat(read(server)).isEqualTo("abc");
            }
        }
    }

    @Test
    void shouldMoveBytesWhenStreamsAreAdopted() throws IOException {
        try (Connected tcp = Sockets.tcp(loopback()); TcpStream adopted = TcpStream.adoptSocket(passedOn(tcp.client()));
                Connected unix = Sockets.unix();
                UnixStream adoptedUnix = UnixStream.adoptSocket(passedOn(unix.client()))) {
            assertLikeOurs(adopted);
            assertLikeOurs(adoptedUnix);
            assertThat(adopted.finishConnect()).isTrue();
            assertThat(adopted.write(bytes("tcp"))).isEqualTo(3);
            assertThat(adoptedUnix.write(bytes("unix"))).isEqualTo(4);
            assertThat(read(tcp.server())).isEqualTo("tcp");
            assertThat(read(unix.server())).isEqualTo("unix");
        }
    }

    @Test
    void shouldSendWhenAUdpSocketIsAdopted() throws IOException {
        try (UdpSocket receiver = UdpSocket.bind(loopback());
                UdpSocket sender = UdpSocket.open(StandardProtocolFamily.INET, SocketOption.SO_BROADCAST.with(true));
                UdpSocket adopted = UdpSocket.adoptSocket(passedOn(sender))) {
            assertLikeOurs(adopted);
            assertThat(adopted.get(SocketOption.SO_BROADCAST)).isTrue();
            assertThat(adopted.send(bytes("x"), receiver.localAddress())).isTrue();
            await(receiver, EPOLLIN);
            assertThat(receiver.read(ByteBuffer.allocate(2))).isOne();
        }
    }

    @Test
    void shouldRefuseWhenTheDescriptorIsSomethingElse() throws IOException {
        try (TcpListener listener = TcpListener.bind(loopback()); EventFd event = EventFd.open()) {
            int fd = listener.fd();
            assertThatIllegalArgumentException().isThrownBy(() -> TcpStream.adoptSocket(fd))
                    .withMessage("fd=" + fd + " is not a TCP socket that does not listen");
            assertThatIllegalArgumentException().isThrownBy(() -> UdpSocket.adoptSocket(fd));
            assertThatIllegalArgumentException().isThrownBy(() -> UnixListener.adoptSocket(fd));
            assertThatIllegalArgumentException().isThrownBy(() -> UnixStream.adoptSocket(fd));
            assertThatIllegalArgumentException().isThrownBy(() -> TcpListener.adoptSocket(-1));
            assertErrno(Errno.ENOTSOCK, () -> TcpListener.adoptSocket(event.fd()));
        }
    }
}
