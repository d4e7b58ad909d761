package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.net.Sockets.assertErrno;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.bytes;
import static io.github.epoll4j.net.Sockets.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.LibC;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unix datagrams and sequenced packets with addresses. */
class UnixMessageTest {
    @TempDir
    private Path folder;

    private UnixAddress address(boolean isAbstract, String name) {
        return isAbstract
                ? UnixAddress.abstractName("epoll4j-" + name + "-" + UUID.randomUUID())
                : UnixAddress.path(folder.resolve(name));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAnswerTheSenderWhenADatagramIsReceived(boolean isAbstract) throws IOException {
        UnixAddress here = address(isAbstract, "here");
        UnixAddress there = address(isAbstract, "there");
        ByteBuffer buffer = ByteBuffer.allocate(16);
        try (UnixMessageSocket one = UnixMessageSocket.openDatagram();
                UnixMessageSocket two = UnixMessageSocket.openDatagram(LinuxSocketOptions.SO_SNDBUF.with(10_000));
                UnixMessageSocket stranger = UnixMessageSocket.openDatagram()) {
            one.bindTo(here);
            two.bindTo(there);
            assertThat(one.localAddress()).isEqualTo(here);
            assertThat(one.remoteAddress()).isNull();
            assertThat(two.get(LinuxSocketOptions.SO_SNDBUF)).isEqualTo(20_000);
            assertThat(one.receive(buffer)).as("none").isNull();

            assertThat(two.send(bytes("question"), here)).isTrue();
            await(one, EPOLLIN);
            UnixAddress sender = one.receive(buffer);
            assertThat(sender).isEqualTo(there);
            assertThat(text(buffer.flip())).isEqualTo("question");
            assertThat(one.send(bytes("answer"), sender)).isTrue();
            assertThat(two.receive(buffer.clear())).isEqualTo(here);
            assertThat(text(buffer.flip())).isEqualTo("answer");

            assertThat(stranger.send(bytes(""), here)).isTrue();
            assertThat(one.receive(buffer.clear())).isEqualTo(UnixAddress.unnamed());
            assertThat(buffer.position()).isZero();

            two.connect(here);
            assertThat(two.remoteAddress()).isEqualTo(here);
            assertThat(two.write(bytes("connected"))).isEqualTo(9);
            assertThat(one.receive(buffer.clear())).isEqualTo(there);
            assertErrno(Errno.EPERM, () -> stranger.send(bytes("x"), there));
        }
    }

    @Test
    void shouldThrowWhenNoSocketHasTheAddress() throws IOException {
        UnixAddress missing = address(false, "missing");
        try (UnixMessageSocket socket = UnixMessageSocket.openDatagram()) {
            assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> socket.send(bytes("x"), missing))
                    .withMessage("sendto(fd=" + socket.fd() + ", " + missing + "): ENOENT (No such file or directory)");
            assertErrno(Errno.ECONNREFUSED, () -> socket.send(bytes("x"), UnixAddress.abstractName("epoll4j-nobody")));
            assertErrno(Errno.ENOENT, () -> socket.connect(missing));
            assertErrno(Errno.ENOTCONN, () -> socket.write(bytes("x")));
            assertErrno(Errno.EMSGSIZE, () -> socket.send(ByteBuffer.allocate(10_000_000), missing));
        }
    }

    @Test
    void shouldThrowTheKernelsErrnoWhenItCannotBeBoundOrConnected() throws IOException {
        UnixAddress address = address(false, "listener");
        UnixAddress stream = address(false, "stream");
        Path loop = folder.resolve("loop");
        Files.createSymbolicLink(loop, loop);
        try (UnixMessageListener listener = UnixMessageListener.bind(address);
                UnixListener streams = UnixListener.bind(stream);
                UnixMessageSocket packets = UnixMessageSocket.openSequencedPacket();
                UnixMessageSocket late = UnixMessageSocket.openSequencedPacket();
                UnixMessageSocket datagrams = UnixMessageSocket.openDatagram()) {
            assertThat(streams.isOpen()).isTrue();
            assertErrno(Errno.EADDRINUSE, () -> datagrams.bindTo(address));
            assertErrno(Errno.ENOTDIR, () -> datagrams.bindTo(address(false, "stream/in-a-socket")));
            assertErrno(Errno.ELOOP, () -> datagrams.bindTo(address(false, "loop/in-a-loop")));
            datagrams.bindTo(address(false, "own"));
            assertErrno(Errno.EINVAL, () -> datagrams.bindTo(address(false, "other")));
            assertErrno(Errno.EPROTOTYPE, () -> datagrams.connect(stream));
            assertThat(LibC.call("listen", listener.fd(), 0)).as("a queue for one").isZero();
            packets.connect(address);
            assertErrno(Errno.EAGAIN, () -> late.connect(address));
            assertErrno(Errno.ENOTCONN, () -> late.send(bytes("x"), address));
            try (UnixMessageSocket server = listener.accept()) {
                assertErrno(Errno.EISCONN, () -> packets.connect(address));
                assertThat(packets.send(bytes("x"), stream)).isTrue();
                assertThat(server.read(ByteBuffer.allocate(2))).as("to the peer, whatever the address").isOne();
            }
        }
    }

