package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_ACCEPTCONN;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_BUSY_POLL;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_INCOMING_NAPI_ID;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_KEEPALIVE;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_LINGER;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_RCVBUF;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_RCVLOWAT;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_REUSEADDR;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_SNDBUF;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_DEFER_ACCEPT;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_FASTOPEN;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_FASTOPEN_CONNECT;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_KEEPCNT;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_KEEPIDLE;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_KEEPINTVL;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NODELAY;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NOTSENT_LOWAT;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_QUICKACK;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_USER_TIMEOUT;
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
import io.github.epoll4j.net.Sockets.Connected;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
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
                .filter(field -> Modifier.isStatic(field.getModifiers()))
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
            assertThat(epoll.await(events, 0)).isZero();
            write(stream, "d");
            assertThat(epoll.await(events, 10_000)).isOne();
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
    void shouldRefuseBeforeTheKernelWhenTheValueIsWrong() {
        assertThatIllegalArgumentException().isThrownBy(() -> stream.set(TCP_KEEPIDLE, Duration.ofSeconds(-1)));
        assertThatNullPointerException().isThrownBy(() -> stream.set(TCP_NODELAY, null));
        assertThat(SO_LINGER.with(null)).hasToString("SO_LINGER=null");
    }
}
