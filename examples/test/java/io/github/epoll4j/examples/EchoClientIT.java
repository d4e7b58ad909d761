package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EchoClientIT {
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
    }
}
