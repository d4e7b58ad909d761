package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EchoClientIT {
    private static final String MEASURED = "\\d+ messages/s, \\d+\\.\\d MB/s, round trip mean N ms, p50 N, p99 N, "
            .concat("p99\\.9 N, max N").replace("N", "\\d+\\.\\d{3}");

    @Test
    @DisplayName("a client in a pipe: megabytes go in and come out unchanged, and it ends when they have")
    void shouldGiveBackWhatIsPipedIn() throws Exception {
        try (Launched server = Launched.start("echo")) {
            assertGivenBack("echo-client", "--port", "" + server.port());
        }
    }

    /** Pipes megabytes into a client of an echo server, and compares what comes out. */
    static void assertGivenBack(String... command) throws Exception {
        Process client = Programs.launch(command);
        byte[] message = Bytes.random(8 << 20, 1);
        FutureTask<Void> writer = Bytes.start(() -> {
            try (OutputStream out = client.getOutputStream()) {
                out.write(message);
            }
            return null;
        });
        assertThat(client.getInputStream().readAllBytes()).isEqualTo(message);
        writer.get(20, TimeUnit.SECONDS);
        assertThat(client.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(client.exitValue()).isZero();
    }

    @Test
    @DisplayName("a client at a terminal: each line comes back at once, and it ends when the server does")
    void shouldAnswerLineByLine() throws Exception {
        try (Launched server = Launched.start("echo")) {
            Process client = Programs.launch("echo-client", "--port", "" + server.port());
            for (String line : new String[] {"hello\n", "world\n"}) {
                client.getOutputStream().write(line.getBytes(UTF_8));
                client.getOutputStream().flush();
                assertThat(new String(client.getInputStream().readNBytes(line.length()), UTF_8)).isEqualTo(line);
            }
            server.signal("TERM");
            assertThat(client.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(client.exitValue()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "--connections 20 --size 64",
        "--connections 5 --size 16384 --in-flight 4 --loops 2",
        "--connections 3 --size 1000000 --in-flight 2",
        "--connections 50 --rate 200 --period 20 --in-flight 2"})
    @DisplayName("S12-8: the load client checks every byte, and prints rates and round trips; the ramp, and both modes")
    void shouldCheckEveryByteWhenItLoads(String options) throws Exception {
        try (Launched server = Launched.start("echo")) {
            Programs.Result result = Programs.run(
                    ("echo-client --duration 1 --port " + server.port() + " " + options).split(" "));
            assertThat(result.err()).isEmpty();
            assertThat(result.status()).as(result.out()).isZero();
            List<String> lines = result.out().lines().toList();
            assertThat(lines.getFirst())
                    .matches("loading 127.0.0.1:\\d+ with \\d+ connections, messages of \\d+ bytes, .*");
            assertThat(lines.get(1)).matches("\\d+ connected in \\d+\\.\\d s");
            int end = lines.size() - 2;
            // on a busy machine a second's line comes late, and says so
            assertThat(lines.subList(2, end)).isNotEmpty().allMatch(line -> line.matches(" +\\d+ s: " + MEASURED));
            assertThat(lines.get(end)).matches("all: " + MEASURED).doesNotContain("all: 0 ");
            assertThat(lines.getLast()).isEqualTo("every byte was right, no connection was lost");
            server.awaitSockets(sockets -> sockets == 1);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "wrong | a byte is wrong, after 10 that were right",
        "close | the server has closed it",
        "more | more came back than was sent"})
    @DisplayName("S12-8: the load client notices a wrong byte, a connection that is closed, and bytes too many")
    void shouldEndWith1WhenTheServerIsWrong(String fault, String message) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Bytes.start(() -> {
                while (true) {
                    Socket socket = server.accept();
                    Bytes.start(() -> misbehave(socket, fault));
                }
            });
            Programs.Result result = Programs.run("echo-client", "--port", "" + server.getLocalPort(),
                    "--connections", "2", "--size", "20", "--duration", "0.5");
            assertThat(result.status()).isOne();
            assertThat(result.out()).contains("2 connections were lost or refused; the first: " + message);
        }
    }

    private static Void misbehave(Socket socket, String fault) throws IOException {
        try (socket) {
            InputStream in = socket.getInputStream();
            byte[] message = in.readNBytes(20);
            switch (fault) {
                case "wrong" -> message[10] ^= 1;
                case "more" -> message = new byte[21];
                default -> {
                    return null;
                }
            }
            socket.getOutputStream().write(message);
            in.readAllBytes();
        }
        return null;
    }

    @Test
    void shouldSayInOneLineWhenNobodyListens() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Programs.Result result = Programs.run("echo-client", "--port", "" + port);
        assertThat(result.status()).isOne();
        assertThat(result.err()).isEqualTo(
                "cannot connect to 127.0.0.1:" + port + ": ECONNREFUSED (Connection refused)\n");

        Programs.Result load = Programs.run("echo-client", "--port", "" + port, "--connections", "3");
        assertThat(load.status()).isOne();
        assertThat(load.out()).contains("3 connections were lost or refused", "ECONNREFUSED");
    }
}
