package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.net.Sockets.assertErrno;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.bytes;
import static io.github.epoll4j.net.Sockets.loopback;
import static io.github.epoll4j.net.Sockets.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.net.Sockets.Connected;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AdoptTest {
    private static final int BLOCKING_AND_INHERITED = 0;
    private static final List<Adoption> TYPES = List.of(TcpListener::adopt, TcpStream::adopt, UdpSocket::adopt,
            UnixListener::adopt, UnixStream::adopt, UnixMessageListener::adopt, UnixMessageSocket::adoptDatagram,
            UnixMessageSocket::adoptSequencedPacket, AnySocket::adopt);

    private interface Adoption {
        SocketFd adopt(int fd) throws IOException;
    }

    private interface Passing {
        SocketFd adopt(FileFd file) throws IOException;
    }

    private static void assertPasses(SocketFd original, Passing type) throws IOException {
        FileFd file = original.duplicate();
        int fd = file.fd();
        try (SocketFd owner = type.adopt(file)) {
            assertThat(owner).hasSameClassAs(original).returns(fd, SocketFd::fd);
            assertThat(file.isOpen()).isFalse();
        }
    }

    @Test
    void shouldPassToItsTypeWhenAFileOfEachKindIsAdopted() throws IOException {
        UnixAddress name = UnixAddress.abstractName("epoll4j-pass-" + ProcessHandle.current().pid());
        UnixAddress packets = UnixAddress.abstractName("epoll4j-pass2-" + ProcessHandle.current().pid());
        try (TcpListener tcp = TcpListener.bind(loopback()); UnixListener unix = UnixListener.bind(name);
                UnixMessageListener listener = UnixMessageListener.bind(packets);
                UdpSocket udp = UdpSocket.bind(loopback()); Connected ends = Sockets.tcp(loopback());
                SocketPair<UnixStream> streams = SocketPair.open();
                SocketPair<UnixMessageSocket> datagram = SocketPair.openDatagram();
                SocketPair<UnixMessageSocket> packet = SocketPair.openSequencedPacket()) {
            assertPasses(tcp, TcpListener::adopt);
            assertPasses(unix, UnixListener::adopt);
            assertPasses(listener, UnixMessageListener::adopt);
            assertPasses(udp, UdpSocket::adopt);
            assertPasses(ends.client(), TcpStream::adopt);
            assertPasses(streams.first(), UnixStream::adopt);
            assertPasses(datagram.first(), UnixMessageSocket::adoptDatagram);
            assertPasses(packet.first(), UnixMessageSocket::adoptSequencedPacket);
        }
    }

    @Test
    void shouldLeaveTheFileOpenWhenItsKindIsWrong() throws IOException {
        try (EventFd event = EventFd.open(); FileFd file = event.duplicate()) {
            for (Passing type : List.<Passing>of(TcpListener::adopt, TcpStream::adopt, UdpSocket::adopt,
                    UnixListener::adopt, UnixStream::adopt, UnixMessageListener::adopt,
                    UnixMessageSocket::adoptDatagram, UnixMessageSocket::adoptSequencedPacket, AnySocket::adopt)) {
                assertErrno(Errno.ENOTSOCK, () -> type.adopt(file));
                assertThat(file.isOpen()).isTrue();
            }
        }
    }

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
        UnixAddress name = UnixAddress.abstractName("epoll4j-adopt-" + ProcessHandle.current().pid());
        try (TcpListener tcp = TcpListener.bind(loopback());
                TcpListener adopted = TcpListener.adopt(passedOn(tcp));
                UnixListener unix = UnixListener.bind(name);
                UnixListener adoptedUnix = UnixListener.adopt(passedOn(unix))) {
            assertLikeOurs(adopted);
            assertLikeOurs(adoptedUnix);
            assertThat(adopted.accept()).isNull();
            assertThat(adopted.localAddress()).isEqualTo(tcp.localAddress());
            try (UnixStream client = UnixStream.connect(name); UnixStream server = adoptedUnix.accept()) {
                assertThat(client.write(bytes("a"), bytes("b"), bytes("c"))).isEqualTo(3);
                assertThat(read(server)).isEqualTo("abc");
            }
        }
    }

    @Test
    void shouldMoveBytesWhenStreamsAreAdopted() throws IOException {
        try (Connected tcp = Sockets.tcp(loopback());
                TcpStream adopted = TcpStream.adopt(passedOn(tcp.client()));
                Connected unix = Sockets.unix();
                UnixStream adoptedUnix = UnixStream.adopt(passedOn(unix.client()))) {
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
    @DisplayName("an adopted TCP socket that is not connected is not reported as connected")
    void shouldKnowTheStateWhenATcpSocketIsAdopted() throws IOException {
        try (TcpListener listener = TcpListener.bind(loopback());
                TcpStream fresh = TcpStream.open(StandardProtocolFamily.INET);
                TcpStream adopted = TcpStream.adopt(passedOn(fresh))) {
            assertErrno(Errno.ENOTCONN, adopted::finishConnect);
            adopted.connectTo(listener.localAddress());
            await(adopted, EPOLLOUT);
            assertThat(adopted.finishConnect()).isTrue();
        }
        try (Socket silent = new Socket()) {
            silent.bind(loopback());
            InetSocketAddress address = new InetSocketAddress(loopback().getAddress(), silent.getLocalPort());
            try (TcpStream stream = TcpStream.connect(address); TcpStream adopted = TcpStream.adopt(passedOn(stream))) {
                await(adopted, EPOLLOUT);
                assertErrno(Errno.ECONNREFUSED, adopted::finishConnect);
                assertErrno(Errno.ECONNREFUSED, adopted::finishConnect);
            }
        }
        try (TcpListener listener = TcpListener.bind(loopback(), 0);
                TcpStream first = TcpStream.connect(listener.localAddress())) {
            await(first, EPOLLOUT);
            try (TcpStream late = TcpStream.connect(listener.localAddress());
                    TcpStream adopted = TcpStream.adopt(passedOn(late))) {
                assertThat(adopted.finishConnect()).as("no place in the queue").isFalse();
                assertThat(adopted.remoteAddress()).isNull();
            }
        }
    }

    @Test
    void shouldKnowThePeerAfterCloseWhenAConnectedTcpSocketIsAdopted() throws IOException {
        try (Connected tcp = Sockets.tcp(loopback())) {
            TcpStream adopted = TcpStream.adopt(passedOn(tcp.client()));
            adopted.close();
            assertThat(adopted.remoteAddress()).isEqualTo(((TcpStream) tcp.server()).localAddress());
        }
    }

    @Test
    void shouldSendWhenAUdpSocketIsAdopted() throws IOException {
        try (UdpSocket receiver = UdpSocket.bind(loopback());
                UdpSocket sender = UdpSocket.open(
                        StandardProtocolFamily.INET, LinuxSocketOptions.SO_BROADCAST.with(true));
                UdpSocket adopted = UdpSocket.adopt(passedOn(sender))) {
            assertLikeOurs(adopted);
            assertThat(adopted.get(LinuxSocketOptions.SO_BROADCAST)).isTrue();
            assertThat(adopted.send(bytes("x"), receiver.localAddress())).isTrue();
            await(receiver, EPOLLIN);
            assertThat(receiver.read(ByteBuffer.allocate(2))).isOne();
        }
    }

    @Test
    void shouldRefuseWhenTheDescriptorIsSomethingElse() throws IOException {
        try (TcpListener listener = TcpListener.bind(loopback()); EventFd event = EventFd.open();
                SocketPair<UnixMessageSocket> pair = SocketPair.openSequencedPacket()) {
            int fd = listener.fd();
            refused(() -> TcpStream.adopt(fd), "fd=" + fd + " is not a TCP socket: it is a listening TCP socket");
            refused(() -> UdpSocket.adopt(fd), "fd=" + fd + " is not a UDP socket: it is a listening TCP socket");
            refused(() -> UnixListener.adopt(fd),
                    "fd=" + fd + " is not a listening Unix stream socket: it is a listening TCP socket");
            refused(() -> UnixStream.adopt(fd),
                    "fd=" + fd + " is not a Unix stream socket: it is a listening TCP socket");
            refused(() -> TcpListener.adopt(-1), "not a descriptor: -1");
            int packets = pair.first().fd();
            refused(() -> UnixMessageSocket.adoptDatagram(packets), "fd=" + packets
                    + " is not a Unix datagram socket: it is a Unix sequenced-packet socket");
            refused(() -> UnixMessageListener.adopt(packets), "fd=" + packets
                    + " is not a listening Unix sequenced-packet socket: it is a Unix sequenced-packet socket");
            refused(() -> UnixMessageSocket.adoptSequencedPacket(fd), "fd=" + fd
                    + " is not a Unix sequenced-packet socket: it is a listening TCP socket");
            for (Adoption type : TYPES) {
                assertErrno(Errno.ENOTSOCK, () -> type.adopt(event.fd()));
                assertErrno(Errno.EBADF, () -> type.adopt(Integer.MAX_VALUE));
            }
        }
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
    }

    @Test
    void shouldMoveMessagesWhenMessageSocketsAreAdopted() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(8);
        try (SocketPair<UnixMessageSocket> datagrams = SocketPair.openDatagram();
                UnixMessageSocket datagram = UnixMessageSocket.adoptDatagram(passedOn(datagrams.first()));
                SocketPair<UnixMessageSocket> packets = SocketPair.openSequencedPacket();
                UnixMessageSocket packet = UnixMessageSocket.adoptSequencedPacket(passedOn(packets.first()))) {
            assertLikeOurs(datagram);
            assertLikeOurs(packet);
            datagrams.second().write(bytes("one"));
            assertThat(datagram.read(buffer)).isEqualTo(3);
            packets.second().close();
            assertThat(packet.read(buffer)).as("the end").isZero();
        }
    }
}
