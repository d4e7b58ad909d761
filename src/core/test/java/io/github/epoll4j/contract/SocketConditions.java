package io.github.epoll4j.contract;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLPRI;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLRDHUP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.LibC;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.net.SocketOption;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.StreamSocket;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.net.UdpSocket;
import io.github.epoll4j.net.UnixListener;
import io.github.epoll4j.net.UnixMessageSocket;
import io.github.epoll4j.net.UnixStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.UUID;

/** Sockets, brought into each condition, and settled: nothing is on its way when a descriptor is handed out. */
final class SocketConditions {
    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int STREAM_NONBLOCK_CLOEXEC = 1 | 0x800 | 0x80000;
    private static final int SMALL = 8192;
    private static final int SHUT_RD = 0;
    private static final int SHUT_WR = 1;
    private static final int SHUT_RDWR = 2;
    private static final int MSG_OOB = 1;

    private final Conditions conditions;

    SocketConditions(Conditions conditions) {
        this.conditions = conditions;
    }

    int make(String kind, String condition) throws Exception {
        return switch (kind) {
            case "tcp" -> switch (condition) {
                case "not connected" -> fresh(AF_INET);
                case "connecting" -> connecting();
                case "refused" -> refused(false);
                case "refused, error read" -> refused(true);
                default -> connected(condition);
            };
            case "tcp listener" -> tcpListener(condition);
            case "unix stream" -> condition.equals("not connected") ? fresh(AF_UNIX) : unixStream(condition);
            case "unix listener" -> unixListener(condition);
            case "unix datagram" -> unixMessages(open(SocketPair.openDatagram()), condition);
            case "unix seqpacket" -> unixMessages(open(SocketPair.openSequencedPacket()), condition);
            case "udp" -> udp(condition);
            default -> throw new AssertionError(kind);
        };
    }

    private <T extends AutoCloseable> T open(T resource) {
        return conditions.open(resource);
    }

