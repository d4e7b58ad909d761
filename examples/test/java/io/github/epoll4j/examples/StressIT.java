package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class StressIT {
    private static final String RATE = "\\d+ messages/s, \\d+\\.\\d MB/s";
    private static final String LINE = " *\\d+ s: \\d+ connections, " + RATE + ", mean delay \\d+\\.\\d{3} ms";
    private static final Pattern SUMMARY = Pattern.compile(("all: " + RATE
            + ", delay mean N ms, p50 N, p90 (?<p90>N), p99 N, p99\\.9 N, max N").replace("N", "\\d+\\.\\d{3}"));

    @ParameterizedTest
    @ValueSource(strings = {
        "--ramp 0 --connections 20 --size 64 --ping-pong",
        "--ramp 0 --connections 5 --size 16384 --in-flight 4 --loops 2",
        "--ramp 0 --connections 3 --size 1000000 --in-flight 2",
        "--connections 50 --period 0.02"})
    @DisplayName("S12-8: stress checks every byte, and prints rates and delays: the ramp, ping-pong and periodic mode")
    void shouldCheckEveryByteWhenItLoads(String options) throws Exception {
        try (Launched server = Launched.start("echo")) {
            Programs.Result result = stress(server.port(), "--seconds 0.3 " + options);
            assertThat(result.err()).isEmpty();
            assertThat(result.status()).as(result.out()).isZero();
            List<String> lines = result.out().lines().toList();
            assertThat(lines.getFirst())
                    .matches("loading 127.0.0.1:\\d+ with \\d+ connections, messages of \\d+ bytes, .*");
            assertThat(lines).filteredOn(line -> line.matches("\\d+ connected in \\d+\\.\\d s")).hasSize(1);
            assertThat(lines.get(lines.size() - 2)).matches(SUMMARY).doesNotContain("all: 0 ");
            assertThat(lines.getLast()).isEqualTo("every byte was right, no connection was lost");
            server.awaitSockets(sockets -> sockets == 1);
        }
    }

    @Test
    @DisplayName("S12-8: it opens no more connections in a second than the ramp has, and prints lines meanwhile")
    void shouldTakeItsTimeWhenItOpensConnections() throws Exception {
        try (Launched server = Launched.start("echo")) {
            Programs.Result result = stress(server.port(), "--connections 23 --ramp 20 --seconds 0.1");
            assertThat(result.status()).as(result.err()).isZero();
            List<String> lines = result.out().lines().toList();
            assertThat(lines.get(1)).as("before all are connected").matches(LINE).doesNotContain(" 23 connections");
            Matcher connected = Pattern.compile("(?m)^23 connected in (.*) s$").matcher(result.out());
            assertThat(connected.find()).isTrue();
            assertThat(Double.parseDouble(connected.group(1))).as("s, 22 after the first").isGreaterThanOrEqualTo(1.1);
        }
    }

    @Test
    @DisplayName("S12-8: with a period, messages that wait for a server that stalls count from when they were due")
    void shouldCountFromWhenAMessageWasDueWhenTheServerStalls() throws Exception {
        AtomicBoolean hasStalled = new AtomicBoolean();
        try (ServerSocket server = serve(socket -> {
            byte[] message = new byte[64 << 10];
            InputStream in = socket.getInputStream();
            for (int count = in.read(message); count >= 0; count = in.read(message)) {
                if (hasStalled.compareAndSet(false, true)) {
                    TimeUnit.MILLISECONDS.sleep(600);
                }
                socket.getOutputStream().write(message, 0, count);
            }
            return null;
        })) {
            // a message as long as all that may be under way: the next ones wait in the client
            Programs.Result result = stress(server.getLocalPort(),
                    "--connections 1 --period 0.02 --size 1048576 --seconds 1");
            assertThat(result.status()).as(result.err()).isZero();
            Matcher summary = SUMMARY.matcher(result.out());
            assertThat(summary.find()).as(result.out()).isTrue();
            assertThat(Double.parseDouble(summary.group("p90"))).as("ms").isGreaterThan(200);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "wrong | a byte is wrong, after 10 that were right",
        "close | the server has closed it",
        "reset | ECONNRESET (Connection reset by peer)",
        "more | more came back than was sent"})
    @DisplayName("S12-8: a wrong byte, a connection closed or reset, and bytes too many: one line, and status 1")
    void shouldEndWith1WhenTheServerIsWrong(String fault, String message) throws Exception {
        try (ServerSocket server = serve(socket -> misbehave(socket, fault))) {
            // it would take a minute, but no connection is left
            Programs.Result result = stress(server.getLocalPort(), "--connections 2 --ramp 0 --size 20 --seconds 60");
            assertThat(result.status()).isOne();
            assertThat(result.err()).matches("\\d of \\d connections were refused or lost; the first: .*\n")
                    .contains(message);
        }
    }

    private static Void misbehave(Socket socket, String fault) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] message = in.readNBytes(20);
        switch (fault) {
            case "wrong" -> message[10] ^= 1;
            case "more" -> message = new byte[21];
            case "reset" -> {
                socket.setSoLinger(true, 0);
                return null;
            }
            default -> {
                return null;
            }
        }
        socket.getOutputStream().write(message);
        in.readAllBytes();
        return null;
    }

    @Test
    @DisplayName("S12-8: without a server it ends at once, with one line and status 1, however long the ramp is")
    void shouldSayInOneLineWhenNobodyListens() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Programs.Result result = stress(port, "--connections 1000000 --ramp 100");
        assertThat(result.status()).isOne();
        assertThat(result.err()).matches("\\d+ of \\d+ connections were refused or lost; the first: "
                + "cannot connect: ECONNREFUSED \\(Connection refused\\)\n");
    }

    @Test
    @DisplayName("S12-8: a server that goes away ends it, with one line and status 1")
    void shouldSayInOneLineWhenTheServerGoesAway() throws Exception {
        try (Launched server = Launched.start("echo --loops 1")) {
            Process process = Programs.launch("stress", "--port", "" + server.port(), "--connections", "20",
                    "--ramp", "0", "--seconds", "60", "--period", "0.1");
            try {
                BufferedReader out = process.inputReader(UTF_8);
                String line = out.readLine();
                while (!line.matches(LINE)) {
                    line = out.readLine();
                }
                assertThat(line).contains(" 20 connections, ");
                server.process().destroyForcibly();
                assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isOne();
                assertThat(process.errorReader(UTF_8).lines()).singleElement().asString()
                        .startsWith("20 of 20 connections were refused or lost; the first: ");
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static Programs.Result stress(int port, String options) throws Exception {
        return Programs.run(("stress --port " + port + " " + options).split(" "));
    }

    /** What a server does with a client. */
    private interface Service {
        Void serve(Socket client) throws Exception;
    }

    private static ServerSocket serve(Service service) throws IOException {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Callable<Void> accepting = () -> {
            while (true) {
                Socket socket = server.accept();
                Bytes.start(() -> {
                    try (socket) {
                        return service.serve(socket);
                    }
                });
            }
        };
        Bytes.start(accepting);
        return server;
    }
}