    @Test
    void shouldBlockWhenTheReceiverDoesNotRead() throws IOException {
        UnixAddress here = address(true, "full");
        try (UnixMessageSocket one = UnixMessageSocket.openDatagram();
                UnixMessageSocket two = UnixMessageSocket.openDatagram()) {
            one.bindTo(here);
            int sent = 0;
            ByteBuffer message = bytes("x");
            while (two.send(message.clear(), here)) {
                sent++;
            }
            assertThat(sent).isPositive();
            assertThat(message.hasRemaining()).as("not taken").isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepPacketsApartWhenConnectedToAListener(boolean isAbstract) throws IOException {
        UnixAddress address = address(isAbstract, "packets");
        ByteBuffer buffer = ByteBuffer.allocate(16);
        UnixMessageSocket client = UnixMessageSocket.openSequencedPacket();
        try (client; UnixMessageListener listener = UnixMessageListener.bind(address)) {
            assertThat(listener.localAddress()).isEqualTo(address);
            assertThat(listener.accept()).isNull();
            assertErrno(Errno.ENOTCONN, () -> client.write(bytes("too early")));
            client.connect(address);
            await(listener, EPOLLIN);
            try (UnixMessageSocket server = listener.accept()) {
                assertThat(server.localAddress()).isEqualTo(address);
                assertThat(server.remoteAddress()).isEqualTo(UnixAddress.unnamed());
                client.write(bytes("one"));
                client.write(bytes("two"));
                assertThat(server.read(buffer)).isEqualTo(3);
                assertThat(server.read(buffer)).isEqualTo(3);
                assertThat(text(buffer.flip())).isEqualTo("onetwo");
                assertThatExceptionOfType(UnsupportedOperationException.class)
                        .isThrownBy(() -> server.receive(buffer));
                client.close();
                assertThat(server.read(buffer.clear())).as("the end").isZero();
            }
        }
    }

    @Test
    void shouldLeaveNoDescriptorWhenBindIsRefused() throws IOException {
        UnixAddress address = address(false, "taken");
        try (UnixMessageListener listener = UnixMessageListener.bind(address)) {
            long before = Fds.count();
            assertErrno(Errno.EADDRINUSE, () -> UnixMessageListener.bind(address));
            assertErrno(Errno.EOPNOTSUPP,
                    () -> UnixMessageListener.bind(address, LinuxSocketOptions.TCP_NODELAY.with(true)));
            assertErrno(Errno.EPROTOTYPE, () -> UnixStream.connect(address));
            assertThat(Fds.count()).isEqualTo(before);
            try (UnixMessageListener adopted = UnixMessageListener.adopt(listener.duplicate().fd())) {
                assertThat(adopted.localAddress()).isEqualTo(address);
            }
        }
    }

    @Test
    void shouldListenWhenOpenedStepByStep() throws IOException {
        UnixAddress address = address(true, "steps");
        try (UnixMessageListener listener = UnixMessageListener.open(LinuxSocketOptions.SO_SNDBUF.with(10_000));
                UnixMessageSocket client = UnixMessageSocket.openSequencedPacket();
                UnixMessageSocket late = UnixMessageSocket.openSequencedPacket()) {
            assertThat(listener.get(LinuxSocketOptions.SO_SNDBUF)).isEqualTo(20_000);
            assertErrno(Errno.EINVAL, () -> listener.listen(1));
            assertErrno(Errno.EINVAL, listener::accept);
            listener.bindTo(address);
            assertErrno(Errno.EINVAL, () -> listener.bindTo(address(true, "other")));
            assertErrno(Errno.ECONNREFUSED, () -> client.connect(address));
            listener.listen(0);
            client.connect(address);
            assertErrno(Errno.EAGAIN, () -> late.connect(address));
            listener.listen(1);
            late.connect(address);
        }
    }

    @Test
    void shouldLimitTheQueueWhenBoundWithABacklog() throws IOException {
        UnixAddress address = address(true, "backlog");
        try (UnixMessageListener listener = UnixMessageListener.bind(address, 0);
                UnixMessageSocket client = UnixMessageSocket.openSequencedPacket();
                UnixMessageSocket late = UnixMessageSocket.openSequencedPacket()) {
            assertThat(listener.localAddress()).isEqualTo(address);
            client.connect(address);
            assertErrno(Errno.EAGAIN, () -> late.connect(address));
        }
    }

    @Test
    void shouldKnowThePeerAfterCloseWhenConnected() throws IOException {
        UnixAddress address = address(true, "listener");
        UnixAddress own = address(true, "client");
        try (UnixMessageListener listener = UnixMessageListener.bind(address)) {
            UnixMessageSocket client = UnixMessageSocket.openSequencedPacket();
            client.bindTo(own);
            client.connect(address);
            UnixMessageSocket server = listener.accept();
            server.close();
            client.close();
            assertThat(server.remoteAddress()).isEqualTo(own);
            assertThat(client.remoteAddress()).isEqualTo(address);
        }
    }
}
