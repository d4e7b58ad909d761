package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class VirtualEchoIT {
    private static final int CLIENTS = 50;

    @Test
    @DisplayName("it echoes to many clients at once, also the last bytes of one that has half-closed, and ends at "
            + "SIGTERM with 143")
    void shouldEchoUntilItIsSignalled() throws Exception {
        try (Launched server = Launched.start("vecho")) {
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(server.connect());
            }
            for (int round = 0; round < 3; round++) {
                for (Socket client : clients) {
                    client.getOutputStream().write("hello".getBytes(UTF_8));
                }
                for (Socket client : clients) {
                    assertThat(new String(client.getInputStream().readNBytes(5), UTF_8)).isEqualTo("hello");
                }
            }
            clients.getFirst().getOutputStream().write("last".getBytes(UTF_8));
            clients.getFirst().shutdownOutput();
            assertThat(new String(clients.getFirst().getInputStream().readAllBytes(), UTF_8)).isEqualTo("last");
            clients.get(1).setSoLinger(true, 0);
            clients.get(1).close(); // a reset

            assertThat(server.signal("TERM")).isEqualTo(143);
            assertThat(server.process().getErrorStream().readAllBytes()).isEmpty();
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    @DisplayName("a client that reads late gets all bytes: a write waits until there is space")
    void shouldWaitWhenAClientDoesNotRead() throws Exception {
        byte[] sent = new byte[20 << 20];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = (byte) (i * 31 >> 8);
        }
        try (Launched server = Launched.start("vecho"); Socket client = server.connect()) {
            FutureTask<Boolean> writer = new FutureTask<>(() -> {
                client.getOutputStream().write(sent);
                client.shutdownOutput();
                return true;
            });
            Thread.ofVirtual().start(writer);
            awaitStuck(server);
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(sent);
            assertThat(writer.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Waits until the server uses no more time, since it waits for its client. */
    private static void awaitStuck(Launched server) throws IOException, InterruptedException {
        long before = -1;
        for (long now = server.cpuMillis(); now != before; now = server.cpuMillis()) {
            before = now;
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    @Test
    @DisplayName("a silent client is closed after the idle timeout")
    void shouldCloseWhenAClientIsSilent() throws Exception {
        try (Launched server = Launched.start("vecho --idle-timeout 0.2"); Socket client = server.connect()) {
            long start = System.nanoTime();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }
}
