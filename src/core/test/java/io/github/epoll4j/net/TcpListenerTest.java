package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_KEEPALIVE;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_LINGER;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_REUSEADDR;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_REUSEPORT;
import static io.github.epoll4j.net.Sockets.assertErrno;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.loopback;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TcpListenerTest {
    private TcpListener listener;

    @BeforeEach
    void bind() throws IOException {
        listener = TcpListener.bind(loopback());
    }

    @AfterEach
    void close() {
        listener.close();
    }

    @Test
    void shouldTellItsAddressWhenTheKernelChoseThePort() throws IOException {
        assertThat(listener.localAddress().getAddress()).isEqualTo(loopback().getAddress());
        assertThat(listener.localAddress().getPort()).isPositive();
        assertThat(listener.get(LinuxSocketOptions.SO_ACCEPTCONN)).isTrue();
        assertThat(listener).hasToString("TcpListener[fd=" + listener.fd() + "]");
    }

    @Test
    void shouldAcceptNullWhenNobodyWaits() throws IOException {
        assertThat(listener.accept()).isNull();
        try (TcpStream client = TcpStream.connect(listener.localAddress())) {
            await(listener, EPOLLIN);
            listener.accept().close();
            assertThat(listener.accept()).isNull();
            assertThat(client.isOpen()).isTrue();
        }
    }

    @Test
    @DisplayName("a stream knows both addresses")
    void shouldKnowBothAddressesWhenAccepted() throws IOException {
        try (TcpStream client = TcpStream.connect(listener.localAddress())) {
            await(listener, EPOLLIN);
            try (TcpStream server = listener.accept()) {
                assertThat(server.remoteAddress()).isEqualTo(client.localAddress());
                assertThat(server.localAddress()).isEqualTo(listener.localAddress());
                assertThat(client.remoteAddress()).isEqualTo(listener.localAddress());
                assertThat(server.finishConnect()).isTrue();
                int wanted = unistd_h.O_CLOEXEC | unistd_h.O_NONBLOCK;
                assertThat(Fds.flags(server.fd()) & wanted).isEqualTo(wanted);
            }
        }
    }

    @Test
    @DisplayName("EADDRINUSE names the address, and leaves no descriptor behind")
    void shouldNameTheAddressWhenItIsInUse() throws IOException {
        InetSocketAddress taken = listener.localAddress();
        long before = Fds.count();
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> TcpListener.bind(taken))
                .returns(Errno.EADDRINUSE, ErrnoException::errno)
                .withMessageMatching("bind\\(fd=\\d+, 127.0.0.1:" + taken.getPort()
                        + "\\): EADDRINUSE \\(Address already in use\\)");
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    void shouldLeaveNoDescriptorWhenASettingIsRefused() throws IOException {
        long before = Fds.count();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TcpListener.bind(loopback(), SO_LINGER.with(Duration.ofSeconds(-1))));
        assertErrno(Errno.EINVAL, () -> TcpListener.bind(loopback(), LinuxSocketOptions.TCP_KEEPCNT.with(1000)));
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    void shouldRefuseWhenTheAddressIsForeignOrUnresolved() throws UnknownHostException {
        InetAddress host = InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1});
        InetSocketAddress foreign = new InetSocketAddress(host, 0);
        assertErrno(Errno.EADDRNOTAVAIL, () -> TcpListener.bind(foreign));
        assertThatExceptionOfType(UnresolvedAddressException.class)
                .isThrownBy(() -> TcpListener.bind(InetSocketAddress.createUnresolved("localhost", 0)));
        assertThatExceptionOfType(UnresolvedAddressException.class)
                .isThrownBy(() -> TcpStream.connect(InetSocketAddress.createUnresolved("localhost", 1)));
    }

    @Test
    @DisplayName("settings are applied before bind: two listeners share a port by SO_REUSEPORT")
    void shouldShareThePortWhenBothSetReusePort() throws IOException {
        try (TcpListener one = TcpListener.bind(loopback(), SO_REUSEPORT.with(true));
                TcpListener two = TcpListener.bind(one.localAddress(), SO_REUSEPORT.with(true))) {
            assertThat(two.localAddress()).isEqualTo(one.localAddress());
        }
    }

    @Test
    @DisplayName("SO_REUSEADDR is on by default, settings may turn it off, and streams inherit options")
    void shouldReuseTheAddressWhenNotToldOtherwise() throws IOException {
        assertThat(listener.get(SO_REUSEADDR)).isTrue();
        try (TcpListener other = TcpListener.bind(loopback(), 5, SO_REUSEADDR.with(false), SO_KEEPALIVE.with(true));
                TcpStream client = TcpStream.connect(other.localAddress())) {
            assertThat(other.get(SO_REUSEADDR)).isFalse();
            await(other, EPOLLIN);
            try (TcpStream server = other.accept()) {
                assertThat(server.get(SO_KEEPALIVE)).isTrue();
                assertThat(client.get(SO_KEEPALIVE)).isFalse();
            }
        }
    }

    @Test
    @DisplayName("a backlog of 1 queues two connections; others stay in the attempt")
    void shouldQueueAsManyAsTheBacklogSaysWhenNobodyAccepts() throws IOException {
        List<TcpStream> clients = new ArrayList<>();
        try (TcpListener small = TcpListener.bind(loopback(), 1)) {
            for (int i = 0; i < 2; i++) {
                clients.add(TcpStream.connect(small.localAddress()));
                await(clients.get(i), EPOLLOUT);
            }
            TcpStream late = TcpStream.connect(small.localAddress());
            clients.add(late);

            assertThat(late.finishConnect()).isFalse();
            assertThat(late.remoteAddress()).isNull();
        } finally {
            clients.forEach(TcpStream::close);
        }
    }

    @Test
    @DisplayName("accept(2): errors of the waiting connection are skipped, those of the process and the call are not")
    void shouldSkipOnlyTheErrorsOfTheConnection() {
        assertThat(List.of("EINTR", "ECONNABORTED", "ENETDOWN", "EPROTO", "ENOPROTOOPT", "EHOSTDOWN", "ENONET",
                "EHOSTUNREACH", "EOPNOTSUPP", "ENETUNREACH")).containsExactlyInAnyOrderElementsOf(
                        IntStream.range(1, 134).filter(SocketFd::isSkipped).mapToObj(Errno::name).toList());
    }

    @Test
    void shouldRefuseWhenClosed() throws IOException {
        listener.close();
        assertThatIllegalStateException().isThrownBy(listener::accept).withMessage("TcpListener is closed");
        assertThatIllegalStateException().isThrownBy(listener::localAddress);
    }
}
