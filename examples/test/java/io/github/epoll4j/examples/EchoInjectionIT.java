package io.github.epoll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.testing.Commands;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The echo server while strace makes its system calls fail. */
@Timeout(60)
class EchoInjectionIT {
    private static final int CLIENTS = 6;
    private static final int ROUNDS = 20;
    private static final String EINTR = "accept4,recvfrom,sendto,epoll_wait,epoll_pwait2,poll,ppoll,select,pselect6";
    private static final String EAGAIN = "accept4,recvfrom,sendto";

    @TempDir
    private Path folder;

    @BeforeAll
    static void requireStrace() throws IOException, InterruptedException {
        Commands.assumeStrace();
    }

    @ParameterizedTest(name = "{0} in {1}")
    @CsvSource(delimiter = '|', value = {
        "EINTR | --loops 1",
        "EINTR | --loops 2 --trigger edge",
        "EINTR | --loops 1 --mechanism poll",
        "EINTR | --loops 1 --mechanism select",
        "EAGAIN | --loops 1",
        "EAGAIN | --loops 2 --trigger oneshot",
        "EAGAIN | --loops 1 --mechanism poll",
        "ECONNABORTED | --loops 1",
        "ECONNABORTED | --loops 2 --trigger edge",
        "EPROTO | --loops 2"})
    @DisplayName("S03-6: no client notices an error in every second or third call of the server")
    void shouldLoseNothingWhenCallsFail(String errno, String options) throws Exception {
        // not EAGAIN with edge trigger: the kernel would mean it, and report again
        String calls = switch (errno) {
            case "EINTR" -> EINTR;
            case "EAGAIN" -> EAGAIN;
            default -> "accept4";
        };
        Path trace = folder.resolve("trace");
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-qq", "--seccomp-bpf", "-e", "signal=none",
                "-o", trace.toString(), "-e", "trace=" + calls));
        int step = errno.equals("EAGAIN") ? 3 : 2;
        command.addAll(List.of("-e", "inject=" + calls + ":error=" + errno + ":when=2+" + step, Programs.LAUNCHER));
        command.addAll(List.of(("echo --port 0 " + options).split(" ")));
        Process strace = Programs.builder(command).start();
        try {
            serveClients(new Launched(strace));
            try (Stream<String> lines = Files.lines(trace)) {
                assertThat(lines.filter(line -> line.contains("(INJECTED)") && line.contains(errno)).count())
                        .as("injected errors").isGreaterThan(errno.equals("EINTR") ? 100 : 1);
            }
        } finally {
            strace.descendants().forEach(ProcessHandle::destroyForcibly);
            strace.destroyForcibly();
        }
    }

    private static void serveClients(Launched server) throws Exception {
        List<FutureTask<Void>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int seed = i;
            clients.add(Bytes.start(() -> talk(server, seed)));
        }
        for (FutureTask<Void> client : clients) {
            client.get(40, TimeUnit.SECONDS);
        }
    }

    private static Void talk(Launched server, int seed) throws Exception {
        try (Socket client = server.connect()) {
            for (int i = 0; i < ROUNDS; i++) {
                Bytes.echo(client, Bytes.random(1000, seed + i));
            }
            byte[] message = Bytes.random(1 << 20, seed);
            assertThat(Bytes.echoToTheEnd(client, message)).isEqualTo(message);
        }
        return null;
    }
}