    static InetSocketAddress loopback() throws IOException {
        return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0);
    }

    private int fresh(int family) throws ErrnoException {
        int fd = LibC.call("socket", family, STREAM_NONBLOCK_CLOEXEC, 0);
        return open(FileFd.adopt(ErrnoException.check(fd, "socket", ""))).fd();
    }

    /** The queue of the listener is full, so that it does not answer. */
    private int connecting() throws IOException {
        TcpListener listener = open(TcpListener.bind(loopback(), 1));
        int port = listener.localAddress().getPort();
        for (int i = 0; i < 2; i++) {
            open(TcpStream.connect(listener.localAddress()));
        }
        TcpTable.await(port, 2, entry -> entry.state() == TcpTable.ESTABLISHED);
        return open(TcpStream.connect(listener.localAddress())).fd();
    }

    private int refused(boolean read) throws IOException {
        Socket bound = open(new Socket()); // which does not listen, and keeps its port from others
        bound.bind(loopback());
        TcpStream stream = open(TcpStream.connect((InetSocketAddress) bound.getLocalSocketAddress()));
        Conditions.await(stream, EPOLLERR);
        if (read) {
            stream.error();
        }
        return stream.fd();
    }

    private int tcpListener(String condition) throws IOException {
        TcpListener listener = open(TcpListener.bind(loopback()));
        switch (condition) {
            case "connection" -> {
                open(TcpStream.connect(listener.localAddress()));
                Conditions.await(listener, EPOLLIN);
            }
            case "shut" -> shutdown(listener.fd(), SHUT_RDWR);
            default -> assertThat(condition).isEqualTo("idle");
        }
        return listener.fd();
    }

    private int connected(String condition) throws IOException {
        TcpListener listener = open(TcpListener.bind(loopback(), SocketOption.SO_RCVBUF.with(SMALL)));
        TcpStream here = open(TcpStream.connect(listener.localAddress(), SocketOption.SO_SNDBUF.with(SMALL)));
        Conditions.await(listener, EPOLLIN);
        TcpStream peer = open(listener.accept());
        Conditions.await(here, EPOLLOUT);
        assertThat(here.finishConnect()).isTrue();
        int port = here.localAddress().getPort();
        if (condition.equals("full")) {
            fill(here, port);
            return here.fd();
        }
        if (condition.contains("urgent")) {
            urgent(condition, here, peer);
        } else {
            stream(condition, here, peer);
        }
        TcpTable.awaitQuiet(port);
        return here.fd();
    }

    private static void urgent(String condition, TcpStream here, TcpStream peer) throws IOException {
        if (condition.startsWith("data")) {
            peer.write(ByteBuffer.allocate(1));
            Conditions.await(here, EPOLLIN);
        }
        assertThat(peer.sendUrgent((byte) 1)).isTrue();
        Conditions.await(here, EPOLLPRI);
        if (condition.endsWith("read")) {
            assertThat(here.receiveUrgent()).isOne();
        }
    }

    private void stream(String condition, StreamSocket here, StreamSocket peer) throws IOException {
        if (condition.startsWith("data")) {
            peer.write(ByteBuffer.allocate(1));
            Conditions.await(here, EPOLLIN);
        }
        switch (condition) {
            case "peer half-closed", "data and peer half-closed" -> {
                peer.shutdownOutput();
                Conditions.await(here, EPOLLRDHUP);
            }
            case "own half-closed" -> {
                here.shutdownOutput();
                Conditions.await(peer, EPOLLRDHUP);
            }
            case "own reading shut" -> here.shutdownInput();
            case "both half-closed" -> {
                peer.shutdownOutput();
                Conditions.await(here, EPOLLRDHUP);
                here.shutdownOutput();
                Conditions.await(peer, EPOLLHUP);
            }
            case "peer closed" -> {
                peer.close();
                Conditions.await(here, EPOLLRDHUP);
            }
            case "reset", "reset, error read", "data and reset" -> reset(condition, here, peer);
            default -> assertThat(condition).isIn("idle", "data");
        }
    }

    private void reset(String condition, StreamSocket here, StreamSocket peer) throws IOException {
        if (peer instanceof TcpStream) {
            peer.set(SocketOption.SO_LINGER, Duration.ZERO);
        } else {
            here.write(ByteBuffer.allocate(1)); // which the peer leaves unread
        }
        peer.close();
        Conditions.await(here, EPOLLHUP);
        if (condition.endsWith("error read")) {
            assertThat(LibC.call("read", here.fd(), " ", 1L)).isNegative();
        }
    }

    /** Writes until the peer's window is shut and nothing is on its way. */
    private static void fill(TcpStream here, int port) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(SMALL);
        TcpTable.await(port, 1, entry -> {
            int written;
            do {
                try {
                    written = here.write(bytes.clear());
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            } while (written > 0);
            return entry.probesWindow();
        });
    }

    private int unixStream(String condition) throws IOException {
        SocketPair<UnixStream> pair = open(SocketPair.open());
        switch (condition) {
            case "full" -> {
                while (pair.first().write(ByteBuffer.allocate(SMALL)) > 0) {
                    assertThat(pair.first().isOpen()).isTrue();
                }
            }
            case "urgent byte" -> {
                int sent = LibC.call("send", pair.second().fd(), "!", 1L, MSG_OOB);
                assumeTrue(sent != -Errno.EOPNOTSUPP, "this kernel has no urgent data on Unix sockets");
                assertThat(sent).isOne();
            }
            default -> stream(condition, pair.first(), pair.second());
        }
        return pair.first().fd();
    }

    private int unixListener(String condition) throws IOException {
        String name = "epoll4j-" + UUID.randomUUID();
        UnixListener listener = open(UnixListener.bindAbstract(name));
        switch (condition) {
            case "connection" -> open(UnixStream.connectAbstract(name));
            case "shut" -> shutdown(listener.fd(), SHUT_RDWR);
            default -> assertThat(condition).isEqualTo("idle");
        }
        return listener.fd();
    }

    private static void shutdown(int fd, int direction) {
        assertThat(LibC.call("shutdown", fd, direction)).isZero();
    }

    private static int unixMessages(SocketPair<UnixMessageSocket> pair, String condition) throws IOException {
        switch (condition) {
            case "peer half-closed" -> shutdown(pair.second().fd(), SHUT_WR);
            case "own half-closed" -> shutdown(pair.first().fd(), SHUT_WR);
            case "own reading shut" -> shutdown(pair.first().fd(), SHUT_RD);
            case "both half-closed" -> shutdown(pair.first().fd(), SHUT_RDWR);
            case "message" -> pair.second().write(ByteBuffer.allocate(1));
            case "peer closed" -> pair.second().close();
            case "full" -> {
                while (pair.first().write(ByteBuffer.allocate(1)) > 0) {
                    assertThat(pair.first().isOpen()).isTrue();
                }
            }
            default -> assertThat(condition).isEqualTo("idle");
        }
        return pair.first().fd();
    }

    private int udp(String condition) throws IOException {
        UdpSocket socket = open(UdpSocket.bind(loopback()));
        switch (condition) {
            case "datagram", "empty datagram" -> {
                socket.send(ByteBuffer.allocate(condition.startsWith("empty") ? 0 : 1), socket.localAddress());
                Conditions.await(socket, EPOLLIN);
            }
            case "own reading shut", "own half-closed", "both half-closed" -> {
                socket.connect(socket.localAddress());
                shutdown(socket.fd(), condition.equals("own reading shut") ? SHUT_RD
                        : condition.equals("own half-closed") ? SHUT_WR : SHUT_RDWR);
            }
            case "refused" -> {
                UdpSocket deaf = open(UdpSocket.bind(loopback())); // hears itself alone, and keeps its port from others
                deaf.connect(deaf.localAddress());
                socket.connect(deaf.localAddress());
                socket.write(ByteBuffer.allocate(1));
                Conditions.await(socket, EPOLLERR);
            }
            default -> assertThat(condition).isEqualTo("idle");
        }
        return socket.fd();
    }
}
