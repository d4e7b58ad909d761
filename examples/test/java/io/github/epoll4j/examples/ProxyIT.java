package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(300)
class ProxyIT {
    /** 500 in the long run, see CONTRIBUTING.md. */
    private static final int MEGABYTES = Integer.getInteger("epoll4j.proxy.megabytes", 50);
    private static final byte[] PIECE = Bytes.random(1_000_000, 1);

    /** Starts a proxy with a heap of 16 MB. */
    private static Launched start(String options) throws IOException {
        List<String> command = new ArrayList<>(List.of("env", "JAVA_TOOL_OPTIONS=-Xmx16m", Programs.LAUNCHER, "proxy",
                "--port", "0"));
        command.addAll(List.of(options.split(" ")));
        return new Launched(Programs.builder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "1, 10", "2, 10"})
    @DisplayName("many megabytes both ways, also to a receiver of 10 MB/s, with 16 MB of heap: the checksums are right")
    void shouldPassEveryByteWhenThereAreMoreThanFitInMemory(int loops, int megabytesPerSecond) throws Exception {
        try (ServerSocket upstream = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Launched proxy = start("--to localhost:" + upstream.getLocalPort() + " --loops " + loops);
                Socket client = proxy.connect();
                Socket server = upstream.accept()) {
            FutureTask<Long> sent = Bytes.start(() -> send(client));
            FutureTask<Long> sentBack = Bytes.start(() -> send(server));
            FutureTask<Long> received = Bytes.start(() -> receive(server, megabytesPerSecond));
            long receivedBack = receive(client, 0);
            assertThat(received.get(200, TimeUnit.SECONDS)).isEqualTo(sent.get());
            assertThat(receivedBack).isEqualTo(sentBack.get());
            proxy.awaitSockets(sockets -> sockets == 1);
        }
    }

    private static long send(Socket socket) throws IOException {
        OutputStream out = socket.getOutputStream();
        CRC32C checksum = new CRC32C();
        for (int i = 0; i < MEGABYTES; i++) {
            out.write(PIECE);
            checksum.update(PIECE);
        }
        socket.shutdownOutput();
        return checksum.getValue();
    }

    private static long receive(Socket socket, int megabytesPerSecond) throws IOException {
        InputStream in = socket.getInputStream();
        CRC32C checksum = new CRC32C();
        byte[] piece = new byte[64 << 10];
        long start = System.nanoTime();
        long count = 0;
        for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
            checksum.update(piece, 0, read);
            count += read;
            if (megabytesPerSecond > 0) {
                LockSupport.parkNanos(start + count * 1000 / megabytesPerSecond - System.nanoTime());
            }
        }
        return checksum.getValue();
    }

    @Test
    @DisplayName("a client that leaves while its upstream does not answer takes the attempt with it")
    void shouldEndTheAttemptWhenTheClientLeaves() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<Socket> fill = new ArrayList<>();
            try (Launched proxy = Launched.start("proxy --to 127.0.0.1:" + full.getLocalPort())) {
                for (int i = 0; i < 8; i++) { // more than the backlog: the kernel drops the later requests
                    fill.add(connectWithoutWait(full));
                }
                try (Socket client = proxy.connect()) {
                    proxy.awaitSockets(sockets -> sockets == 3);
                    client.setSoLinger(true, 0);
                }
                proxy.awaitSockets(sockets -> sockets == 1);
                assertThat(proxy.signal("TERM")).isEqualTo(143);
                assertThat(proxy.process().getErrorStream().readAllBytes()).isEmpty();
            } finally {
                for (Socket socket : fill) {
                    socket.close();
                }
            }
        }
    }

    /** Connects in a thread of its own, as most of these never succeed. */
    private static Socket connectWithoutWait(ServerSocket server) {
        Socket socket = new Socket();
        Bytes.start(() -> {
            socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
            return null;
        });
        return socket;
    }

    @Test
    @DisplayName("upstream down: the client is reset, with one line; upstream is up again: the next client is served")
    void shouldResetTheClientAndSayWhyWhenUpstreamIsDown() throws Exception {
        int port;
        try (ServerSocket upstream = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = upstream.getLocalPort();
        }
        try (Launched proxy = Launched.start("proxy --loops 1 --to localhost:" + port)) {
            assertThat(proxy.ready()).isEqualTo("proxy listening on 127.0.0.1:" + proxy.port() + " for localhost:"
                    + port + " (epoll, level, 1 loop)");
            BufferedReader err = proxy.process().errorReader(UTF_8);
            try (Socket client = proxy.connect()) {
                assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
                assertThat(err.readLine()).isEqualTo("cannot connect /127.0.0.1:" + client.getLocalPort()
                        + " to localhost:" + port + ": ECONNREFUSED (Connection refused)");
            }
            try (ServerSocket upstream = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                    Socket client = proxy.connect();
                    Socket server = upstream.accept()) {
                client.getOutputStream().write(42);
                assertThat(server.getInputStream().read()).isEqualTo(42);
                assertThat(proxy.signal("TERM")).isEqualTo(143);
                assertThat(client.getInputStream().read()).as("the end, in good order").isEqualTo(-1);
                assertThat(err.readLine()).isNull();
            }
        }
    }

    @Test
    void shouldSayThatTheHostIsUnknownWhenItsNameIsNot() throws Exception {
        try (Launched proxy = Launched.start("proxy --to nowhere.invalid:7000"); Socket client = proxy.connect()) {
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
            assertThat(proxy.process().errorReader(UTF_8).readLine())
                    .isEqualTo("cannot connect /127.0.0.1:" + client.getLocalPort()
                            + " to nowhere.invalid:7000: unknown host");
        }
    }
}
