package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLRDHUP;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.bytes;
import static io.github.epoll4j.net.Sockets.loopback;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.Sockets.Connected;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("a failure that a peer causes has no stack trace, any other one has")
class StackTraceTest {
    private static void assertNoTrace(int errno, String message, ThrowingCallable call) {
        ErrnoException thrown = catchThrowableOfType(ErrnoException.class, call);
        assertThat(thrown.getStackTrace()).isEmpty();
        assertThat(thrown.errno()).isEqualTo(errno);
        assertThat(thrown).hasMessage(message)
                .hasToString("io.github.epoll4j.ErrnoException: " + message);
    }

    @Test
    void shouldHaveNoneWhenThePeerResets() throws IOException {
        try (Connected pair = Sockets.tcp(loopback())) {
            StreamSocket server = pair.server();
            pair.client().set(LinuxSocketOptions.SO_LINGER, Duration.ZERO);
            pair.client().close();
            await(server, EPOLLRDHUP);
            assertNoTrace(Errno.ECONNRESET, "recv(fd=" + server.fd() + "): ECONNRESET (Connection reset by peer)",
                    () -> server.read(ByteBuffer.allocate(1)));
            String broken = "(fd=" + server.fd() + "): EPIPE (Broken pipe)";
            assertNoTrace(Errno.EPIPE, "send" + broken, () -> server.write(bytes("x")));
            assertNoTrace(Errno.EPIPE, "sendmsg" + broken, () -> server.write(bytes("x"), bytes("y")));
        }
    }

    @Test
    void shouldHaveNoneWhenThePeerOfAMessageSocketIsGone() throws IOException {
        UnixAddress any = UnixAddress.abstractName("epoll4j-any");
        try (SocketPair<UnixMessageSocket> packets = SocketPair.openSequencedPacket();
                SocketPair<UnixMessageSocket> datagrams = SocketPair.openDatagram();
                UnixMessageSocket third = UnixMessageSocket.openDatagram()) {
            packets.second().close();
            UnixMessageSocket packet = packets.first();
            assertNoTrace(Errno.EPIPE, "sendto(fd=" + packet.fd() + ", " + any + "): EPIPE (Broken pipe)",
                    () -> packet.send(bytes("x"), any));

            third.bindTo(UnixAddress.unnamed());
            UnixMessageSocket datagram = datagrams.first();
            datagram.write(bytes("lost"));
            datagrams.second().connect(third.localAddress());
            assertNoTrace(Errno.ECONNRESET, "recvfrom(fd=" + datagram.fd() + "): ECONNRESET (Connection reset by peer)",
                    () -> datagram.receive(ByteBuffer.allocate(1)));
        }
    }

    @Test
    void shouldHaveOneWhenTheFailureIsAnother() throws IOException {
        try (UdpSocket socket = UdpSocket.bind(loopback())) {
            ErrnoException thrown =
                    catchThrowableOfType(ErrnoException.class, () -> socket.write(bytes("x")));
            assertThat(thrown.errno()).isEqualTo(Errno.EDESTADDRREQ);
            assertThat(thrown.getStackTrace()).isNotEmpty();
        }
    }
}
