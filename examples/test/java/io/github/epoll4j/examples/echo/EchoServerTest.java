package io.github.epoll4j.examples.echo;

import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NODELAY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.testing.Eventually;
import io.github.epoll4j.testing.Fds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class EchoServerTest {
    private static final int BUFFER = EchoServer.BUFFER_SIZE;

    @Test
    @DisplayName("what is sent back does not wait for an acknowledgement: accepted sockets have TCP_NODELAY")
    void shouldAcceptWithNoDelayWhenListening() throws Exception {
        try (TcpListener listener = RawEcho.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                Socket client = new Socket(InetAddress.getLoopbackAddress(), listener.localAddress().getPort())) {
            try (TcpStream accepted = accept(listener)) {
                assertThat(client.isConnected()).isTrue();
                assertThat(accepted.get(TCP_NODELAY)).isTrue();
            }
        }
    }

    private static TcpStream accept(TcpListener listener) throws IOException {
        TcpStream accepted = listener.accept();
        while (accepted == null) {
            Thread.onSpinWait();
            accepted = listener.accept();
        }
        return accepted;
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S01-1, S03-1, S04-1, S05-1, S08-6, S17-1: a byte, a buffer, and more come back unchanged")
    void shouldGiveBackEveryByteWhenOneClientSends(Kind kind) throws Exception {
        try (RunningServer server = RunningServer.start(kind); Socket client = server.connect()) {
            for (int size : new int[] {1, BUFFER, 3 * BUFFER + 1}) {
                assertThat(echo(client, bytes(size, size))).isEqualTo(bytes(size, size));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S01-2, S16-1, S17-1: three clients by turns each get only their own bytes")
    void shouldKeepClientsApartWhenTheyTakeTurns(Kind kind) throws Exception {
        try (RunningServer server = RunningServer.start(kind);
                Socket first = server.connect();
                Socket second = server.connect();
                Socket third = server.connect()) {
            for (int round = 0; round < 20; round++) {
                first.getOutputStream().write(("first" + round).getBytes(UTF_8));
                second.getOutputStream().write(("second" + round).getBytes(UTF_8));
                third.getOutputStream().write(("third" + round).getBytes(UTF_8));
                assertThat(read(second, "second" + round)).isEqualTo("second" + round);
                assertThat(read(first, "first" + round)).isEqualTo("first" + round);
                assertThat(read(third, "third" + round)).isEqualTo("third" + round);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S01-3, S03-4: a client that leaves, or resets, leaves no descriptor")
    void shouldCloseTheDescriptorWhenAClientLeaves(Kind kind) throws Exception {
        long before = socketsWithoutServer();
        try (RunningServer server = RunningServer.start(kind)) {
            for (int i = 0; i < 20; i++) {
                try (Socket client = server.connect()) {
                    echo(client, bytes(10, i));
                    client.setSoLinger(i % 2 == 0, 0);
                }
            }
            awaitSockets(before + 1);
            try (Socket client = server.connect()) {
                assertThat(echo(client, bytes(10, 7))).isEqualTo(bytes(10, 7));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S01-4: it stops on request, closes everything, and its port can be bound at once")
    void shouldFreeThePortWhenStopped(Kind kind) throws Exception {
        long before = Fds.count();
        int port;
        try (Socket client = new Socket()) {
            try (RunningServer server = RunningServer.start(kind)) {
                port = server.address().getPort();
                client.connect(server.address());
                echo(client, bytes(10, 1));
            }
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        try (RunningServer again = RunningServer.start(kind, new InetSocketAddress("127.0.0.1", port), null)) {
            assertThat(again.address().getPort()).isEqualTo(port);
        }
        assertThat(Fds.count()).isLessThanOrEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S03-2, S04-1: 50 clients at once are all served")
    void shouldServeEverybodyWhenManyConnectAtOnce(Kind kind) throws Exception {
        try (RunningServer server = RunningServer.start(kind)) {
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                clients.add(server.connect());
            }
            for (int i = 0; i < 50; i++) {
                assertThat(echo(clients.get(i), bytes(100, i))).isEqualTo(bytes(100, i));
            }
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("1 MB comes back byte for byte while 50 other clients talk, and then the end of the stream")
    void shouldGiveBackEveryByteWhenOthersTalk(Kind kind) throws Exception {
        byte[] message = bytes(1 << 20, 42);
        try (RunningServer server = RunningServer.start(kind);
                ExecutorService talkers = Executors.newVirtualThreadPerTaskExecutor();
                Socket client = server.connect()) {
            List<Future<Integer>> others = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                int seed = i;
                others.add(talkers.submit(() -> talk(server, seed)));
            }
            Future<?> writer = talkers.submit((Callable<Void>) () -> {
                client.getOutputStream().write(message);
                client.shutdownOutput();
                return null;
            });
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(message);
            writer.get(10, TimeUnit.SECONDS);
            for (Future<Integer> other : others) {
                assertThat(other.get(30, TimeUnit.SECONDS)).isEqualTo(20);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a client that sends and never reads costs its buffer, and disturbs nobody")
    void shouldServeOthersWhenOneNeverReads(Kind kind) throws Exception {
        try (RunningServer server = RunningServer.start(kind);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Socket greedy = server.connect();
                Socket other = server.connect()) {
            threads.submit((Callable<Void>) () -> {
                greedy.getOutputStream().write(bytes(64 << 20, 1));
                return null;
            });
            for (int i = 0; i < 200; i++) {
                assertThat(echo(other, bytes(100, i))).isEqualTo(bytes(100, i));
            }
        }
    }

    @Test
    @DisplayName("S04-2: without the drain loop an edge-triggered server hangs on a message of several buffers")
    void shouldHangWhenAnEdgeIsNotDrained() throws Exception {
        int size = 4 * BUFFER; // fits into the socket's buffer, so that one byte more is an edge
        try (RunningServer server = RunningServer.startWithoutDrain(BUFFER); Socket client = server.connect()) {
            client.getOutputStream().write(bytes(size, 1));
            int received = client.getInputStream().read(new byte[BUFFER]);
            client.setSoTimeout(300);
            try {
                while (received < size) {
                    received += client.getInputStream().read(new byte[BUFFER]);
                }
            } catch (SocketTimeoutException e) {
                assertThat(received).isBetween(1, size - 1);
            }
            assertThat(received).as("bytes back").isLessThan(size);

            client.setSoTimeout(20_000);
            client.getOutputStream().write(1); // a new edge
            assertThat(client.getInputStream().read(new byte[BUFFER])).isPositive();
        }
    }

    @Test
    @DisplayName("with a larger buffer one read for each edge gives back what a smaller one leaves")
    void shouldReadMoreAtOnceWhenTheBufferIsLarger() throws Exception {
        try (RunningServer server = RunningServer.startWithoutDrain(64 << 10); Socket client = server.connect()) {
            for (int i = 0; i < 20; i++) {
                assertThat(echo(client, bytes(BUFFER + 1, i))).isEqualTo(bytes(BUFFER + 1, i));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S03-3: one dual-stack listener serves IPv4 and IPv6, and tells both addresses")
    void shouldServeBothFamiliesWhenListeningOnAllAddresses(Kind kind) throws Exception {
        assumeThat(hasIpv6Loopback()).as("this host has ::1").isTrue();
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        try (RunningServer server = RunningServer.start(kind, new InetSocketAddress("::", 0),
                new PrintStream(log, true, UTF_8))) {
            int port = server.address().getPort();
            try (Socket four = new Socket("127.0.0.1", port); Socket six = new Socket("::1", port)) {
                assertThat(echo(four, bytes(9, 4))).isEqualTo(bytes(9, 4));
                assertThat(echo(six, bytes(9, 6))).isEqualTo(bytes(9, 6));
                assertThat(log.toString(UTF_8)).contains("connected /127.0.0.1:" + four.getLocalPort())
                        .containsPattern("connected .*:1.*:" + six.getLocalPort());
            }
        }
    }

    @Test
    @DisplayName("S16-5: a client whose descriptor does not fit into select's set is turned away, the others go on")
    void shouldTurnAwayWhenTheDescriptorIsTooHigh() throws Exception {
        List<EventFd> fillers = new ArrayList<>();
        try (RunningServer server = RunningServer.start(Kind.SELECT); Socket first = server.connect()) {
            echo(first, bytes(10, 1));
            for (int i = 0; i < 1024; i++) {
                fillers.add(EventFd.open());
            }
            try (Socket late = server.connect()) {
                assertThat(late.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(echo(first, bytes(10, 2))).isEqualTo(bytes(10, 2));
        } finally {
            fillers.forEach(EventFd::close);
        }
    }

    private static int talk(RunningServer server, int seed) throws IOException {
        int rounds = 0;
        try (Socket client = server.connect()) {
            for (; rounds < 20; rounds++) {
                byte[] message = bytes(1000, seed + rounds);
                assertThat(echo(client, message)).isEqualTo(message);
            }
        }
        return rounds;
    }

    private static byte[] echo(Socket client, byte[] message) throws IOException {
        client.getOutputStream().write(message);
        return client.getInputStream().readNBytes(message.length);
    }

    private static String read(Socket client, String expected) throws IOException {
        InputStream in = client.getInputStream();
        return new String(in.readNBytes(expected.length()), UTF_8);
    }

    private static byte[] bytes(int size, int seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static boolean hasIpv6Loopback() throws IOException {
        return NetworkInterface.getByName("lo").inetAddresses().anyMatch(Inet6Address.class::isInstance);
    }

    /** Counts the sockets that the JDK keeps for itself, once it has closed one. */
    private static long socketsWithoutServer() throws IOException {
        new Socket().close();
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            new Socket(listener.getInetAddress(), listener.getLocalPort()).close();
        }
        return Fds.sockets();
    }

    /** Waits until this process has a number of sockets; clients' and the server's. */
    private static void awaitSockets(long expected) {
        Eventually.await(expected + " sockets", () -> Fds.sockets() == expected);
    }
}
