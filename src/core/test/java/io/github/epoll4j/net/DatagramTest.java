package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.net.Sockets.assertErrno;
import static io.github.epoll4j.net.Sockets.assumeIpv6;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.bytes;
import static io.github.epoll4j.net.Sockets.loopback;
import static io.github.epoll4j.net.Sockets.loopback6;
import static io.github.epoll4j.net.Sockets.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.LibC;
import io.github.epoll4j.Waiters;
import io.github.epoll4j.internal.gen.message.message_h;
import io.github.epoll4j.internal.gen.socket.socket_h;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a datagram is sent and received with besides its bytes, and many at once. */
@Timeout(60)
class DatagramTest {
    private final DatagramInfo info = new DatagramInfo();
    private final ByteBuffer buffer = ByteBuffer.allocate(16);
    private UdpSocket receiver;
    private UdpSocket sender;

    @BeforeEach
    void open() throws IOException {
        receiver = UdpSocket.bind(loopback());
        sender = UdpSocket.bind(loopback());
    }

    @AfterEach
    void close() {
        sender.close();
        receiver.close();
    }

    private static InetAddress address(String text) throws IOException {
        return InetAddress.getByName(text);
    }

    private static InetSocketAddress at(String address, UdpSocket socket) throws IOException {
        return new InetSocketAddress(address(address), socket.localAddress().getPort());
    }

    @Test
    void shouldReportSenderAndLengthWhenADatagramIsReceived() throws IOException {
        assertThat(receiver.receive(buffer, info)).as("none").isEqualTo(-1);
        assertThat(info.sender()).isNull();
        sender.send(bytes("abc"), receiver.localAddress());
        sender.send(ByteBuffer.allocate(0), receiver.localAddress());
        await(receiver, EPOLLIN);

        assertThat(receiver.receive(buffer.position(1), info)).isEqualTo(3);
        assertThat(text(buffer.flip().position(1))).isEqualTo("abc");
        assertThat(info.sender()).isEqualTo(sender.localAddress());
        assertThat(info.length()).isEqualTo(3);
        assertThat(info.isTruncated()).isFalse();
        assertThat(info.localAddress()).as("not asked for").isNull();
        assertThat(info.segmentSize()).isZero();
        assertThat(receiver.receive(buffer.clear(), info)).as("empty").isZero();
        assertThat(receiver.receive(buffer.clear(), info)).as("none").isEqualTo(-1);
        assertThatIllegalArgumentException().isThrownBy(() -> receiver.receive(buffer.asReadOnlyBuffer(), info));
    }

    @Test
    @DisplayName("a datagram that was cut is reported, with the length that it had, for memory of all kinds")
    void shouldReportThatItWasCutWhenTheBufferIsShort() throws IOException {
        try (Arena arena = Arena.ofShared()) {
            for (ByteBuffer shorter : List.of(ByteBuffer.allocate(4), ByteBuffer.allocateDirect(4),
                    arena.allocate(4).asByteBuffer())) {
                sender.send(bytes("0123456789"), receiver.localAddress());
                sender.send(bytes("next"), receiver.localAddress());
                await(receiver, EPOLLIN);

                assertThat(receiver.receive(shorter, info)).isEqualTo(4);
                assertThat(text(shorter.flip())).isEqualTo("0123");
                assertThat(info.isTruncated()).isTrue();
                assertThat(info.length()).isEqualTo(10);
                await(receiver, EPOLLIN);
                assertThat(receiver.receive(shorter.clear(), info)).isEqualTo(4);
                assertThat(info.isTruncated()).isFalse();
            }
        }
    }

    @Test
    @DisplayName("on a wildcard address the answer comes from the address that was asked")
    void shouldAnswerFromTheAddressThatWasAskedWhenBoundToAWildcard() throws IOException {
        try (UdpSocket server = UdpSocket.bind(new InetSocketAddress("0.0.0.0", 0));
                UdpSocket client = UdpSocket.open(StandardProtocolFamily.INET)) {
            server.reportLocalAddresses(true);
            client.connect(at("127.0.0.2", server));
            assertAnswered(server, client, address("127.0.0.2"));
        }
    }

