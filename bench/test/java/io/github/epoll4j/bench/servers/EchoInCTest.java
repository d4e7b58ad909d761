package io.github.epoll4j.bench.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.bench.CProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The servers in C, where an edge can be missed. */
@Timeout(120)
class EchoInCTest {
    private static final int CLIENTS = 20;
    private static final int PATIENCE_MILLIS = 20_000;

    @ParameterizedTest
    @ValueSource(strings = {"--port", "--edge"})
    @DisplayName("bytes and the end of the stream that are there before the first read are both noticed")
    void shouldSendBackAndEndWhenBytesAndTheEndComeTogether(String option) throws Exception {
        Optional<CProgram> echo = CProgram.build("echo");
        assumeTrue(echo.isPresent(), "there is no C compiler here");
        List<String> command = echo.get().command(option.equals("--port") ? new String[] {"--port", "0"}
                : new String[] {option});
        List<Socket> clients = new ArrayList<>();
        try (ServerProcess server = new ServerProcess(command)) {
            signal("STOP", server);
            for (int i = 0; i < CLIENTS; i++) {
                Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port());
                clients.add(client);
                client.setSoTimeout(PATIENCE_MILLIS);
                client.getOutputStream().write(message(i));
                client.shutdownOutput();
            }
            signal("CONT", server);
            for (int i = 0; i < CLIENTS; i++) {
                assertThat(clients.get(i).getInputStream().readAllBytes()).isEqualTo(message(i));
            }
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    private static byte[] message(int number) {
        byte[] bytes = new byte[100 * number + 1];
        Arrays.fill(bytes, (byte) number);
        return bytes;
    }

    private static void signal(String name, ServerProcess server) throws IOException {
        CProgram.run(List.of("sh", "-c", "kill -" + name + " " + server.pid()));
    }
}
