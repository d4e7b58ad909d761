package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.net.Sockets.assertErrno;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.bytes;
import static io.github.epoll4j.net.Sockets.loopback;
import static io.github.epoll4j.net.Sockets.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.net.Sockets.Connected;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A socket of any family, most of all netlink. */
@Timeout(60)
class AnySocketTest {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int NETLINK_ROUTE = 0;
    private static final short RTM_NEWLINK = 16;
    private static final short RTM_GETLINK = 18;
    private static final short NLM_F_REQUEST = 1;
    private static final short NLM_F_DUMP = 0x300;
    private static final short NLMSG_DONE = 3;

    private static AnySocket netlink(SocketSetting<?>... settings) throws ErrnoException {
        return AnySocket.open(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, settings);
    }

    private static ByteBuffer listOfLinks() {
        ByteBuffer request = ByteBuffer.allocate(32).order(ByteOrder.nativeOrder());
        return request.putInt(0, 32).putShort(4, RTM_GETLINK).putShort(6, (short) (NLM_F_REQUEST | NLM_F_DUMP));
    }

    private static byte[] netlinkAddress(int port) {
        return ByteBuffer.allocate(12).order(ByteOrder.nativeOrder())
                .putShort((short) AF_NETLINK).putShort((short) 0).putInt(port).array();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("a dump of the network interfaces has the loopback one")
    void shouldListTheLinksWhenTheSocketIsNetlink(boolean isDirect) throws IOException {
        ByteBuffer buffer = (isDirect ? ByteBuffer.allocateDirect(32_768) : ByteBuffer.allocate(32_768))
                .order(ByteOrder.nativeOrder());
        List<Integer> indexes = new ArrayList<>();
        try (AnySocket netlink = netlink()) {
            assertThat(Fds.flags(netlink.fd()) & (unistd_h.O_NONBLOCK | unistd_h.O_CLOEXEC))
                    .isEqualTo(unistd_h.O_NONBLOCK | unistd_h.O_CLOEXEC);
            assertThat(netlink.read(buffer)).as("no message now").isEqualTo(-1);
            netlink.bindTo(netlinkAddress(0));
            netlink.connectTo(netlinkAddress(0));
            assertThat(netlink.localAddress()).hasSize(12).startsWith(AF_NETLINK, 0);
            assertThat(netlink.write(listOfLinks())).isEqualTo(32);
            short type = 0;
            while (type != NLMSG_DONE) {
                await(netlink, EPOLLIN);
                int length = netlink.read(buffer.clear());
                assertThat(length).isEqualTo(buffer.position()).isPositive();
                for (int at = 0; at < length; at += Math.ceilDiv(buffer.getInt(at), 4) * 4) {
                    type = buffer.getShort(at + 4);
                    if (type == RTM_NEWLINK) {
                        indexes.add(buffer.getInt(at + 16 + 4));
                    }
                }
            }
            assertThat(netlink.error()).isZero();
        }
        assertThat(indexes).as("lo").contains(1).doesNotHaveDuplicates();
    }

    @Test
    void shouldReturnTheWholeLengthWhenAMessageIsCut() throws IOException {
        ByteBuffer shorter = ByteBuffer.allocate(16);
        try (AnySocket netlink = netlink()) {
            netlink.write(listOfLinks());
            await(netlink, EPOLLIN);
            assertThat(netlink.read(shorter)).isGreaterThan(16);
            assertThat(shorter.position()).isEqualTo(16);
        }
    }

    @Test
    void shouldSetOptionsWhenOpened() throws IOException {
        try (AnySocket netlink = netlink(LinuxSocketOptions.SO_RCVBUF.with(50_000))) {
            assertThat(netlink.get(LinuxSocketOptions.SO_RCVBUF)).isEqualTo(100_000);
            netlink.set(StandardSocketOptions.SO_RCVBUF, 40_000);
            assertThat(netlink.get(StandardSocketOptions.SO_RCVBUF)).isEqualTo(80_000);
        }
        long before = Fds.count();
        assertErrno(Errno.ENOPROTOOPT, () -> netlink(LinuxSocketOptions.TCP_NODELAY.with(true)));
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    void shouldThrowTheKernelsErrnoWhenItIsRefused() throws IOException {
        assertErrno(Errno.EAFNOSUPPORT, () -> AnySocket.open(44_000, SOCK_RAW, 0));
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> AnySocket.open(AF_NETLINK, SOCK_RAW, 99))
                .withMessage("socket(family=16, type=3, protocol=99): EPROTONOSUPPORT (Protocol not supported)");
        try (AnySocket one = netlink(); AnySocket two = netlink()) {
            one.bindTo(netlinkAddress(0));
            int port = ByteBuffer.wrap(one.localAddress()).order(ByteOrder.nativeOrder()).getInt(4);
            assertErrno(Errno.EADDRINUSE, () -> two.bindTo(netlinkAddress(port)));
            assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> two.bindTo(new byte[12]))
                    .withMessage("bind(fd=" + two.fd() + ", an address of 12 bytes): EINVAL (Invalid argument)");
            assertErrno(Errno.EINVAL, () -> two.connectTo(new byte[1]));
            assertErrno(Errno.EMSGSIZE, () -> two.write(ByteBuffer.allocate(10_000_000)));
            assertThatIllegalArgumentException().isThrownBy(() -> two.connectTo(new byte[129]))
                    .withMessage("an address of 129 bytes; the limit is 128");
        }
    }

    @Test
    @DisplayName("a stream has NIO's results, messages have those of messages")
    void shouldReadByItsTypeWhenAdopted() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(8);
        try (Connected ends = Sockets.unix(); AnySocket stream = AnySocket.adopt(ends.client().duplicate());
                SocketPair<UnixMessageSocket> pair = SocketPair.openSequencedPacket();
                AnySocket packets = AnySocket.adopt(pair.first().duplicate())) {
            assertThat(stream.read(buffer)).as("no bytes now").isZero();
            assertThat(stream.write(bytes("stream"))).isEqualTo(6);
            assertThat(ends.server().read(buffer)).isEqualTo(6);
            ends.server().close();
            assertThat(stream.read(buffer)).as("the end").isEqualTo(-1);

            assertThat(packets.read(buffer)).as("no message now").isEqualTo(-1);
            pair.second().write(bytes("packet"));
            assertThat(packets.read(buffer.clear())).isEqualTo(6);
            assertThat(text(buffer.flip())).isEqualTo("packet");
            pair.second().close();
            assertThat(packets.read(buffer)).as("the end").isZero();
        }
    }

    @Test
    void shouldStartToConnectWhenTheFamilyTakesTime() throws IOException {
        try (TcpListener listener = TcpListener.bind(loopback());
                AnySocket stream = AnySocket.open(socket_h.AF_INET, socket_h.SOCK_STREAM | socket_h.SOCK_CLOEXEC, 0)) {
            InetSocketAddress address = listener.localAddress();
            byte[] sockaddr = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder())
                    .putShort((short) socket_h.AF_INET).order(ByteOrder.BIG_ENDIAN).putShort((short) address.getPort())
                    .put(address.getAddress().getAddress()).array();
            assertThat(stream.connectTo(sockaddr)).isFalse();
            await(listener, EPOLLIN);
            listener.accept().close();
            await(stream, EPOLLIN);
            assertThat(stream.error()).isZero();
            assertThat(stream.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }
}