    @Test
    @DisplayName("on [::] a mapped IPv4 address and an IPv6 one")
    void shouldAnswerFromTheAddressThatWasAskedWhenBoundToTheIpv6Wildcard() throws IOException {
        assumeIpv6();
        try (UdpSocket server = UdpSocket.bind(new InetSocketAddress("::", 0));
                UdpSocket four = UdpSocket.open(StandardProtocolFamily.INET);
                UdpSocket six = UdpSocket.open(StandardProtocolFamily.INET6)) {
            server.reportLocalAddresses(true);
            four.connect(at("127.0.0.2", server));
            assertAnswered(server, four, address("127.0.0.2"));
            six.connect(at("::1", server));
            assertAnswered(server, six, loopback6().getAddress());
        }
    }

    /** Asks and answers in three ways; a connected client receives from the address that it asked alone. */
    private void assertAnswered(UdpSocket server, UdpSocket client, InetAddress asked) throws IOException {
        DatagramArray in = DatagramArray.allocate(2, 16);
        DatagramArray out = DatagramArray.allocate(2, 16);
        client.write(bytes("?"));
        await(server, EPOLLIN);
        server.receive(buffer.clear(), info);
        assertThat(info.localAddress()).isEqualTo(asked);
        assertThat(info.sender()).isEqualTo(client.localAddress());
        assertThat(server.reply(bytes("1"), info)).isTrue();
        assertThat(server.send(bytes("2"), info.sender(), info.localAddress(), 0)).isTrue();
        client.write(bytes("?"));
        await(server, EPOLLIN);
        assertThat(server.receive(in)).isOne();
        assertThat(in.localAddress(0)).isEqualTo(asked);
        out.addReply(bytes("3"), in, 0);
        out.add(bytes("4"), in.sender(0), in.localAddress(0), 0);
        assertThat(server.send(out)).isEqualTo(2);

        StringBuilder answers = new StringBuilder();
        while (answers.length() < 4) {
            await(client, EPOLLIN);
            client.read(buffer.clear());
            answers.append(text(buffer.flip()));
        }
        assertThat(answers).hasToString("1234");
    }

    @Test
    @DisplayName("a broadcast is answered from the interface's address")
    void shouldAnswerFromTheInterfaceWhenADatagramWasABroadcast() throws IOException {
        sender.set(LinuxSocketOptions.SO_BROADCAST, true);
        try (UdpSocket four = UdpSocket.bind(new InetSocketAddress("0.0.0.0", 0))) {
            assertThat(localAddressOfABroadcast(four)).isEqualTo(loopback().getAddress());
        }
        assumeIpv6();
        try (UdpSocket six = UdpSocket.bind(new InetSocketAddress("::", 0))) {
            assertThat(localAddressOfABroadcast(six)).isEqualTo(loopback().getAddress());
        }
    }

    private InetAddress localAddressOfABroadcast(UdpSocket server) throws IOException {
        server.reportLocalAddresses(true);
        sender.send(bytes("?"), at("127.255.255.255", server));
        await(server, EPOLLIN);
        server.receive(buffer.clear(), info);
        assertThat(server.reply(bytes("!"), info)).isTrue();
        await(sender, EPOLLIN);
        assertThat(sender.receive(buffer.clear())).isEqualTo(at("127.0.0.1", server));
        return info.localAddress();
    }

    @Test
    void shouldReportNoLocalAddressWhenSwitchedOff() throws IOException {
        receiver.reportLocalAddresses(true);
        receiver.reportLocalAddresses(false);
        sender.send(bytes("x"), receiver.localAddress());
        await(receiver, EPOLLIN);
        receiver.receive(buffer, info);
        assertThat(info.localAddress()).isNull();
    }

