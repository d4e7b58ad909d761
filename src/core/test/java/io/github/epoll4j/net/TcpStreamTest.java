package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLPRI;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLRDHUP;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_LINGER;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_OOBINLINE;
import static io.github.epoll4j.net.Sockets.assertErrno;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.bytes;
import static io.github.epoll4j.net.Sockets.loopback;
import static io.github.epoll4j.net.Sockets.read;
import static io.github.epoll4j.net.Sockets.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.Sockets.Connected;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TcpStreamTest {
    private Connected pair;
    private TcpStream client;
    private TcpStream server;

    @BeforeEach
    void open() throws IOException {
        pair = Sockets.tcp(loopback());
        client = (TcpStream) pair.client();
        server = (TcpStream) pair.server();
    }

    @AfterEach
    void close() {
        pair.close();
    }

    @Test
    @DisplayName("C63: a refused attempt makes the stream writable, and finishConnect tells why, each time")
    void shouldTellWhyWhenTheAttemptIsRefused() throws IOException {
        try (Socket silent = new Socket()) { // bound, so that nobody else gets the port, but not listening
            silent.bind(loopback());
            InetSocketAddress address = new InetSocketAddress(loopback().getAddress(), silent.getLocalPort());
            try (TcpStream refused = TcpStream.connect(address)) {
                assertThat(await(refused, EPOLLIN | EPOLLOUT | EPOLLRDHUP))
                        .isEqualTo(EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLERR | EPOLLHUP);
                for (int i = 0; i < 2; i++) {
                    assertThatExceptionOfType(ErrnoException.class).isThrownBy(refused::finishConnect)
                            .returns(Errno.ECONNREFUSED, ErrnoException::errno)
                            .withMessage("connect(127.0.0.1:" + address.getPort()
                                    + "): ECONNREFUSED (Connection refused)");
                }
                assertThat(refused.remoteAddress()).isNull();
            }
            try (TcpStream refused = TcpStream.connect(address)) {
                await(refused, EPOLLOUT);
                assertThat(refused.error()).isEqualTo(Errno.ECONNREFUSED);
                assertThat(refused.error()).as("cleared").isZero();
                assertErrno(Errno.ECONNREFUSED, refused::finishConnect);
            }
        }
    }

    @Test
    @DisplayName("finishConnect does not say 'under way' for ever when a read was told why the attempt failed")
    void shouldThrowWhenAReadHasTakenTheErrorOfTheAttempt() throws IOException {
        try (Socket silent = new Socket()) {
            silent.bind(loopback());
            InetSocketAddress address = new InetSocketAddress(loopback().getAddress(), silent.getLocalPort());
            try (TcpStream refused = TcpStream.connect(address)) {
                await(refused, EPOLLOUT);
                assertErrno(Errno.ECONNREFUSED, () -> refused.read(ByteBuffer.allocate(1)));

                assertErrno(Errno.ENOTCONN, refused::finishConnect);
                assertErrno(Errno.ENOTCONN, refused::finishConnect);
            }
        }
    }

    @Test
    void shouldThrowWhenAReadHasTakenTheErrorOfAConnectionThatWasReset() throws IOException {
        try (TcpListener listener = TcpListener.bind(loopback());
                TcpStream stream = TcpStream.connect(listener.localAddress())) {
            await(listener, EPOLLIN);
            TcpStream peer = listener.accept();
            peer.set(SO_LINGER, Duration.ZERO);
            peer.close();
            await(stream, EPOLLRDHUP);
            assertErrno(Errno.ECONNRESET, () -> stream.read(ByteBuffer.allocate(1)));

            assertErrno(Errno.ENOTCONN, stream::finishConnect);
        }
    }

    @Test
    void shouldLeaveNoDescriptorWhenTheAttemptCannotStart() throws IOException {
        long before = Fds.count();
        InetSocketAddress broadcast = new InetSocketAddress("255.255.255.255", 9);
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> TcpStream.connect(broadcast))
                .withMessageStartingWith("connect(255.255.255.255:9): E");
        assertErrno(Errno.EINVAL, () -> TcpStream.connect(loopback(), LinuxSocketOptions.TCP_KEEPCNT.with(-1)));
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    @DisplayName("while the attempt goes on, reads and writes would block")
    void shouldAnswerZeroWhenNotConnectedYet() throws IOException {
        try (TcpListener listener = TcpListener.bind(loopback(), 0);
                TcpStream first = TcpStream.connect(listener.localAddress())) {
            await(first, EPOLLOUT);
            try (TcpStream second = TcpStream.connect(listener.localAddress())) {
                assertThat(second.finishConnect()).isFalse();
                assertThat(second.read(ByteBuffer.allocate(1))).isZero();
                assertThat(second.write(bytes("x"))).isZero();
                assertThat(second.finishConnect()).isFalse();
            }
        }
    }

    @Test
    @DisplayName("SO_LINGER 0: close resets the connection, and drops what was on its way")
    void shouldThrowConnresetWhenThePeerResets() throws IOException {
        client.set(SO_LINGER, Duration.ZERO);
        client.close();

        assertThat(await(server, EPOLLIN | EPOLLOUT | EPOLLRDHUP))
                .isEqualTo(EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLERR | EPOLLHUP);
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> server.read(ByteBuffer.allocate(1)))
                .withMessage("recv(fd=" + server.fd() + "): ECONNRESET (Connection reset by peer)");
        assertThat(server.read(ByteBuffer.allocate(1))).as("the error was fetched").isEqualTo(-1);
        assertErrno(Errno.EPIPE, () -> server.write(bytes("x")));
        assertErrno(Errno.ENOTCONN, server::shutdownOutput);
    }

    @Test
    @DisplayName("the peer's address is known after a reset, and after close, on both sides")
    void shouldKnowThePeerWhenTheConnectionIsOver() throws IOException {
        InetSocketAddress clientAddress = client.localAddress();
        InetSocketAddress serverAddress = server.localAddress();
        client.set(SO_LINGER, Duration.ZERO);
        client.close();
        await(server, EPOLLRDHUP);
        assertErrno(Errno.ECONNRESET, () -> server.read(ByteBuffer.allocate(1)));

        assertThat(server.remoteAddress()).isEqualTo(clientAddress);
        server.close();
        assertThat(server.remoteAddress()).isEqualTo(clientAddress);
        assertThat(client.remoteAddress()).isEqualTo(serverAddress);
    }

    @Test
    void shouldFetchAndClearWhenAskedForTheError() throws IOException {
        assertThat(server.error()).isZero();
        client.set(SO_LINGER, Duration.ZERO);
        client.close();
        await(server, EPOLLRDHUP);

        assertThat(server.error()).isEqualTo(Errno.ECONNRESET);
        assertThat(server.error()).isZero();
        assertThat(server.finishConnect()).as("it was connected").isTrue();
    }

    @Test
    @DisplayName("C64: an urgent byte is EPOLLPRI, and lies beside the stream")
    void shouldReceiveTheUrgentByteBesideTheStreamWhenSent() throws IOException {
        write(client, "ab");
        assertThat(client.sendUrgent((byte) 200)).isTrue();
        write(client, "cd");

        await(server, EPOLLPRI);
        assertThat(server.receiveUrgent()).isEqualTo(200);
        assertThat(server.receiveUrgent()).isEqualTo(TcpStream.NO_URGENT_BYTE);
        assertThat(read(server) + read(server)).isEqualTo("abcd");
    }

    @Test
    @DisplayName("SO_OOBINLINE leaves the urgent byte in the stream")
    void shouldReadTheUrgentByteInTheStreamWhenInline() throws IOException {
        server.set(SO_OOBINLINE, true);
        assertThat(client.sendUrgent((byte) '!')).isTrue();

        await(server, EPOLLPRI);
        assertThat(server.receiveUrgent()).isEqualTo(TcpStream.URGENT_BYTE_INLINE);
        assertThat(read(server)).isEqualTo("!");
    }

    @Test
    void shouldRefuseWhenClosed() {
        client.close();
        assertThatIllegalStateException().isThrownBy(client::finishConnect).withMessage("TcpStream is closed");
        assertThatIllegalStateException().isThrownBy(client::localAddress);
        assertThatIllegalStateException().isThrownBy(() -> client.sendUrgent((byte) 0));
        assertThatIllegalStateException().isThrownBy(client::receiveUrgent);
    }
}
