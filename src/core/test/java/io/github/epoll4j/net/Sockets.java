package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Connected sockets, and bounded waits for what is to happen to them. */
final class Sockets {
    /** Two ends of a connection, and what else there is to close. */
    record Connected(StreamSocket client, StreamSocket server) implements AutoCloseable {
        @Override
        public void close() {
            client.close();
            server.close();
        }
    }

    private Sockets() {
    }

    static InetSocketAddress loopback() throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0);
    }

    static InetSocketAddress loopback6() throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName("::1"), 0);
    }

    static void assumeIpv6() throws IOException {
        Path addresses = Path.of("/proc/net/if_inet6");
        assumeTrue(Files.exists(addresses) && Files.readString(addresses).contains(" lo\n"),
                "this host has no IPv6 loopback address");
    }

    static Connected tcp(InetSocketAddress address, SocketSetting<?>... settings) throws ErrnoException {
        try (TcpListener listener = TcpListener.bind(address, settings)) {
            TcpStream client = TcpStream.connect(listener.localAddress(), settings);
            await(listener, EPOLLIN);
            TcpStream server = listener.accept();
            await(client, EPOLLOUT);
            assertThat(client.finishConnect()).isTrue();
            return new Connected(client, server);
        }
    }

    static Connected unix() throws ErrnoException {
        SocketPair<UnixStream> pair = SocketPair.open();
        return new Connected(pair.first(), pair.second());
    }

    /** Waits until a descriptor has one of some events, for 20 seconds, and answers what it has. */
    static int await(int fd, int events) throws ErrnoException {
        try (EpollInstance epoll = EpollInstance.open(); EpollEventArray ready = EpollEventArray.allocate(1)) {
            epoll.add(fd, events);
            assertThat(epoll.await(ready, Duration.ofSeconds(20))).as("ready").isOne();
            return ready.flags(0);
        }
    }

    static int await(SocketFd socket, int events) throws ErrnoException {
        return await(socket.fd(), events);
    }

    /** Writes the whole text, which must be small enough for one call. */
    static void write(StreamSocket to, String text) throws ErrnoException {
        ByteBuffer bytes = bytes(text);
        assertThat(to.write(bytes)).isEqualTo(text.length());
        assertThat(bytes.hasRemaining()).isFalse();
    }

    /** Waits for bytes and reads once; the end of the stream is "END". */
    static String read(StreamSocket from) throws ErrnoException {
        await(from, EPOLLIN);
        ByteBuffer buffer = ByteBuffer.allocate(1024);
        return from.read(buffer) == -1 ? "END" : text(buffer.flip());
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    static String text(ByteBuffer bytes) {
        return StandardCharsets.US_ASCII.decode(bytes.duplicate()).toString();
    }

    static void assertErrno(int errno, ThrowingCallable call) {
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(call)
                .matches(e -> e.errno() == errno, "errno " + errno);
    }
}
