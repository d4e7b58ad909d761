package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_BROADCAST;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_REUSEPORT;
import static io.github.epoll4j.net.Sockets.assertErrno;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.bytes;
import static io.github.epoll4j.net.Sockets.loopback;
import static io.github.epoll4j.net.Sockets.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class UdpSocketTest {
    private UdpSocket receiver;
    private UdpSocket sender;

    @BeforeEach
    void open() throws IOException {
        receiver = UdpSocket.bind(loopback());
        sender = UdpSocket.open(StandardProtocolFamily.INET);
    }

    @AfterEach
    void close() {
        sender.close();
        receiver.close();
    }

    @Test
    @DisplayName("the address of a sender who sends again is the same object, and another sender's is another one")
    void shouldTellSendersApartWhenTheyAlternate() throws IOException {
        try (UdpSocket other = UdpSocket.bind(loopback())) {
            InetSocketAddress first = receiveFrom(sender);

            assertThat(receiveFrom(sender)).isSameAs(first).isEqualTo(
                    new InetSocketAddress(loopback().getAddress(), sender.localAddress().getPort()));
            assertThat(receiveFrom(other)).isEqualTo(other.localAddress());
            assertThat(receiveFrom(sender)).isEqualTo(first);
        }
    }

    private InetSocketAddress receiveFrom(UdpSocket socket) throws IOException {
        assertThat(socket.send(bytes("x"), receiver.localAddress())).isTrue();
        await(receiver, EPOLLIN);
        return receiver.receive(ByteBuffer.allocate(1));
    }

    @Test
    void shouldKeepDatagramsApartWhenSeveralWait() throws IOException {
        InetSocketAddress to = receiver.localAddress();
        ByteBuffer first = bytes("..first..").position(2).limit(7);
        assertThat(sender.send(first, to)).isTrue();
        assertThat(first.position()).isEqualTo(7);
        assertThat(sender.send(ByteBuffer.allocateDirect(6).put(bytes("second")).flip(), to)).isTrue();
        try (Arena arena = Arena.ofShared()) {
            assertThat(sender.send(arena.allocate(5).asByteBuffer().put(bytes("third")).flip(), to)).isTrue();
            await(receiver, EPOLLIN);

            ByteBuffer heap = ByteBuffer.allocate(32).position(1);
            InetSocketAddress from = receiver.receive(heap);
            assertThat(from.getAddress()).isEqualTo(loopback().getAddress());
            assertThat(from.getPort()).isEqualTo(sender.localAddress().getPort()).isPositive();
            assertThat(text(heap.flip().position(1))).isEqualTo("first");
            ByteBuffer inArena = arena.allocate(32).asByteBuffer();
            assertThat(receiver.receive(inArena)).isEqualTo(from);
            assertThat(text(inArena.flip())).isEqualTo("second");
            ByteBuffer direct = ByteBuffer.allocateDirect(32);
            assertThat(receiver.receive(direct)).isEqualTo(from);
            assertThat(text(direct.flip())).isEqualTo("third");
            assertThat(receiver.receive(heap.clear())).isNull();
            assertThat(heap.position()).isZero();
        }
    }

    @Test
    @DisplayName("a datagram that is longer than the buffer is cut, and the rest is lost")
    void shouldCutTheDatagramWhenTheBufferIsShort() throws IOException {
        sender.send(bytes("0123456789"), receiver.localAddress());
        sender.send(bytes("next"), receiver.localAddress());
        await(receiver, EPOLLIN);
        ByteBuffer buffer = ByteBuffer.allocate(4);

        assertThat(receiver.receive(buffer)).isNotNull();
        assertThat(text(buffer.flip())).isEqualTo("0123");
        assertThat(receiver.receive(buffer.clear())).isNotNull();
        assertThat(text(buffer.flip())).isEqualTo("next");
    }

    @Test
    @DisplayName("an empty datagram is a datagram, not the end of a stream")
    void shouldReceiveItWhenTheDatagramIsEmpty() throws IOException {
        sender.send(ByteBuffer.allocate(0), receiver.localAddress());
        sender.send(ByteBuffer.allocateDirect(0), receiver.localAddress());
        sender.send(bytes("x"), receiver.localAddress());
        await(receiver, EPOLLIN);
        ByteBuffer buffer = ByteBuffer.allocate(4);

        assertThat(receiver.receive(buffer)).isNotNull();
        assertThat(receiver.read(buffer)).isZero();
        assertThat(buffer.position()).isZero();
        assertThat(receiver.receive(ByteBuffer.allocate(0))).as("no room").isNotNull();
        assertThat(receiver.receive(buffer)).as("the last one was dropped").isNull();
        assertThat(receiver.read(buffer)).as("none, not an empty one").isEqualTo(-1);
    }

    @Test
    @DisplayName("the largest datagram has 65507 bytes; one more is EMSGSIZE, and so is a heap buffer of 100 KB")
    void shouldThrowEmsgsizeWhenTheDatagramIsTooLong() throws IOException {
        InetSocketAddress to = receiver.localAddress();
        ByteBuffer largest = ByteBuffer.allocate(65507);
        largest.put(65506, (byte) 7);
        assertThat(sender.send(largest, to)).isTrue();
        await(receiver, EPOLLIN);
        ByteBuffer received = ByteBuffer.allocate(100_000);
        assertThat(receiver.read(received)).isEqualTo(65507);
        assertThat(received.get(65506)).isEqualTo((byte) 7);

        ByteBuffer tooLong = ByteBuffer.allocate(65508);
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> sender.send(tooLong, to))
                .returns(Errno.EMSGSIZE, ErrnoException::errno)
                .withMessage("sendto(127.0.0.1:" + to.getPort() + "): EMSGSIZE (Message too long)");
        assertThat(tooLong.position()).isZero();
        assertErrno(Errno.EMSGSIZE, () -> sender.send(ByteBuffer.allocate(100_000), to));
        assertErrno(Errno.EMSGSIZE, () -> sender.send(ByteBuffer.allocateDirect(100_000), to));
    }

    @Test
    void shouldReadAndWriteWhenConnected() throws IOException {
        assertThat(sender.remoteAddress()).isNull();
        sender.connect(receiver.localAddress());
        receiver.connect(sender.localAddress());

        assertThat(sender.remoteAddress()).isEqualTo(receiver.localAddress());
        assertThat(sender.write(bytes("ping"))).isEqualTo(4);
        await(receiver, EPOLLIN);
        ByteBuffer buffer = ByteBuffer.allocateDirect(16);
        assertThat(receiver.read(buffer)).isEqualTo(4);
        assertThat(receiver.write(buffer.flip())).isEqualTo(4);
        await(sender, EPOLLIN);
        assertThat(sender.read(buffer.clear())).isEqualTo(4);
        assertThat(text(buffer.flip())).isEqualTo("ping");
        assertThat(sender.read(buffer.clear())).as("none").isEqualTo(-1);
    }

    @Test
    @DisplayName("a connected socket is told that nobody listens")
    void shouldThrowConnrefusedWhenThePeerIsGone() throws IOException {
        sender.connect(receiver.localAddress());
        receiver.close();
        assertThat(sender.write(bytes("x"))).isOne();

        assertThat(await(sender, EPOLLIN)).isEqualTo(EPOLLERR);
        assertErrno(Errno.ECONNREFUSED, () -> sender.read(ByteBuffer.allocate(4)));
        assertThat(sender.read(ByteBuffer.allocate(4))).as("none").isEqualTo(-1);
    }

    @Test
    @DisplayName("disconnect keeps a port that bind was given, and gives back one that the kernel chose")
    void shouldReceiveFromAllWhenDisconnected() throws IOException {
        try (UdpSocket chosen = UdpSocket.bind(loopback(), SO_REUSEPORT.with(true));
                UdpSocket given = UdpSocket.bind(chosen.localAddress(), SO_REUSEPORT.with(true))) {
            InetSocketAddress before = given.localAddress();
            given.connect(receiver.localAddress());
            chosen.connect(receiver.localAddress());

            given.disconnect();
            given.disconnect();
            chosen.disconnect();

            assertThat(given.remoteAddress()).isNull();
            assertThat(given.localAddress()).isEqualTo(before);
            assertThat(chosen.localAddress().getPort()).isZero();
            assertErrno(Errno.EDESTADDRREQ, () -> given.write(bytes("x")));
            sender.send(bytes("x"), before);
            await(given, EPOLLIN);
            assertThat(given.receive(ByteBuffer.allocate(1))).isNotNull();
        }
    }

    @Test
    void shouldReturnTheLengthOfTheNextDatagramWhenAvailableIsAsked() throws IOException {
        assertThat(receiver.available()).isZero();
        sender.send(bytes("12345"), receiver.localAddress());
        sender.send(bytes("1"), receiver.localAddress());
        await(receiver, EPOLLIN);
        assertThat(receiver.available()).isEqualTo(5);
        assertThat(receiver.read(ByteBuffer.allocate(2))).isEqualTo(2);
        assertThat(receiver.available()).isEqualTo(1);
        assertThat(sender.unsent()).isNotNegative();
    }

    @Test
    void shouldRefuseWhenNotConnected() {
        assertErrno(Errno.EDESTADDRREQ, () -> sender.write(bytes("x")));
    }

    @Test
    @DisplayName("SO_BROADCAST: EACCES without it")
    void shouldThrowEaccesWhenBroadcastIsNotAllowed() throws IOException {
        InetSocketAddress all = new InetSocketAddress("127.255.255.255", receiver.localAddress().getPort());
        assertErrno(Errno.EACCES, () -> sender.send(bytes("x"), all));
        sender.set(SO_BROADCAST, true);
        assertThat(sender.send(bytes("x"), all)).isTrue();
    }

    @Test
    void shouldApplySettingsBeforeBind() throws IOException {
        try (UdpSocket one = UdpSocket.bind(loopback(), SO_REUSEPORT.with(true));
                UdpSocket two = UdpSocket.bind(one.localAddress(), SO_REUSEPORT.with(true))) {
            assertThat(two.localAddress()).isEqualTo(one.localAddress());
        }
    }

    @Test
    void shouldLeaveNoDescriptorWhenBindFails() throws IOException {
        InetSocketAddress taken = receiver.localAddress();
        long before = Fds.count();
        assertErrno(Errno.EADDRINUSE, () -> UdpSocket.bind(taken));
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    void shouldRefuseWhenArgumentsAreWrong() {
        ByteBuffer buffer = ByteBuffer.allocate(1);
        assertThatIllegalArgumentException().isThrownBy(() -> UdpSocket.open(StandardProtocolFamily.UNIX));
        assertThatIllegalArgumentException().isThrownBy(() -> receiver.receive(buffer.asReadOnlyBuffer()));
        assertThatIllegalArgumentException().isThrownBy(() -> receiver.read(buffer.asReadOnlyBuffer()));
        assertThatExceptionOfType(UnresolvedAddressException.class)
                .isThrownBy(() -> sender.send(buffer, InetSocketAddress.createUnresolved("localhost", 1)));
    }

    @Test
    void shouldBeCloseOnExecAndNonBlockingUntilClosed() throws IOException {
        int wanted = unistd_h.O_CLOEXEC | unistd_h.O_NONBLOCK;
        assertThat(Fds.flags(sender.fd()) & wanted).isEqualTo(wanted);
        InetSocketAddress to = receiver.localAddress();
        sender.close();
        ByteBuffer buffer = ByteBuffer.allocate(1);
        assertThatIllegalStateException().isThrownBy(() -> sender.send(buffer, to)).withMessage("UdpSocket is closed");
        assertThatIllegalStateException().isThrownBy(() -> sender.receive(buffer));
        assertThatIllegalStateException().isThrownBy(() -> sender.connect(to));
        assertThatIllegalStateException().isThrownBy(() -> sender.read(buffer));
        assertThatIllegalStateException().isThrownBy(() -> sender.write(buffer));
    }
}
