package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.net.LinuxSocketOptions.IPV6_V6ONLY;
import static io.github.epoll4j.net.Sockets.assertErrno;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.bytes;
import static io.github.epoll4j.net.Sockets.loopback;
import static io.github.epoll4j.net.Sockets.loopback6;
import static io.github.epoll4j.net.Sockets.read;
import static io.github.epoll4j.net.Sockets.text;
import static io.github.epoll4j.net.Sockets.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class Ipv6Test {
    @BeforeEach
    void assumeIpv6() throws IOException {
        Sockets.assumeIpv6();
    }

    private static InetSocketAddress any6() throws IOException {
        return new InetSocketAddress(InetAddress.getByName("::"), 0);
    }

    @Test
    void shouldKnowBothAddressesWhenConnectedOverIpv6() throws IOException {
        try (TcpListener listener = TcpListener.bind(loopback6());
                TcpStream client = TcpStream.connect(listener.localAddress())) {
            await(listener, EPOLLIN);
            try (TcpStream server = listener.accept()) {
                assertThat(server.remoteAddress()).isEqualTo(client.localAddress());
                assertThat(server.remoteAddress().getAddress()).isEqualTo(InetAddress.getByName("::1"));
                assertThat(client.remoteAddress()).isEqualTo(listener.localAddress());
            }
        }
    }

    @Test
    @DisplayName("[::] with IPV6_V6ONLY false serves an IPv4 client, and shows it as IPv4")
    void shouldAcceptAnIpv4ClientWhenDualStack() throws IOException {
        try (TcpListener listener = TcpListener.bind(any6(), IPV6_V6ONLY.with(false))) {
            assertThat(listener.get(IPV6_V6ONLY)).isFalse();
            int port = listener.localAddress().getPort();
            try (TcpStream client = TcpStream.connect(new InetSocketAddress(loopback().getAddress(), port))) {
                await(listener, EPOLLIN);
                try (TcpStream server = listener.accept()) {
                    assertThat(server.remoteAddress().getAddress()).isInstanceOf(Inet4Address.class);
                    assertThat(server.remoteAddress()).isEqualTo(client.localAddress());
                    assertThat(server.localAddress()).isEqualTo(client.remoteAddress());
                    await(client, EPOLLOUT);
                    write(client, "over IPv4");
                    assertThat(read(server)).isEqualTo("over IPv4");
                }
            }
        }
    }

    @Test
    @DisplayName("[::] with IPV6_V6ONLY leaves the port's IPv4 half to others")
    void shouldLeaveIpv4ToOthersWhenV6Only() throws IOException {
        try (TcpListener six = TcpListener.bind(any6(), IPV6_V6ONLY.with(true));
                TcpListener four = TcpListener.bind(
                        new InetSocketAddress(loopback().getAddress(), six.localAddress().getPort()))) {
            assertThat(six.get(IPV6_V6ONLY)).isTrue();
            assertThat(four.localAddress().getPort()).isEqualTo(six.localAddress().getPort());
        }
    }

    @Test
    void shouldHaveAnIpv4SocketWhenTheAddressIsIpv4() throws IOException {
        try (TcpListener listener = TcpListener.bind(loopback())) {
            assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> listener.get(IPV6_V6ONLY))
                    .matches(e -> e.errno() == Errno.EOPNOTSUPP || e.errno() == Errno.ENOPROTOOPT);
        }
    }

    @Test
    void shouldNameTheAddressInBracketsWhenItIsInUse() throws IOException {
        try (TcpListener listener = TcpListener.bind(loopback6())) {
            InetSocketAddress taken = listener.localAddress();
            assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> TcpListener.bind(taken))
                    .withMessageMatching("bind\\(fd=\\d+, \\[0:0:0:0:0:0:0:1]:" + taken.getPort()
                            + "\\): EADDRINUSE.*");
        }
    }

    @Test
    @DisplayName("a link-local address keeps its scope id on the way in and out")
    void shouldKeepTheScopeWhenTheAddressIsLinkLocal() throws IOException {
        Optional<Inet6Address> linkLocal = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet6Address && address.isLinkLocalAddress())
                .map(Inet6Address.class::cast)
                .findFirst();
        assumeTrue(linkLocal.isPresent(), "this host has no link-local address");
        Inet6Address address = linkLocal.get();
        try (TcpListener listener = TcpListener.bind(new InetSocketAddress(address, 0))) {
            Inet6Address bound = (Inet6Address) listener.localAddress().getAddress();
            assertThat(bound.getAddress()).isEqualTo(address.getAddress());
            assertThat(bound.getScopeId()).isEqualTo(address.getScopeId()).isPositive();
            try (TcpStream client = TcpStream.connect(listener.localAddress())) {
                await(listener, EPOLLIN);
                try (TcpStream server = listener.accept()) {
                    assertThat(server.remoteAddress()).isEqualTo(client.localAddress());
                }
            }
        }
    }

    @Test
    @DisplayName("an IPv6 UDP socket talks to both families, and shows IPv4 peers as IPv4")
    void shouldTalkToBothFamiliesWhenUdpIsDualStack() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(16);
        try (UdpSocket dual = UdpSocket.open(StandardProtocolFamily.INET6);
                UdpSocket four = UdpSocket.bind(loopback());
                UdpSocket six = UdpSocket.bind(loopback6())) {
            assertThat(dual.send(bytes("to four"), four.localAddress())).isTrue();
            await(four, EPOLLIN);
            InetSocketAddress asSeen = four.receive(buffer);
            assertThat(asSeen.getAddress()).isEqualTo(loopback().getAddress());
            four.send(bytes("back"), asSeen);
            await(dual, EPOLLIN);
            assertThat(dual.receive(buffer.clear())).isEqualTo(four.localAddress());
            assertThat(text(buffer.flip())).isEqualTo("back");

            assertThat(dual.send(bytes("to six"), six.localAddress())).isTrue();
            await(six, EPOLLIN);
            assertThat(six.receive(buffer.clear()).getAddress()).isEqualTo(loopback6().getAddress());

            dual.connect(four.localAddress());
            assertThat(dual.remoteAddress()).isEqualTo(four.localAddress());
        }
    }

    @Test
    void shouldThrowWhenAnIpv4SocketIsToSendToIpv6() throws IOException {
        try (UdpSocket four = UdpSocket.open(StandardProtocolFamily.INET);
                UdpSocket six = UdpSocket.bind(loopback6())) {
            InetSocketAddress address = six.localAddress();
            assertErrno(Errno.EAFNOSUPPORT, () -> four.send(bytes("x"), address));
            assertErrno(Errno.EAFNOSUPPORT, () -> four.connect(address));
        }
    }
}
