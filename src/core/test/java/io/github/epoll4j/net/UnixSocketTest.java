package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLRDHUP;
import static io.github.epoll4j.net.Sockets.assertErrno;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.read;
import static io.github.epoll4j.net.Sockets.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketTest {
    @TempDir
    private Path folder;

    private UnixDomainSocketAddress path(String name) {
        return UnixDomainSocketAddress.of(folder.resolve(name));
    }

    private static String uniqueName() {
        return "epoll4j-" + UUID.randomUUID();
    }

    @Test
    void shouldConnectWhenSomebodyListensOnThePath() throws IOException {
        UnixDomainSocketAddress address = path("socket");
        try (UnixListener listener = UnixListener.bind(address)) {
            assertThat(listener.localAddress()).isEqualTo(address);
            assertThat(listener.accept()).isNull();
            try (UnixStream client = UnixStream.connect(address)) {
                await(listener, EPOLLIN);
                try (UnixStream server = listener.accept()) {
                    assertThat(client.remoteAddress()).isEqualTo(address);
                    assertThat(client.localAddress()).as("unnamed").isNull();
                    assertThat(server.remoteAddress()).as("unnamed").isNull();
                    assertThat(server.localAddress()).isEqualTo(address);
                    write(client, "hello");
                    assertThat(read(server)).isEqualTo("hello");
                }
            }
        }
    }

    @Test
    @DisplayName("the JDK's own channel connects to the path")
    void shouldServeTheJdkWhenItConnects() throws IOException {
        UnixDomainSocketAddress address = path("jdk");
        try (UnixListener listener = UnixListener.bind(address);
                SocketChannel channel = SocketChannel.open(address)) {
            await(listener, EPOLLIN);
            try (UnixStream server = listener.accept()) {
                channel.write(ByteBuffer.wrap(new byte[] {'o', 'k'}));
                assertThat(read(server)).isEqualTo("ok");
            }
        }
    }

    @Test
    @DisplayName("the file stays after close, as in C, and blocks the next bind until it is removed")
    void shouldLeaveTheFileWhenClosed() throws IOException {
        UnixDomainSocketAddress address = path("stays");
        UnixListener.bind(address).close();

        assertThat(address.getPath()).exists();
        assertErrno(Errno.ECONNREFUSED, () -> UnixStream.connect(address));
        long before = Fds.count();
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> UnixListener.bind(address))
                .withMessage("bind(" + address + "): EADDRINUSE (Address already in use)");
        assertThat(Fds.count()).isEqualTo(before);
        Files.delete(address.getPath());
        UnixListener.bind(address, 3).close();
    }

    @Test
    void shouldThrowEnoentWhenThereIsNoFile() throws IOException {
        long before = Fds.count();
        UnixDomainSocketAddress address = path("missing");
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> UnixStream.connect(address))
                .withMessage("connect(" + address + "): ENOENT (No such file or directory)");
        assertErrno(Errno.ENOENT, () -> UnixListener.bind(path("missing/socket")));
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    void shouldConnectWhenTheNameIsAbstract() throws IOException {
        String name = uniqueName() + "-\u00e9\u20ac";
        try (UnixListener listener = UnixListener.bindAbstract(name);
                UnixStream client = UnixStream.connectAbstract(name)) {
            await(listener, EPOLLIN);
            try (UnixStream server = listener.accept()) {
                assertThat(Files.readString(Path.of("/proc/net/unix"))).contains("@" + name + "\n");
                assertThat(listener.localAddress()).isNull();
                assertThat(client.remoteAddress()).isNull();
                write(server, "abstract");
                assertThat(read(client)).isEqualTo("abstract");
            }
            assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> UnixListener.bindAbstract(name))
                    .withMessage("bind(@" + name + "): EADDRINUSE (Address already in use)");
        }
        assertErrno(Errno.ECONNREFUSED, () -> UnixStream.connectAbstract(name));
        UnixListener.bindAbstract(name, 1).close();
    }

    @Test
    @DisplayName("107 bytes is the longest name, and the exception says so")
    void shouldRefuseWhenTheNameIsTooLong() throws IOException {
        String longest = (uniqueName() + "x".repeat(107)).substring(0, 107);
        try (UnixListener listener = UnixListener.bindAbstract(longest);
                UnixStream client = UnixStream.connectAbstract(longest)) {
            assertThat(listener.isOpen() && client.isOpen()).isTrue();
        }
        assertThatIllegalArgumentException().isThrownBy(() -> UnixListener.bindAbstract(longest + "x"))
                .withMessage("the abstract name has 108 bytes; the limit is 107");
        assertThatIllegalArgumentException().isThrownBy(() -> UnixStream.connectAbstract("\u20ac".repeat(36)));
        assertThatIllegalArgumentException().isThrownBy(() -> UnixListener.bindAbstract(""));

        int room = 107 - folder.toString().length() - 1;
        UnixListener.bind(path("x".repeat(room))).close();
        assertThat(folder.resolve("x".repeat(room))).exists();
        assertThatIllegalArgumentException().isThrownBy(() -> UnixListener.bind(path("x".repeat(room + 1))))
                .withMessage("the path has 108 bytes; the limit is 107");
        assertThatIllegalArgumentException().isThrownBy(() -> UnixStream.connect(UnixDomainSocketAddress.of("")));
    }

    @Test
    @DisplayName("a full queue is EAGAIN for a Unix socket, not an attempt under way")
    void shouldThrowEagainWhenTheQueueIsFull() throws IOException {
        String name = uniqueName();
        try (UnixListener listener = UnixListener.bindAbstract(name, 0);
                UnixStream first = UnixStream.connectAbstract(name)) {
            long before = Fds.count();
            assertErrno(Errno.EAGAIN, () -> UnixStream.connectAbstract(name));
            assertThat(Fds.count()).isEqualTo(before);
            listener.accept().close();
            UnixStream.connectAbstract(name).close();
            assertThat(first.isOpen()).isTrue();
        }
    }

    @Test
    @DisplayName("a peer that closes with bytes unread is ECONNRESET")
    void shouldThrowConnresetWhenThePeerLeftBytesUnread() throws IOException {
        try (SocketPair<UnixStream> pair = SocketPair.open()) {
            write(pair.first(), "never read");
            pair.second().close();
            await(pair.first(), EPOLLRDHUP);
            assertErrno(Errno.ECONNRESET, () -> pair.first().read(ByteBuffer.allocate(1)));
            assertErrno(Errno.EPIPE, () -> pair.first().write(ByteBuffer.allocate(1)));
        }
    }
}
