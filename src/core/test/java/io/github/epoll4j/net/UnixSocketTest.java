package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLRDHUP;
import static io.github.epoll4j.net.Sockets.assertErrno;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.read;
import static io.github.epoll4j.net.Sockets.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
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

    private UnixAddress path(String name) {
        return UnixAddress.path(folder.resolve(name));
    }

    private static String uniqueName() {
        return "epoll4j-" + UUID.randomUUID();
    }

    @Test
    void shouldConnectWhenSomebodyListensOnThePath() throws IOException {
        UnixAddress address = path("socket");
        try (UnixListener listener = UnixListener.bind(address)) {
            assertThat(listener.localAddress()).isEqualTo(address);
            assertThat(listener.accept()).isNull();
            try (UnixStream client = UnixStream.connect(address)) {
                await(listener, EPOLLIN);
                try (UnixStream server = listener.accept()) {
                    assertThat(client.remoteAddress()).isEqualTo(address);
                    assertThat(client.localAddress()).isEqualTo(UnixAddress.unnamed());
                    assertThat(server.remoteAddress()).isEqualTo(UnixAddress.unnamed());
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
        UnixAddress address = path("jdk");
        try (UnixListener listener = UnixListener.bind(address);
                SocketChannel channel = SocketChannel.open(address.toJdk().orElseThrow())) {
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
        UnixAddress address = path("stays");
        UnixListener.bind(address).close();

        assertThat(folder.resolve("stays")).exists();
        assertErrno(Errno.ECONNREFUSED, () -> UnixStream.connect(address));
        long before = Fds.count();
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> UnixListener.bind(address))
                .withMessageStartingWith("bind(fd=")
                .withMessageEndingWith(", " + address + "): EADDRINUSE (Address already in use)");
        assertThat(Fds.count()).isEqualTo(before);
        Files.delete(folder.resolve("stays"));
        UnixListener.bind(address, 3).close();
    }

    @Test
    void shouldThrowEnoentWhenThereIsNoFile() throws IOException {
        long before = Fds.count();
        UnixAddress address = path("missing");
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> UnixStream.connect(address))
                .withMessage("connect(" + address + "): ENOENT (No such file or directory)");
        assertErrno(Errno.ENOENT, () -> UnixListener.bind(path("missing/socket")));
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    void shouldConnectWhenTheNameIsAbstract() throws IOException {
        String name = uniqueName() + "-\u00e9\u20ac";
        UnixAddress address = UnixAddress.abstractName(name);
        try (UnixListener listener = UnixListener.bind(address);
                UnixStream client = UnixStream.connect(address)) {
            await(listener, EPOLLIN);
            try (UnixStream server = listener.accept()) {
                assertThat(Files.readString(Path.of("/proc/net/unix"))).contains("@" + name + "\n");
                assertThat(listener.localAddress()).isEqualTo(address);
                assertThat(client.remoteAddress()).isEqualTo(address);
                write(server, "abstract");
                assertThat(read(client)).isEqualTo("abstract");
            }
            assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> UnixListener.bind(address))
                    .withMessageStartingWith("bind(fd=")
                    .withMessageEndingWith(", @" + name + "): EADDRINUSE (Address already in use)");
        }
        assertErrno(Errno.ECONNREFUSED, () -> UnixStream.connect(address));
        UnixListener.bind(address, 1).close();
    }

    @Test
    @DisplayName("a path has up to 108 bytes, an abstract name up to 107")
    void shouldConnectWhenTheNameHasAllBytes() throws IOException {
        String longest = (uniqueName() + "x".repeat(107)).substring(0, 107);
        UnixAddress name = UnixAddress.abstractName(longest);
        try (UnixListener listener = UnixListener.bind(name); UnixStream client = UnixStream.connect(name)) {
            assertThat(listener.localAddress()).isEqualTo(name);
            assertThat(client.isOpen()).isTrue();
        }
        int room = 108 - folder.toString().length() - 1;
        UnixAddress path = path("x".repeat(room));
        try (UnixListener listener = UnixListener.bind(path); UnixStream client = UnixStream.connect(path)) {
            assertThat(listener.localAddress()).isEqualTo(path);
            assertThat(folder.resolve("x".repeat(room))).exists();
            assertThat(client.isOpen()).isTrue();
        }
    }

    @Test
    @DisplayName("a full queue is EAGAIN for a Unix socket, not an attempt under way")
    void shouldThrowEagainWhenTheQueueIsFull() throws IOException {
        String name = uniqueName();
        try (UnixListener listener = UnixListener.bind(UnixAddress.abstractName(name), 0);
                UnixStream first = UnixStream.connect(UnixAddress.abstractName(name))) {
            long before = Fds.count();
            assertErrno(Errno.EAGAIN, () -> UnixStream.connect(UnixAddress.abstractName(name)));
            assertThat(Fds.count()).isEqualTo(before);
            listener.accept().close();
            UnixStream.connect(UnixAddress.abstractName(name)).close();
            assertThat(first.isOpen()).isTrue();
        }
    }

    @Test
    void shouldThrowTheKernelsErrnoWhenAStreamCannotBeBoundOrConnected() throws IOException {
        UnixAddress address = path("address");
        Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"));
        try (UnixListener listener = UnixListener.bind(address); UnixStream stream = UnixStream.open()) {
            assertErrno(Errno.EINVAL, () -> listener.bindTo(path("other")));
            assertErrno(Errno.EADDRINUSE, () -> stream.bindTo(address));
            assertErrno(Errno.ENOTDIR, () -> stream.bindTo(path("address/in-a-socket")));
            assertErrno(Errno.ELOOP, () -> stream.bindTo(path("loop/in-a-loop")));
            stream.bindTo(path("own"));
            assertErrno(Errno.EINVAL, () -> stream.bindTo(path("other")));
            stream.connectTo(address);
            assertErrno(Errno.EISCONN, () -> stream.connectTo(address));
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