    @Test
    void shouldRefuseWhenTheSourceIsWrong() throws IOException {
        InetSocketAddress to = receiver.localAddress();
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> sender.send(bytes("x"), to, address("192.0.2.1"), 0))
                .matches(e -> e.errno() == Errno.EINVAL || e.errno() == Errno.ENETUNREACH); // older and newer kernels
        assertThatIllegalArgumentException().isThrownBy(() -> sender.send(bytes("x"), to, address("::1"), 0));
        assertThatIllegalArgumentException().isThrownBy(() -> sender.send(bytes("x"), to, null, 65_536));
        assertThatIllegalArgumentException().isThrownBy(() -> sender.send(bytes("x"), to, null, -1));
        assertErrno(Errno.EDESTADDRREQ, () -> sender.send(bytes("x"), null, null, 0));
        try (UdpSocket six = UdpSocket.open(StandardProtocolFamily.INET6)) {
            assertThatIllegalArgumentException().isThrownBy(() -> six.send(bytes("x"), to, address("::1"), 0));
        }
    }

    @Test
    @DisplayName("UDP_SEGMENT: one call sends several datagrams of one size and a shorter one")
    void shouldSendSegmentsWhenASizeIsGiven() throws IOException {
        assertThat(sender.send(bytes("aaabbbcc"), receiver.localAddress(), null, 3)).isTrue();
        sender.connect(receiver.localAddress());
        assertThat(sender.send(bytes("ddde"), null, null, 3)).isTrue();
        List<String> received = new ArrayList<>();
        while (received.size() < 5) {
            await(receiver, EPOLLIN);
            receiver.receive(buffer.clear(), info);
            assertThat(info.segmentSize()).isZero();
            received.add(text(buffer.flip()));
        }
        assertThat(received).containsExactly("aaa", "bbb", "cc", "ddd", "e");
    }

    @Test
    @DisplayName("UDP_GRO: segments arrive joined, with their size")
    void shouldReportTheSegmentSizeWhenTheKernelJoins() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            assertThat(LibC.call("setsockopt", receiver.fd(), socket_h.IPPROTO_UDP, message_h.UDP_GRO,
                    arena.allocateFrom(ValueLayout.JAVA_INT, 1), Integer.BYTES)).isZero();
        }
        DatagramArray in = DatagramArray.allocate(2, 65_536);
        sender.send(bytes("aaabbbcc"), receiver.localAddress(), null, 3);
        await(receiver, EPOLLIN);
        receiver.receive(buffer, info);
        assertThat(text(buffer.flip())).isEqualTo("aaabbbcc");
        assertThat(info.segmentSize()).isEqualTo(3);
        sender.send(bytes("aabb"), receiver.localAddress(), null, 2);
        sender.send(bytes("x"), receiver.localAddress());
        await(receiver, EPOLLIN);
        assertThat(receiver.receive(in)).isEqualTo(2);
        assertThat(in.segmentSize(0)).isEqualTo(2);
        assertThat(in.segmentSize(1)).isZero();
        assertThat(text(in.buffer(0))).isEqualTo("aabb");
    }

    @Test
    void shouldMoveManyByOneCallWhenAnArrayIsUsed() throws IOException {
        DatagramArray out = DatagramArray.allocate(4, 16);
        DatagramArray in = DatagramArray.allocate(3, 4);
        assertThat(receiver.receive(in)).isZero();
        out.add(bytes("one"), receiver.localAddress());
        out.add(ByteBuffer.allocateDirect(0), receiver.localAddress());
        out.add(bytes("longer"), receiver.localAddress());
        out.add(bytes("four"), receiver.localAddress());
        assertThat(out.size()).isEqualTo(4);
        assertThat(sender.send(out)).isEqualTo(4);
        assertThat(out.hasRemaining()).isFalse();
        assertThat(sender.send(out)).isZero();

        await(receiver, EPOLLIN);
        assertThat(receiver.receive(in)).isEqualTo(3).isEqualTo(in.size());
        assertThat(text(in.buffer(0))).isEqualTo("one");
        assertThat(in.buffer(1).hasRemaining()).isFalse();
        assertThat(text(in.buffer(2))).isEqualTo("long");
        assertThat(in.length(2)).isEqualTo(6);
        assertThat(in.isTruncated(2)).isTrue();
        assertThat(in.isTruncated(0)).isFalse();
        for (int i = 0; i < 3; i++) {
            assertThat(in.sender(i)).isEqualTo(sender.localAddress());
            assertThat(in.localAddress(i)).isNull();
        }
        assertThat(receiver.receive(in)).isOne();
        assertThat(text(in.buffer(0))).isEqualTo("four");
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> in.buffer(1));
    }

    @Test
    @DisplayName("what was sent before the one that fails is counted; the next call throws for it; skip gives it up")
    void shouldGoOnBehindItWhenOneDatagramFails() throws IOException {
        InetSocketAddress to = receiver.localAddress();
        DatagramArray out = DatagramArray.allocate(3, 16);
        out.add(bytes("1"), to);
        out.add(bytes("2"), new InetSocketAddress("127.255.255.255", to.getPort()));
        out.add(bytes("3"), to);
        assertThat(sender.send(out)).isOne();
        assertErrno(Errno.EACCES, () -> sender.send(out));
        assertThatThrownBy(() -> sender.send(out)).hasMessage("sendmmsg(fd=" + sender.fd()
                + ", datagram 1 to 127.255.255.255:" + to.getPort() + "): EACCES (Permission denied)");
        assertThat(out.remaining()).isEqualTo(2);
        out.skip();
        assertThat(sender.send(out)).isOne();
        assertThatIllegalStateException().isThrownBy(out::skip);
        await(receiver, EPOLLIN);
        DatagramArray in = DatagramArray.allocate(3, 16);
        assertThat(receiver.receive(in)).isEqualTo(2);
        assertThat(text(in.buffer(1))).isEqualTo("3");
    }

    @Test
    void shouldSendToThePeerWhenNoAddressIsGiven() throws IOException {
        sender.connect(receiver.localAddress());
        DatagramArray out = DatagramArray.allocate(2, 16);
        out.add(bytes("first"), null);
        out.add(bytes("aabb"), null, loopback().getAddress(), 2);
        assertThat(sender.send(out)).isEqualTo(2);
        await(receiver, EPOLLIN);
        DatagramArray in = DatagramArray.allocate(4, 16);
        assertThat(receiver.receive(in)).isEqualTo(3);
        assertThat(text(in.buffer(2))).isEqualTo("bb");
    }

    @Test
    void shouldRefuseWhenAnArrayToSendWasReceived() throws IOException {
        DatagramArray array = DatagramArray.allocate(2, 16);
        assertThat(receiver.receive(array)).isZero();
        assertThatIllegalStateException().isThrownBy(() -> receiver.send(array))
                .withMessage("the array holds received datagrams; clear it first");
        sender.send(bytes("x"), receiver.localAddress());
        await(receiver, EPOLLIN);
        assertThat(receiver.receive(array)).isOne();
        assertThatIllegalStateException().isThrownBy(() -> receiver.send(array)).withMessageContaining("received");
        assertThatIllegalStateException().isThrownBy(() -> array.add(bytes("y"), null))
                .withMessageContaining("received");
        array.clear().add(bytes("y"), sender.localAddress());
        assertThat(receiver.send(array)).isOne();
    }

    @Test
    void shouldRefuseWhenTheArrayCannotHoldIt() throws IOException {
        DatagramArray out = DatagramArray.allocate(1, 4);
        InetSocketAddress to = receiver.localAddress();
        assertThatIllegalArgumentException().isThrownBy(() -> out.add(bytes("12345"), to));
        assertThat(out.size()).isZero();
        out.add(bytes("1234"), to);
        assertThatIllegalStateException().isThrownBy(() -> out.add(bytes("1"), to));
        assertThatIllegalArgumentException().isThrownBy(() -> out.clear().addReply(bytes("1"), out, 0));
        assertThatThrownBy(() -> out.buffer(9)).isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessage("index 9 is outside of 0 datagrams");
        assertThatThrownBy(() -> out.length(-1)).hasMessage("index -1 is outside of 0 datagrams");
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> out.addReply(bytes("1"), DatagramArray.allocate(1, 1), 0));
        for (int[] wrong : new int[][] {{0, 1}, {1025, 1}, {1, 0}, {1, 65_537}}) {
            assertThatIllegalArgumentException().isThrownBy(() -> DatagramArray.allocate(wrong[0], wrong[1]));
        }
    }

    @Test
    void shouldThrowConnrefusedWhenThePeerIsGone() throws IOException {
        sender.connect(receiver.localAddress());
        receiver.close();
        sender.write(bytes("x"));
        await(sender, EPOLLIN);
        assertErrno(Errno.ECONNREFUSED, () -> sender.receive(buffer, info));
        sender.write(bytes("x"));
        await(sender, EPOLLIN);
        assertErrno(Errno.ECONNREFUSED, () -> sender.receive(DatagramArray.allocate(1, 1)));
    }

    @Test
    @DisplayName("an array of received datagrams is not sent: its memory has bytes of other peers")
    void shouldRefuseToSendWhenTheDatagramsWereReceived() throws IOException {
        DatagramArray array = DatagramArray.allocate(4, 64);
        sender.send(bytes("a secret of another peer"), receiver.localAddress());
        await(receiver, EPOLLIN);
        assertThat(receiver.receive(array)).isOne();

        assertThat(array.hasRemaining()).isFalse();
        assertThat(array.remaining()).isZero();
        for (ThrowingCallable use : List.<ThrowingCallable>of(() -> receiver.send(array),
                () -> array.add(bytes("x"), array.sender(0)))) {
            assertThatIllegalStateException().isThrownBy(use)
                    .withMessage("the array holds received datagrams; clear it first");
        }
        array.clear().add(bytes("x"), sender.localAddress());
        assertThat(receiver.send(array)).isOne();
        await(sender, EPOLLIN);
        assertThat(sender.read(ByteBuffer.allocate(64))).isOne();
    }

    @Test
    @DisplayName("two threads cannot receive with one info at once: the header has the address of the buffer")
    void shouldRefuseWhenTwoThreadsReceiveWithOneInfo() throws Exception {
        DatagramInfo info = new DatagramInfo();
        info.begin();
        assertThatIllegalStateException().isThrownBy(() -> receiver.receive(ByteBuffer.allocate(1), info))
                .withMessage("another thread receives with this DatagramInfo");
        info.end();
        assertThat(receiver.receive(ByteBuffer.allocate(1), info)).isEqualTo(-1);

        ByteBuffer memory = ByteBuffer.allocateDirect(64 * 1024);
        ByteBuffer small = memory.slice(0, 16);
        byte[] ones = new byte[1000];
        Arrays.fill(ones, (byte) 1);
        ByteBuffer large = ByteBuffer.allocateDirect(60_000);
        FutureTask<Void> other = Waiters.start(() -> {
            for (int i = 0; i < 20_000; i++) {
                receiveAtOnce(large.clear(), info);
            }
            return null;
        });
        while (!other.isDone()) {
            sender.send(ByteBuffer.wrap(ones), receiver.localAddress());
            receiveAtOnce(small.clear(), info);
        }
        other.get();
        assertThat(memory.position(16).mismatch(ByteBuffer.allocate(64 * 1024 - 16))).as("a byte behind the buffer")
                .isEqualTo(-1);
    }

    private int receiveAtOnce(ByteBuffer buffer, DatagramInfo info) throws ErrnoException {
        try {
            return receiver.receive(buffer, info);
        } catch (IllegalStateException e) {
            return -1; // the other thread receives
        }
    }

    @Test
    @DisplayName("a datagram is not received into more parts than one call takes, of which the rest would lose bytes")
    void shouldRefuseWhenThereAreMorePartsThanOneCallTakes() throws IOException {
        IoVectors parts = IoVectors.allocate(1500);
        for (int i = 0; i < parts.capacity(); i++) {
            parts.add(ByteBuffer.allocateDirect(1));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> receiver.read(parts))
                .withMessage("1500 parts; one call takes 1024");
    }

    @Test
    void shouldRefuseWhenClosed() {
        sender.close();
        DatagramArray array = DatagramArray.allocate(1, 1);
        IoVectors parts = IoVectors.allocate(1);
        assertThatIllegalStateException().isThrownBy(() -> sender.receive(buffer, info));
        assertThatIllegalStateException().isThrownBy(() -> sender.receive(array));
        assertThatIllegalStateException().isThrownBy(() -> sender.send(array));
        assertThatIllegalStateException().isThrownBy(() -> sender.send(buffer, null, null, 0));
        assertThatIllegalStateException().isThrownBy(() -> sender.reply(buffer, info));
        assertThatIllegalStateException().isThrownBy(() -> sender.read(parts));
        assertThatIllegalStateException().isThrownBy(() -> sender.write(parts));
        assertThatIllegalStateException().isThrownBy(() -> sender.reportLocalAddresses(true));
        assertThatIllegalStateException().isThrownBy(sender::disconnect);
        assertThatIllegalStateException().isThrownBy(sender::available);
        assertThatIllegalStateException().isThrownBy(sender::unsent);
    }
}
