package io.github.epoll4j.bench.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.bench.CProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loads servers that do what a server must not do. */
class LoadTest {
    private static final int FAULT_AT = 100_000;
    private static final int SIZE = 300;
    /** Between the halves of a message. */
    private static final long PAUSE_NANOS = 20_000_000;

    /** The bytes that came to a server. */
    private final LongAdder echoed = new LongAdder();
    private final List<Integer> reads = new CopyOnWriteArrayList<>();
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
        assertThat(latencies(lines)).isEqualTo(200);
    }

    @Test
    @DisplayName("a message that is back in part when the timetable begins is not taken for one of the timetable")
    void shouldCountWholeMessagesWhenTheyComeBackInParts() throws IOException {
        serve(Integer.MAX_VALUE, Fault.HALVES);

        List<String> lines = CProgram.run(command("--seconds", "0.1", "--rate", "200"));

        assertThat(latencies(lines)).isEqualTo(20);
        assertThat(nanos(lines)).allMatch(nanos -> nanos >= PAUSE_NANOS);
    }

    @ParameterizedTest
    @CsvSource({"0.2, 20, 20", "0.8, 50, 80"})
    @DisplayName("the timetable's first half second, or as long as is recorded if that is less, is sent, not recorded")
    void shouldSendMoreThanIsRecordedWhenTheTimetableBegins(String seconds, int unrecorded, int recorded)
            throws IOException {
        serve(Integer.MAX_VALUE, Fault.NONE);

        List<String> lines = CProgram.run(command("--seconds", seconds, "--rate", "100"));

        assertThat(latencies(lines)).isEqualTo(recorded);
        int connections = 3;
        assertThat(echoed.sum() / SIZE).isEqualTo(connections // to connect
                + 2 * connections // to begin with
                + messages(lines) + unrecorded + recorded);
    }

    @Test
    @DisplayName("latencies are those of the timetable's end, when a server that falls behind is far behind")
    void shouldRecordTheLaterMessagesWhenTheServerFallsBehind() throws IOException {
        serve(Integer.MAX_VALUE, Fault.HALVES);

        List<String> lines = CProgram.run(command("--connections", "1", "--seconds", "0.2", "--rate", "100"));

        long leastNanos = 21 * PAUSE_NANOS - 20 * 10_000_000; // the 21st message's, one every 10 ms, each takes a pause
        assertThat(latencies(lines)).isEqualTo(20);
        assertThat(nanos(lines)).allMatch(nanos -> nanos >= leastNanos);
    }

    @Test
    @DisplayName("response times count from the question to the last byte of the answer")
    void shouldTimeAnswersWhenAskedFor() throws IOException {
        serve(Integer.MAX_VALUE, Fault.HALVES);

        List<String> lines = CProgram.run(command("--seconds", "0.1", "--in-flight", "1", "--response-times"));

        assertThat(latencies(lines)).isEqualTo(messages(lines)).isPositive();
        assertThat(nanos(lines)).allMatch(nanos -> nanos >= PAUSE_NANOS);
    }

    @Test
    @DisplayName("a batch is asked for in one write, and the next one once all of it is back")
    void shouldSendWholeBatchesWhenAskedFor() throws IOException {
        serve(Integer.MAX_VALUE, Fault.HALVES);

        CProgram.run(command("--seconds", "0.2", "--batches", "--connections", "1"));

        assertThat(reads).as("one message to connect, and batches of two").hasSizeGreaterThan(2).first()
                .isEqualTo(SIZE);
        assertThat(reads.subList(1, reads.size())).containsOnly(2 * SIZE);
    }

    @Test
    @DisplayName("a load in slices counts the seconds of its warm-up, and then measures when it is told")
    void shouldMeasureWhenToldWhenItIsInSlices() throws IOException {
        serve(Integer.MAX_VALUE, Fault.NONE);
        Process process = new ProcessBuilder(
                command("--slices", "--warmup", "1.1", "--seconds", "0.1", "--rate", "200")).start();
        try (BufferedReader lines = process.inputReader(); Writer commands = process.outputWriter()) {
            assertThat(toDone(lines)).first().asString().matches("second [1-9]\\d*");
            commands.write("sstt");
            commands.flush();

            assertThat(messages(toDone(lines))).isPositive();
            assertThat(messages(toDone(lines))).isPositive();
            assertThat(latencies(toDone(lines))).isEqualTo(20);
            assertThat(latencies(toDone(lines))).isEqualTo(20);
        } finally {
            process.destroy();
        }
    }

    private static List<String> toDone(BufferedReader lines) throws IOException {
        List<String> read = new ArrayList<>();
        for (String line = lines.readLine(); !"done".equals(line); line = lines.readLine()) {
            assertThat(line).as("a line before the last").isNotNull();
            read.add(line);
        }
        return read;
    }

    @Test
    void shouldRefuseWhenResponseTimesAndTimetableAreBothAskedFor() {
        assertThatIOException().isThrownBy(() -> CProgram.run(command("--response-times")))
                .withMessageContaining("ended with 2").withMessageContaining("one message under way");
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

    private static long messages(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith("messages "))
                .mapToLong(line -> Long.parseLong(line.split(" ")[1])).sum();
    }

    private static LongStream nanos(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith("latency "))
                .mapToLong(line -> Long.parseLong(line.split(" ")[1]));
    }

    private static long latencies(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith("latency "))
                .mapToLong(line -> Long.parseLong(line.split(" ")[2])).sum();
    }

    private List<String> command(String... options) {
        List<String> command = load.command("--port", "" + listener.getLocalPort(), "--connections", "3", "--size",
                "" + SIZE, "--in-flight", "2", "--warmup", "0");
        command.addAll(List.of(options));
        return command;
    }

    private static long ownPid() {
        return ProcessHandle.current().pid();
    }

    /** What goes wrong. */
    private enum Fault { NONE, WRONG_BYTE, END, TOO_MUCH, HALVES }

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

    private void echo(Socket client, int faultAt, Fault fault) {
        byte[] bytes = new byte[1000];
        int before = 0;
        try (client) {
            InputStream in = client.getInputStream();
            OutputStream out = client.getOutputStream();
            for (int count = in.read(bytes); count > 0; count = in.read(bytes)) {
                echoed.add(count);
                if (fault == Fault.HALVES) {
                    reads.add(count); // few of them
                }
                boolean isDue = faultAt >= before && faultAt - before < count;
                if (isDue && fault == Fault.END) {
                    return;
                }
                if (isDue && fault == Fault.WRONG_BYTE) {
                    bytes[faultAt - before] ^= 1;
                }
                if (fault == Fault.HALVES) {
                    writeInHalves(out, bytes, count, before);
                    before += count;
                    continue;
                }
                out.write(bytes, 0, isDue && fault == Fault.TOO_MUCH ? bytes.length : count);
                before += count;
            }
        } catch (IOException e) {
            return; // the client is gone
        }
    }

    /** Pauses in the middle of each message. */
    private static void writeInHalves(OutputStream out, byte[] bytes, int count, int before) throws IOException {
        int written = 0;
        while (written < count) {
            int place = (before + written) % SIZE;
            int part = Math.min(count - written, place < SIZE / 2 ? SIZE / 2 - place : SIZE - place);
            if (place == SIZE / 2) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            out.write(bytes, written, part);
            written += part;
        }
    }
}
