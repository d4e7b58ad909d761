package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.net.LinuxSocketOptions.IP_FREEBIND;
import static io.github.epoll4j.net.LinuxSocketOptions.IP_MULTICAST_IF;
import static io.github.epoll4j.net.LinuxSocketOptions.IP_MULTICAST_LOOP;
import static io.github.epoll4j.net.LinuxSocketOptions.IP_MULTICAST_TTL;
import static io.github.epoll4j.net.LinuxSocketOptions.IP_TOS;
import static io.github.epoll4j.net.LinuxSocketOptions.IP_TRANSPARENT;
import static io.github.epoll4j.net.LinuxSocketOptions.IP_TTL;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_ACCEPTCONN;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_BUSY_POLL;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_INCOMING_NAPI_ID;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_KEEPALIVE;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_LINGER;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_MARK;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_PEERCRED;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_PRIORITY;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_RCVBUF;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_RCVLOWAT;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_REUSEADDR;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_SNDBUF;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_CONGESTION;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_DEFER_ACCEPT;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_FASTOPEN;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_FASTOPEN_CONNECT;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_INFO;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_KEEPCNT;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_KEEPIDLE;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_KEEPINTVL;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_MAXSEG;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NODELAY;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NOTSENT_LOWAT;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_QUICKACK;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_USER_TIMEOUT;
import static io.github.epoll4j.net.LinuxSocketOptions.UDP_GRO;
import static io.github.epoll4j.net.LinuxSocketOptions.UDP_SEGMENT;
import static io.github.epoll4j.net.Sockets.assertErrno;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.loopback;
import static io.github.epoll4j.net.Sockets.read;
import static io.github.epoll4j.net.Sockets.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.message.message_h;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.gen.socket.tcp_info;
import io.github.epoll4j.net.Sockets.Connected;
import io.github.epoll4j.testing.ChildJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SocketOptionTest {
    private Connected pair;
    private StreamSocket stream;
    private TcpListener listener;

    @BeforeEach
    void open() throws IOException {
        pair = Sockets.tcp(loopback());
        stream = pair.client();
        listener = TcpListener.bind(loopback());
    }

    @AfterEach
    void close() {
        pair.close();
        listener.close();
    }

    static List<LinuxSocketOption<?>> all() {
        return Arrays.stream(LinuxSocketOptions.class.getFields())
                .filter(field -> field.getType() == LinuxSocketOption.class)
                .<LinuxSocketOption<?>>map(field -> {
                    try {
                        LinuxSocketOption<?> option = (LinuxSocketOption<?>) field.get(null);
                        assertThat(option).hasToString(field.getName());
                        return option;
                    } catch (IllegalAccessException e) {
                        throw new AssertionError(e);
                    }
                }).toList();
    }

    @ParameterizedTest
    @MethodSource("all")
    @DisplayName("every option is known to the kernel")
    void shouldHaveAValueWhenAsked(LinuxSocketOption<?> option) throws IOException {
        if (option.name().startsWith("UDP_")) {
            try (UdpSocket udp = UdpSocket.open(StandardProtocolFamily.INET)) {
                assertThat(udp.get(option)).isNotNull();
            }
        } else if (option == LinuxSocketOptions.IPV6_V6ONLY) {
            Sockets.assumeIpv6();
            try (TcpListener six = TcpListener.bind(Sockets.loopback6())) {
                assertThat(six.get(option)).isNotNull();
            }
        } else if (option == SO_LINGER || option == LinuxSocketOptions.IP_MULTICAST_IF) {
            assertThat(stream.get(option)).isNull();
        } else {
            assertThat(stream.get(option)).isNotNull();
        }
    }

    static List<LinuxSocketOption<Boolean>> switches() {
        return List.of(SO_REUSEADDR, LinuxSocketOptions.SO_REUSEPORT, SO_KEEPALIVE, LinuxSocketOptions.SO_BROADCAST,
                LinuxSocketOptions.SO_OOBINLINE, TCP_NODELAY, LinuxSocketOptions.TCP_CORK, TCP_QUICKACK);
    }

    @ParameterizedTest
    @MethodSource("switches")
    void shouldFollowWhenSwitchedOnAndOff(LinuxSocketOption<Boolean> option) throws IOException {
        stream.set(option, true);
        assertThat(stream.get(option)).isTrue();
        stream.set(option, false);
        assertThat(stream.get(option)).isFalse();
    }

    @Test
    void shouldGiveBackWhatWasSetWhenNumbersAndTimes() throws IOException {
        stream.set(TCP_KEEPIDLE, Duration.ofMinutes(2));
        assertThat(stream.get(TCP_KEEPIDLE)).isEqualTo(Duration.ofSeconds(120));
        stream.set(TCP_KEEPINTVL, Duration.ofSeconds(7));
        assertThat(stream.get(TCP_KEEPINTVL)).isEqualTo(Duration.ofSeconds(7));
        stream.set(TCP_KEEPCNT, 5);
        assertThat(stream.get(TCP_KEEPCNT)).isEqualTo(5);
        stream.set(TCP_USER_TIMEOUT, Duration.ofMillis(12_345));
        assertThat(stream.get(TCP_USER_TIMEOUT)).isEqualTo(Duration.ofMillis(12_345));
        stream.set(TCP_NOTSENT_LOWAT, 16_384);
        assertThat(stream.get(TCP_NOTSENT_LOWAT)).isEqualTo(16_384);
        listener.set(TCP_FASTOPEN, 16);
        assertThat(listener.get(TCP_FASTOPEN)).isEqualTo(16);
        assertThat(listener.get(SO_ACCEPTCONN)).isTrue();
    }

    @Test
    @DisplayName("times are rounded up to the unit, and saturated")
    void shouldRoundUpWhenATimeIsBelowTheUnit() throws IOException {
        stream.set(TCP_KEEPIDLE, Duration.ofMillis(1001));
        assertThat(stream.get(TCP_KEEPIDLE)).isEqualTo(Duration.ofSeconds(2));
        stream.set(TCP_USER_TIMEOUT, Duration.ofNanos(1));
        assertThat(stream.get(TCP_USER_TIMEOUT)).isEqualTo(Duration.ofMillis(1));
        stream.set(TCP_USER_TIMEOUT, Duration.ofSeconds(Long.MAX_VALUE));
        assertThat(stream.get(TCP_USER_TIMEOUT)).isEqualTo(Duration.ofMillis(Integer.MAX_VALUE));
        assertErrno(Errno.EINVAL, () -> stream.set(TCP_KEEPIDLE, Duration.ofSeconds(32_768)));
        assertErrno(Errno.EINVAL, () -> stream.set(TCP_KEEPIDLE, Duration.ZERO));
    }

    @Test
    void shouldBeOffUntilATimeIsGivenWhenLingering() throws IOException {
        assertThat(stream.get(SO_LINGER)).isNull();
        stream.set(SO_LINGER, Duration.ofSeconds(3));
        assertThat(stream.get(SO_LINGER)).isEqualTo(Duration.ofSeconds(3));
        stream.set(SO_LINGER, Duration.ZERO);
        assertThat(stream.get(SO_LINGER)).isZero();
        stream.set(SO_LINGER, null);
        assertThat(stream.get(SO_LINGER)).isNull();
    }

    @Test
    @DisplayName("the kernel doubles the buffer sizes that are set")
    void shouldDoubleTheSizeWhenABufferIsSet() throws IOException {
        stream.set(SO_SNDBUF, 10_000);
        assertThat(stream.get(SO_SNDBUF)).isEqualTo(20_000);
        stream.set(SO_RCVBUF, 20_000);
        assertThat(stream.get(SO_RCVBUF)).isEqualTo(40_000);
    }

    @Test
    @DisplayName("TCP_DEFER_ACCEPT: a connection without bytes is not reported; the time becomes one of the kernel's")
    void shouldWaitForBytesWhenAcceptIsDeferred() throws IOException {
        listener.set(TCP_DEFER_ACCEPT, Duration.ofSeconds(5));
        assertThat(listener.get(TCP_DEFER_ACCEPT)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(7));
        try (TcpStream client = TcpStream.connect(listener.localAddress())) {
            await(client, EPOLLOUT);
            assertThat(listener.accept()).isNull();
            write(client, "x");
            await(listener, EPOLLIN);
            try (TcpStream server = listener.accept()) {
                assertThat(read(server)).isEqualTo("x");
            }
        }
    }

    @Test
    @DisplayName("TCP_FASTOPEN_CONNECT is set before connect")
    void shouldConnectByTheFirstWriteWhenFastOpen() throws IOException {
        try (TcpStream client = TcpStream.connect(listener.localAddress(), TCP_FASTOPEN_CONNECT.with(true))) {
            assertThat(client.get(TCP_FASTOPEN_CONNECT)).isTrue();
            client.write(Sockets.bytes("x"));
            await(listener, EPOLLIN);
            try (TcpStream server = listener.accept()) {
                assertThat(server.remoteAddress()).isEqualTo(client.localAddress());
            }
        }
    }

    @Test
    @DisplayName("SO_RCVLOWAT: readable from that many bytes on")
    void shouldNotBeReadableWhenBelowTheLowWaterMark() throws IOException {
        pair.server().set(SO_RCVLOWAT, 4);
        try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(1)) {
            epoll.add(pair.server().fd(), EPOLLIN);
            write(stream, "abc");
            assertThat(epoll.awaitMillis(events, 0)).isZero();
            write(stream, "d");
            assertThat(epoll.awaitMillis(events, 10_000)).isOne();
            assertThat(pair.server().get(SO_RCVLOWAT)).isEqualTo(4);
        }
    }

    @Test
    void shouldThrowWhenTheKernelRefuses() throws IOException {
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> stream.set(SO_INCOMING_NAPI_ID, 1))
                .withMessage("setsockopt(fd=" + stream.fd()
                        + ", SO_INCOMING_NAPI_ID=1): ENOPROTOOPT (Protocol not available)");
        assertThat(stream.get(SO_INCOMING_NAPI_ID)).as("loopback has none").isZero();
        assertThat(stream.get(SO_BUSY_POLL)).isEqualTo(Duration.ZERO);
        try (SocketPair<UnixStream> unix = SocketPair.open()) {
            assertErrno(Errno.EOPNOTSUPP, () -> unix.first().set(TCP_NODELAY, true));
            assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> unix.first().get(TCP_NODELAY))
                    .withMessageStartingWith("getsockopt(fd=" + unix.first().fd() + ", TCP_NODELAY): EOPNOTSUPP");
        }
    }

    @Test
    @DisplayName("a value of fewer bytes than the option's type needs: the message names the option and both lengths")
    void shouldNameTheLengthWhenTheKernelReturnsTooFewBytes() throws IOException {
        int bindToDevice = 25;
        int acceptFilter = 26;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> stream.get(LinuxSocketOption.ofInt("SO_BINDTODEVICE", 1, bindToDevice)))
                .withMessage("SO_BINDTODEVICE has a value of 0 bytes, too short for Integer, which needs 4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> stream.get(LinuxSocketOption.ofBoolean("SO_GET_FILTER", 1, acceptFilter)))
                .withMessageStartingWith("SO_GET_FILTER has a value of 0 bytes");
        assertThat(stream.get(LinuxSocketOption.ofBytes("SO_BINDTODEVICE", 1, bindToDevice))).isEmpty();
    }

    @Test
    void shouldRefuseBeforeTheKernelWhenTheValueIsWrong() {
        assertThatIllegalArgumentException().isThrownBy(() -> stream.set(TCP_KEEPIDLE, Duration.ofSeconds(-1)));
        assertThatNullPointerException().isThrownBy(() -> stream.set(TCP_NODELAY, null))
                .withMessage("TCP_NODELAY takes no null");
        assertThatNullPointerException().isThrownBy(() -> stream.set(StandardSocketOptions.SO_LINGER, null))
                .withMessage("SO_LINGER takes no null");
        assertThatNullPointerException().isThrownBy(() -> TcpStream.open(StandardProtocolFamily.INET,
                IP_TOS.with(null))).withMessage("IP_TOS takes no null");
        assertThat(SO_LINGER.with(null)).hasToString("SO_LINGER=null");
    }

    private record Foreign<T>(String name, Class<T> type) implements SocketOption<T> {
    }

    @Test
    @DisplayName("the JDK's options are found by name and type; unknown ones are UnsupportedOperationException")
    void shouldSetAndGetWhenTheOptionIsTheJdks() throws IOException {
        stream.set(StandardSocketOptions.TCP_NODELAY, true);
        assertThat(stream.get(TCP_NODELAY)).isTrue();
        assertThat(stream.get(StandardSocketOptions.TCP_NODELAY)).isTrue();
        stream.set(StandardSocketOptions.SO_KEEPALIVE, true);
        assertThat(stream.get(SO_KEEPALIVE)).isTrue();
        stream.set(StandardSocketOptions.SO_RCVBUF, 20_000);
        assertThat(stream.get(StandardSocketOptions.SO_RCVBUF)).isEqualTo(40_000);
        assertThat(stream.get(StandardSocketOptions.SO_LINGER)).isEqualTo(-1);
        stream.set(StandardSocketOptions.SO_LINGER, 3);
        assertThat(stream.get(SO_LINGER)).isEqualTo(Duration.ofSeconds(3));
        assertThat(stream.get(StandardSocketOptions.SO_LINGER)).isEqualTo(3);
        stream.set(StandardSocketOptions.SO_LINGER, -1);
        assertThat(stream.get(SO_LINGER)).isNull();
        stream.set(StandardSocketOptions.IP_TOS, 0x10);
        assertThat(stream.get(IP_TOS)).isEqualTo(0x10);
        try (TcpListener other = TcpListener.bind(loopback(),
                new SocketSetting<>(StandardSocketOptions.SO_REUSEADDR, false))) {
            assertThat(other.get(SO_REUSEADDR)).isFalse();
        }
    }

    @Test
    @DisplayName("so are those of jdk.net.ExtendedSocketOptions")
    void shouldSetAndGetWhenTheOptionIsAnExtendedOne() throws IOException {
        stream.set(new Foreign<>("TCP_KEEPIDLE", Integer.class), 100);
        assertThat(stream.get(TCP_KEEPIDLE)).isEqualTo(Duration.ofSeconds(100));
        stream.set(new Foreign<>("TCP_KEEPINTERVAL", Integer.class), 10);
        assertThat(stream.get(TCP_KEEPINTVL)).isEqualTo(Duration.ofSeconds(10));
        stream.set(new Foreign<>("TCP_KEEPCOUNT", Integer.class), 4);
        assertThat(stream.get(TCP_KEEPCNT)).isEqualTo(4);
        assertThat(stream.get(new Foreign<>("SO_INCOMING_NAPI_ID", Integer.class))).isZero();
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> stream.set(new Foreign<>("TCP_KEEPIDLE", String.class), "x"))
                .withMessage("no option TCP_KEEPIDLE with a value of type java.lang.String is known; describe it by "
                        + "LinuxSocketOption.ofInt(name, level, number) or the like");
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> stream.get(new Foreign<>("SO_NONSENSE", Integer.class)));
    }

    @Test
    @DisplayName("on an IPv6 socket IP_TOS is IPV6_TCLASS, IP_TTL is IPV6_UNICAST_HOPS, and both count for IPv4")
    void shouldSetTheOptionOfTheFamilyWhenTheSocketIsIpv6() throws IOException {
        Sockets.assumeIpv6();
        try (UdpSocket six = UdpSocket.open(StandardProtocolFamily.INET6, IP_TOS.with(0x20), IP_TTL.with(7));
                UdpSocket four = UdpSocket.open(StandardProtocolFamily.INET, IP_TOS.with(0x20), IP_TTL.with(7))) {
            for (UdpSocket socket : List.of(four, six)) {
                assertThat(socket.get(IP_TOS)).isEqualTo(0x20);
                assertThat(socket.get(IP_TTL)).isEqualTo(7);
                assertThat(socket.get(raw(socket_h.IPPROTO_IP, message_h.IP_TOS))).isEqualTo(0x20);
                assertThat(socket.get(raw(socket_h.IPPROTO_IP, message_h.IP_TTL))).isEqualTo(7);
            }
            assertThat(six.get(raw(socket_h.IPPROTO_IPV6, message_h.IPV6_TCLASS))).isEqualTo(0x20);
            assertThat(six.get(raw(socket_h.IPPROTO_IPV6, message_h.IPV6_UNICAST_HOPS))).isEqualTo(7);
            six.set(StandardSocketOptions.IP_TOS, 0x40);
            assertThat(six.get(raw(socket_h.IPPROTO_IPV6, message_h.IPV6_TCLASS))).isEqualTo(0x40);
        }
    }

    private static LinuxSocketOption<Integer> raw(int level, int number) {
        return LinuxSocketOption.ofInt("raw", level, number);
    }

    @Test
    @DisplayName("a multicast reaches the members of its group on the interface, until they leave")
    void shouldReceiveMulticastsWhenItHasJoined() throws IOException {
        NetworkInterface lo = NetworkInterface.getByInetAddress(loopback().getAddress());
        InetAddress group = InetAddress.getByName("239.77.1.2");
        try (UdpSocket member = UdpSocket.bind(new InetSocketAddress("0.0.0.0", 0));
                UdpSocket sender = UdpSocket.open(StandardProtocolFamily.INET, IP_MULTICAST_IF.with(lo),
                        IP_MULTICAST_TTL.with(3), IP_MULTICAST_LOOP.with(true))) {
            assertThat(sender.get(IP_MULTICAST_IF)).isEqualTo(lo);
            assertThat(sender.get(IP_MULTICAST_TTL)).isEqualTo(3);
            assertThat(sender.get(StandardSocketOptions.IP_MULTICAST_LOOP)).isTrue();
            InetSocketAddress to = new InetSocketAddress(group, member.localAddress().getPort());
            member.join(group, lo);
            sender.send(Sockets.bytes("all"), to);
            await(member, EPOLLIN);
            assertThat(member.read(ByteBuffer.allocate(8))).isEqualTo(3);

            member.leave(group, lo);
            assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> member.leave(group, lo))
                    .withMessageStartingWith("setsockopt(fd=" + member.fd()
                            + ", IP_DROP_MEMBERSHIP=239.77.1.2 on lo): EADDRNOTAVAIL");
            assertErrno(Errno.EINVAL, () -> member.join(loopback().getAddress(), lo));
            sender.set(IP_MULTICAST_IF, null);
            assertThat(sender.get(IP_MULTICAST_IF)).isNull();
        }
    }

    @Test
    @DisplayName("groups of both families are joined and left on an IPv6 socket; lo has no route for IPv6 multicasts")
    void shouldJoinAndLeaveWhenTheSocketIsIpv6() throws IOException {
        Sockets.assumeIpv6();
        NetworkInterface lo = NetworkInterface.getByInetAddress(loopback().getAddress());
        InetAddress group = InetAddress.getByName("ff01::77:2");
        try (UdpSocket member = UdpSocket.bind(new InetSocketAddress(InetAddress.getByName("::"), 0));
                UdpSocket sender = UdpSocket.open(StandardProtocolFamily.INET6,
                        new SocketSetting<>(StandardSocketOptions.IP_MULTICAST_IF, lo))) {
            assertThat(sender.get(IP_MULTICAST_IF)).isEqualTo(lo);
            sender.set(IP_MULTICAST_TTL, 9);
            assertThat(sender.get(raw(socket_h.IPPROTO_IPV6, message_h.IPV6_MULTICAST_HOPS))).isEqualTo(9);
            member.join(group, lo);
            assertThat(Files.readString(Path.of("/proc/net/igmp6")))
                    .containsPattern("\\blo +ff010000000000000000000000770002");
            member.leave(group, lo);
            assertErrno(Errno.EADDRNOTAVAIL, () -> member.leave(group, lo));
            InetAddress four = InetAddress.getByName("239.77.1.3");
            member.join(four, lo);
            assertErrno(Errno.EADDRINUSE, () -> member.join(four, lo));
        }
    }

    @Test
    void shouldBindToAForeignAddressWhenFree() throws IOException {
        InetSocketAddress foreign = new InetSocketAddress("192.0.2.1", 0);
        assertErrno(Errno.EADDRNOTAVAIL, () -> TcpListener.bind(foreign));
        try (TcpListener free = TcpListener.bind(foreign, IP_FREEBIND.with(true))) {
            assertThat(free.localAddress().getAddress()).isEqualTo(foreign.getAddress());
            assertThat(free.get(IP_FREEBIND)).isTrue();
        }
        Sockets.assumeIpv6();
        InetSocketAddress foreign6 = new InetSocketAddress("2001:db8::1", 0);
        TcpListener.bind(foreign6, IP_FREEBIND.with(true)).close();
    }

    @Test
    @DisplayName("options that take a privilege: set, or EPERM")
    void shouldBeSetOrRefusedWhenAPrivilegeIsNeeded() throws IOException {
        stream.set(SO_PRIORITY, 3);
        assertThat(stream.get(SO_PRIORITY)).isEqualTo(3);
        try {
            stream.set(SO_MARK, 77);
            listener.set(IP_TRANSPARENT, true);
            assertThat(stream.get(SO_MARK)).isEqualTo(77);
            assertThat(listener.get(IP_TRANSPARENT)).isTrue();
        } catch (ErrnoException e) {
            assertThat(e.errno()).isEqualTo(Errno.EPERM);
        }
    }

    @Test
    void shouldNameTheAlgorithmWhenCongestionControlIsSet() throws IOException {
        stream.set(TCP_CONGESTION, "reno");
        assertThat(stream.get(TCP_CONGESTION)).isEqualTo("reno");
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> stream.set(TCP_CONGESTION, "nonsense"))
                .withMessageStartingWith("setsockopt(fd=" + stream.fd() + ", TCP_CONGESTION=nonsense): ENOENT");
        try (TcpStream small = TcpStream.open(StandardProtocolFamily.INET, TCP_MAXSEG.with(700))) {
            small.connectTo(listener.localAddress());
            await(small, EPOLLOUT);
            assertThat(small.get(TCP_MAXSEG)).isPositive().isLessThanOrEqualTo(700);
        }
    }

    @Test
    @DisplayName("TCP_INFO: fields beyond the bytes that the kernel returned are absent")
    void shouldHaveTheFieldsThatWereReturnedWhenTcpInfoIsAsked() throws IOException {
        write(stream, "x");
        assertThat(read(pair.server())).isEqualTo("x");
        TcpInfo info = stream.get(TCP_INFO);
        assertThat(info.state()).as("ESTABLISHED").hasValue(1);
        assertThat(listener.get(TCP_INFO).state()).as("LISTEN").hasValue(10);
        assertThat(info.bytes()).hasSizeGreaterThanOrEqualTo(tcp_info.SIZEOF);
        assertThat(info.rtt().orElseThrow()).isPositive();
        assertThat(info.sndCwnd().orElseThrow()).isPositive();
        assertThat(info.pmtu().orElseThrow()).isGreaterThan(1000);
        assertThat(info.totalRetrans()).hasValue(0);
        assertThat(info.toString()).startsWith("TcpInfo[state=1, rtt=");

        byte[] bytes = info.bytes();
        TcpInfo shorter = new TcpInfo(Arrays.copyOf(bytes, tcp_info.tcpi_rtt$OFFSET + Integer.BYTES));
        assertThat(shorter.rtt()).isEqualTo(info.rtt());
        assertThat(shorter.rttvar()).isEmpty();
        assertThat(new TcpInfo(Arrays.copyOf(bytes, tcp_info.tcpi_rtt$OFFSET + 3)).rtt()).isEmpty();
        assertThat(new TcpInfo(new byte[0]).state()).isEmpty();
        assertThat(new TcpInfo(new byte[0])).hasToString("TcpInfo[state=?, rtt=?, cwnd=?]");
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> stream.set(TCP_INFO, info))
                .withMessage("TCP_INFO is read-only");
    }

    @Test
    void shouldKnowNoProcessWhenThePeerIsNoUnixSocket() throws IOException {
        assertThat(stream.get(SO_PEERCRED)).isEqualTo(new PeerCredentials(0, -1, -1));
    }

    @Test
    @DisplayName("an option that a program describes itself, by the levels of the library")
    void shouldSetAndGetWhenTheProgramDescribesTheOption() throws IOException {
        LinuxSocketOption<Boolean> passCredentials =
                LinuxSocketOption.ofBoolean("SO_PASSCRED", LinuxSocketOptions.SOL_SOCKET, 16);
        try (SocketPair<UnixStream> unix = SocketPair.open()) {
            unix.first().set(passCredentials, true);
            assertThat(unix.first().get(passCredentials)).isTrue();
        }
        assertThat(new int[] {LinuxSocketOptions.IPPROTO_IP, LinuxSocketOptions.IPPROTO_TCP,
            LinuxSocketOptions.IPPROTO_UDP, LinuxSocketOptions.IPPROTO_IPV6}).containsExactly(0, 6, 17, 41);
    }

    @Test
    void shouldKnowTheProcessWhenAUnixPeerIsAsked() throws IOException {
        try (SocketPair<UnixStream> unix = SocketPair.open()) {
            PeerCredentials peer = unix.first().get(SO_PEERCRED);
            assertThat(peer.pid()).isEqualTo((int) ProcessHandle.current().pid());
            int uid = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            assertThat(peer.uid()).isEqualTo(uid);
            assertThat(peer.gid()).isEqualTo((int) Files.getAttribute(Path.of("/proc/self"), "unix:gid"));
        }
    }

    @Test
    @DisplayName("UDP_SEGMENT: one write is several datagrams")
    void shouldCutAWriteIntoDatagramsWhenASegmentSizeIsSet() throws IOException {
        try (UdpSocket receiver = UdpSocket.bind(loopback());
                UdpSocket sender = UdpSocket.open(StandardProtocolFamily.INET, UDP_SEGMENT.with(100))) {
            assertThat(sender.get(UDP_SEGMENT)).isEqualTo(100);
            receiver.set(UDP_GRO, true);
            assertThat(receiver.get(UDP_GRO)).isTrue();
            receiver.set(UDP_GRO, false);
            sender.connect(receiver.localAddress());
            assertThat(sender.write(ByteBuffer.allocate(250))).isEqualTo(250);
            ByteBuffer buffer = ByteBuffer.allocate(1000);
            for (int expected : new int[] {100, 100, 50}) {
                await(receiver, EPOLLIN);
                assertThat(receiver.read(buffer.clear())).isEqualTo(expected);
            }
        }
    }

    @Test
    @DisplayName("a value may be longer than the scratch memory of a call, both ways")
    void shouldPassTheWholeValueWhenItIsLong() throws IOException {
        LinuxSocketOption<byte[]> info = LinuxSocketOption.ofBytes("INFO", TCP_INFO.level(), TCP_INFO.number());
        assertThat(stream.get(info)).hasSizeGreaterThan(CallState.SCRATCH_SIZE)
                .hasSameSizeAs(stream.get(TCP_INFO).bytes());
        byte[] value = new byte[CallState.SCRATCH_SIZE + 100];
        ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).putInt(10_000);
        LinuxSocketOption<byte[]> size = LinuxSocketOption.ofBytes("SIZE", SO_SNDBUF.level(), SO_SNDBUF.number());
        stream.set(size, value);
        assertThat(stream.get(SO_SNDBUF)).isEqualTo(20_000);
        assertThat(stream.get(size)).hasSize(Integer.BYTES);
        assertThat(size.with(value)).hasToString("SIZE=" + value.length + " bytes");
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> stream.set(size, new byte[1]))
                .withMessageStartingWith("setsockopt(fd=" + stream.fd() + ", SIZE=1 bytes): EINVAL");
    }

    @Test
    void shouldDescribeAnyOptionWhenItHasACodec() throws IOException {
        LinuxSocketOption<Long> size = LinuxSocketOption.of("SIZE", SO_SNDBUF.level(), SO_SNDBUF.number(), Long.class,
                new LinuxSocketOption.Codec<>() {
                    @Override
                    public int size() {
                        return Integer.BYTES;
                    }

                    @Override
                    public byte[] encode(Long value) {
                        return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value.intValue()).array();
                    }

                    @Override
                    public Long decode(ByteBuffer from) {
                        return (long) from.getInt();
                    }
                });
        assertThat(size.type()).isEqualTo(Long.class);
        stream.set(size, 10_000L);
        assertThat(stream.get(size)).isEqualTo(20_000L);
        LinuxSocketOption<Duration> busy = LinuxSocketOption.ofDuration(
                "BUSY", SO_BUSY_POLL.level(), SO_BUSY_POLL.number(), TimeUnit.MICROSECONDS);
        assertThat(stream.get(busy)).isZero();
    }

    @Test
    @DisplayName("an option can be named where native access is denied, and loads none of the bindings")
    void shouldInitialiseNothingWhenAnOptionIsNamed() throws Exception {
        ChildJvm.Result result = ChildJvm.of(Naming.class).withoutNativeAccess()
                .options("--illegal-native-access=deny", "-Xlog:class+load").run();

        assertThat(result.lines()).contains("TCP_NODELAY=true SO_LINGER=PT3S IP_TOS=1")
                .anyMatch(line -> line.contains("net.LinuxSocketOptions "))
                .noneMatch(line -> line.contains("io.github.epoll4j.internal"));
    }

    /** Names options and makes settings. */
    static final class Naming {
        public static void main(String[] args) {
            System.out.println(TCP_NODELAY.with(true) + " " + SO_LINGER.with(Duration.ofSeconds(3)) + " "
                    + new SocketSetting<>(StandardSocketOptions.IP_TOS, 1));
        }
    }
}
