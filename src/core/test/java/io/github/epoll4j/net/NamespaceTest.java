package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.net.LinuxSocketOptions.IPV6_V6ONLY;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_FASTOPEN;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_FASTOPEN_CONNECT;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_INFO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.testing.ChildJvm;
import io.github.epoll4j.testing.Commands;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Behaviour that depends on the system's settings, in a network namespace of the test's own. */
class NamespaceTest {
    private static ChildJvm inNamespace(Class<?> main, String setup) throws IOException, InterruptedException {
        Commands.assumePresent("unshare");
        Commands.assumePresent("ip");
        String script = "ip link set lo up && " + setup;
        Process trial = new ProcessBuilder("unshare", "-Urn", "sh", "-c", script)
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        assumeTrue(trial.waitFor() == 0, "no namespace with: " + setup);
        return ChildJvm.of(main).under("unshare", "-Urn", "sh", "-c", script + " && exec \"$@\"", "sh");
    }

    @Test
    @DisplayName("IPv6 sockets serve both families with net.ipv6.bindv6only=1, unless a setting says otherwise")
    void shouldServeBothFamiliesWhenTheSystemSaysIpv6Only() throws Exception {
        Sockets.assumeIpv6();
        ChildJvm child = inNamespace(DualStack.class, "echo 1 > /proc/sys/net/ipv6/bindv6only");

        assertThat(child.run().lines()).containsExactly("tcp false", "udp false", "open false", "only true",
                "accepted over IPv4", "received over IPv4");
    }

    /** Prints IPV6_V6ONLY of sockets, and whether an IPv4 client reaches them. */
    static final class DualStack {
        public static void main(String[] args) throws IOException {
            InetSocketAddress any = new InetSocketAddress(InetAddress.getByName("::"), 0);
            InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
            try (TcpListener tcp = TcpListener.bind(any); UdpSocket udp = UdpSocket.bind(any);
                    TcpStream open = TcpStream.open(StandardProtocolFamily.INET6);
                    TcpListener only = TcpListener.bind(any, IPV6_V6ONLY.with(true))) {
                System.out.println("tcp " + tcp.get(IPV6_V6ONLY));
                System.out.println("udp " + udp.get(IPV6_V6ONLY));
                System.out.println("open " + open.get(IPV6_V6ONLY));
                System.out.println("only " + only.get(IPV6_V6ONLY));
                int port = tcp.localAddress().getPort();
                try (TcpStream client = TcpStream.connect(new InetSocketAddress(loopback, port))) {
                    await(tcp, EPOLLIN);
                    System.out.println(tcp.accept() == null ? "none" : "accepted over IPv4");
                    client.finishConnect();
                }
                try (UdpSocket client = UdpSocket.open(StandardProtocolFamily.INET)) {
                    client.send(ByteBuffer.allocate(1), new InetSocketAddress(loopback, udp.localAddress().getPort()));
                    await(udp, EPOLLIN);
                    System.out.println(udp.receive(ByteBuffer.allocate(9)) == null ? "none" : "received over IPv4");
                }
            }
        }
    }

    @Test
    @DisplayName("TCP_FASTOPEN_CONNECT with a cookie: not connected until the handshake is over")
    void shouldNotBeConnectedWhenTheHandshakeHasNotBegun() throws Exception {
        ChildJvm child = inNamespace(FastOpen.class, "echo 3 > /proc/sys/net/ipv4/tcp_fastopen");

        assertThat(child.run().lines()).containsExactly("for the cookie: ESTABLISHED, finished true",
                "with it: SYN_SENT, finished false, peer known false", "written: finished true, peer known true",
                "refused: SYN_SENT, finished false", "written: finishConnect throws ECONNREFUSED");
    }

    /** Connects for a cookie, then with it, then with it to a port that does not listen any more. */
    static final class FastOpen {
        public static void main(String[] args) throws IOException {
            InetSocketAddress any = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0);
            TcpListener listener = TcpListener.bind(any, TCP_FASTOPEN.with(16));
            InetSocketAddress address = listener.localAddress();
            try (listener; TcpStream first = TcpStream.connect(address, TCP_FASTOPEN_CONNECT.with(true))) {
                await(first, EPOLLOUT);
                System.out.println("for the cookie: " + state(first));
                first.write(ByteBuffer.allocate(1));
                await(listener, EPOLLIN);
                listener.accept().close();
                try (TcpStream second = TcpStream.connect(address, TCP_FASTOPEN_CONNECT.with(true))) {
                    await(second, EPOLLOUT);
                    System.out.println("with it: " + state(second) + isPeerKnown(second));
                    second.write(ByteBuffer.allocate(1));
                    await(listener, EPOLLIN);
                    System.out.println("written: finished " + second.finishConnect() + isPeerKnown(second));
                    listener.accept().close();
                }
            }
            try (TcpStream third = TcpStream.connect(address, TCP_FASTOPEN_CONNECT.with(true))) {
                System.out.println("refused: " + state(third));
                third.write(ByteBuffer.allocate(1));
                await(third, EPOLLIN);
                try {
                    System.out.println("written: finished " + third.finishConnect());
                } catch (ErrnoException e) {
                    System.out.println("written: finishConnect throws " + Errno.name(e.errno()));
                }
            }
        }

        private static String state(TcpStream stream) throws ErrnoException {
            long state = stream.get(TCP_INFO).state().orElseThrow();
            return (state == 1 ? "ESTABLISHED" : state == 2 ? "SYN_SENT" : "state " + state)
                    + ", finished " + stream.finishConnect();
        }

        private static String isPeerKnown(TcpStream stream) throws ErrnoException {
            return ", peer known " + (stream.remoteAddress() != null);
        }
    }

    private static void await(SocketFd socket, int events) throws IOException {
        try (EpollInstance epoll = EpollInstance.open(); EpollEventArray ready = EpollEventArray.allocate(1)) {
            epoll.add(socket.fd(), events);
            if (epoll.await(ready, Duration.ofSeconds(20)) != 1) {
                throw new AssertionError("not ready");
            }
        }
    }
}
