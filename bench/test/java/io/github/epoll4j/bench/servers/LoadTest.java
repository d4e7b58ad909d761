package io.github.epoll4j.bench.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.bench.CProgram;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Loads servers that do what a server must not do. */
class LoadTest {
    private static final int FAULT_AT = 100_000;

    private final List<Socket> clients = new CopyOnWriteArrayList<>();
    private CProgram load;
    private ServerSocket listener;

    @BeforeEach
    void open() throws IOException {
        Optional<CProgram> built = CProgram.build("load");
        assumeTrue(built.isPresent(), "there is no C compiler here");
        load = built.get();
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        if (listener != null) {
            listener.close();
        }
        for (Socket client : clients) {
            client.close();
        }
    }

    @Test
    @DisplayName("a good server's messages and their latencies are counted")
    void shouldCountMessagesWhenAllBytesAreRight() throws IOException {
        serve(Integer.MAX_VALUE, Fault.NONE);

        List<String> lines = CProgram.run(command("--seconds", "0.2", "--rate", "1000", "--pid", "" + ownPid()));

        assertThat(lines).contains("begin", "end").anyMatch(line -> line.matches("messages [1-9]\\d*"))
                .anyMatch(line -> line.matches("cpu [1-9]\\d*"));
        assertThat(lines.stream().filter(line -> line.startsWith("latency "))
                .mapToLong(line -> Long.parseLong(line.split(" ")[2])).sum()).isEqualTo(200);
    }

    @Test
    void shouldEndWithItsPlaceWhenAByteIsWrong() throws IOException {
        serve(FAULT_AT, Fault.WRONG_BYTE);

        assertThatIOException().isThrownBy(() -> CProgram.run(command("--seconds", "60")))
                .withMessageContaining("ended with 3")
                .withMessageMatching("(?s).*connection \\d, byte " + FAULT_AT + ": expected \\d+, got \\d+.*");
    }

    @Test
    void shouldEndWhenAConnectionIsLost() throws IOException {
        serve(FAULT_AT, Fault.END);

        assertThatIOException().isThrownBy(() -> CProgram.run(command("--seconds", "60")))
                .withMessageContaining("ended with 3")
                .withMessageMatching("(?s).*connection \\d was lost after \\d+ bytes.*");
    }

    @Test
    void shouldEndWhenMoreComesBackThanWasSent() throws IOException {
        serve(FAULT_AT, Fault.TOO_MUCH);

        assertThatIOException().isThrownBy(() -> CProgram.run(command("--seconds", "60")))
                .withMessageContaining("ended with 3")
                .withMessageMatching("(?s).*(more came back than was sent|expected \\d+, got \\d+).*");
    }

    @Test
    void shouldSayWhichLimitWhenDescriptorsAreTooFew() {
        List<String> command = List.of("sh", "-c", "ulimit -n 50; exec \"$@\"", "sh");
        List<String> all = new ArrayList<>(command);
        all.addAll(load.command("--port", "" + listener.getLocalPort(), "--connections", "100"));

        assertThatIOException().isThrownBy(() -> CProgram.run(all))
                .withMessageContaining("ended with 2").withMessageContaining("ulimit -n allows 50");
    }

    private List<String> command(String... options) {
        List<String> command = load.command("--port", "" + listener.getLocalPort(), "--connections", "3", "--size",
                "300", "--in-flight", "2", "--warmup", "0");
        command.addAll(List.of(options));
        return command;
    }

    private static long ownPid() {
        return ProcessHandle.current().pid();
    }

    /** What goes wrong. */
    private enum Fault { NONE, WRONG_BYTE, END, TOO_MUCH }

    /** Echoes to each client in a thread of its own; at a byte of its stream something goes wrong. */
    private void serve(int faultAt, Fault fault) {
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket client = listener.accept();
                    clients.add(client);
                    Thread.ofVirtual().start(() -> echo(client, faultAt, fault));
                }
            } catch (IOException e) {
                return; // the test is over
            }
        });
    }

    private static void echo(Socket client, int faultAt, Fault fault) {
        byte[] bytes = new byte[1000];
        int before = 0;
        try (client) {
            InputStream in = client.getInputStream();
            OutputStream out = client.getOutputStream();
            for (int count = in.read(bytes); count > 0; count = in.read(bytes)) {
                boolean isDue = faultAt >= before && faultAt - before < count;
                if (isDue && fault == Fault.END) {
                    return;
                }
                if (isDue && fault == Fault.WRONG_BYTE) {
                    bytes[faultAt - before] ^= 1;
                }
                out.write(bytes, 0, isDue && fault == Fault.TOO_MUCH ? bytes.length : count);
                before += count;
            }
        } catch (IOException e) {
            return; // the client is gone
        }
    }
}
