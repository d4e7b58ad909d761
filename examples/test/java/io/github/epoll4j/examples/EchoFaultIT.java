package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.net.LinuxSocketOptions;
import io.github.epoll4j.net.TcpStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the world does to an echo server. */
@Timeout(60)
class EchoFaultIT {
    /** Where the server's queue for a client ends; the JVM's own growth has room in it as well. */
    private static final long BOUND_KB = 16 << 10;

    @ParameterizedTest
    @ValueSource(strings = {"", " --trigger edge", " --mechanism poll"})
    @DisplayName("S06, S08: who sends 256 MB and never reads costs bounded memory; others wait for less than 50 ms")
    void shouldBoundMemoryWhenAClientNeverReads(String options) throws Exception {
        try (Launched server = Launched.start("echo --loops 1" + options);
                Socket warmUp = server.connect();
                Socket greedy = server.connect();
                Socket other = server.connect()) {
            Bytes.echoToTheEnd(warmUp, new byte[64 << 20]);
            Bytes.echo(other, Bytes.random(100, 0));
            final long before = server.residentKb();
            AtomicLong sent = new AtomicLong();
            Bytes.start(() -> {
                byte[] piece = new byte[64 << 10];
                while (sent.get() < 256 << 20) {
                    greedy.getOutputStream().write(piece);
                    sent.addAndGet(piece.length);
                }
                return null;
            });
            long[] nanos = new long[500];
            for (int i = 0; i < nanos.length; i++) {
                long start = System.nanoTime();
                Bytes.echo(other, Bytes.random(100, i));
                nanos[i] = System.nanoTime() - start;
            }
            awaitRest(sent);
            assertThat(sent.get()).as("bytes that the server and the kernel took").isLessThan(64 << 20);
            assertThat(server.residentKb() - before).as("KB more").isLessThan(BOUND_KB);
            Arrays.sort(nanos);
            // the median: on a busy machine a single one may take as long as it likes
            assertThat(nanos[nanos.length / 2]).as("ns of the median round trip").isLessThan(50_000_000);
        }
    }

    /** Waits until a number has not changed for half a second. */
    private static void awaitRest(AtomicLong number) throws InterruptedException {
        long before = -1;
        while (before != number.get()) {
            before = number.get();
            TimeUnit.MILLISECONDS.sleep(500);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--trigger level", "--trigger edge", "--trigger oneshot", "--mechanism poll",
        "--mechanism select"})
    @DisplayName("S08-6, S12-11: 4 MB and half-close, data and FIN in one segment, bytes one at a time: all come back")
    void shouldGiveBackEveryByte(String options) throws Exception {
        try (Launched server = Launched.start("echo " + options)) {
            byte[] message = Bytes.random(4 << 20, 4);
            try (Socket client = server.connect()) {
                assertThat(Bytes.echoToTheEnd(client, message)).isEqualTo(message);
            }
            for (int i = 0; i < 20; i++) {
                assertThat(sendWithFin(server.address(), "last words " + i)).isEqualTo("last words " + i);
            }
            try (Socket client = server.connect()) {
                byte[] bytes = Bytes.random(1000, 1);
                for (byte b : bytes) {
                    client.getOutputStream().write(b);
                }
                assertThat(client.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
            }
            server.awaitSockets(sockets -> sockets == 1);
        }
    }

    /** The cork keeps the bytes back until the end of the stream goes with them. */
    private static String sendWithFin(InetSocketAddress address, String text) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        try (TcpStream client = TcpStream.connect(address)) {
            while (!client.finishConnect()) {
                assertThat(System.nanoTime()).isLessThan(deadline);
            }
            client.set(LinuxSocketOptions.TCP_CORK, true);
            client.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
            client.shutdownOutput();
            ByteBuffer answer = ByteBuffer.allocate(100);
            while (client.read(answer) >= 0) {
                assertThat(System.nanoTime()).as("got %s", answer).isLessThan(deadline);
            }
            return UTF_8.decode(answer.flip()).toString();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--trigger level", "--trigger edge", "--mechanism poll"})
    @DisplayName("S11-6: 2000 resets and 3000 connects and closes in a row: no descriptor is left, nothing is logged")
    void shouldKeepNothingWhenClientsComeAndGo(String options) throws Exception {
        try (Launched server = Launched.start("echo " + options); Socket stays = server.connect()) {
            Bytes.echo(stays, Bytes.random(10, 1));
            long before = server.sockets();
            for (int i = 0; i < 2000; i++) {
                try (Socket client = server.connect()) {
                    client.setSoLinger(true, 0);
                    client.getOutputStream().write(i);
                }
            }
            for (int i = 0; i < 3000; i++) {
                server.connect().close();
            }
            Bytes.echo(stays, Bytes.random(10, 2));
            server.awaitSockets(sockets -> sockets == before);
            assertThat(server.signal("TERM")).isEqualTo(143);
            assertThat(new String(server.process().getErrorStream().readAllBytes(), UTF_8)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--trigger level", "--trigger edge", "--trigger oneshot", "--mechanism poll"})
    @DisplayName("S11-4: idle with 500 connections: no loop iterates, and no CPU is used")
    void shouldSleepWhenNobodySaysAnything(String options) throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (Launched server = Launched.start("echo " + options)) {
            for (int i = 0; i < 500; i++) {
                clients.add(server.connect());
            }
            for (Socket client : clients) {
                Bytes.echo(client, Bytes.random(10, 1));
            }
            assertThat(server.sleeps("reactor-loop")).as("the loops' threads are found by their name").isPositive();
            long sleeps;
            long cpu;
            int tries = 0;
            do { // a listener's timer runs once, a second after its opening
                sleeps = server.sleeps("reactor-loop");
                cpu = server.cpuMillis();
                TimeUnit.SECONDS.sleep(1);
            } while (server.sleeps("reactor-loop") > sleeps && ++tries < 5);
            assertThat(tries).as("seconds with iterations").isLessThan(5);
            assertThat(server.cpuMillis() - cpu).as("ms of CPU in a second").isLessThan(50);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " --trigger edge", " --mechanism select"})
    @DisplayName("S11-5: SIGTERM under load: it stops within its grace time, and its port can be bound at once")
    void shouldStopInTimeWhenUnderLoad(String options) throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (Launched server = Launched.start("echo" + options)) {
            List<FutureTask<Void>> loads = new ArrayList<>();
            AtomicLong echoed = new AtomicLong();
            for (int i = 0; i < 20; i++) {
                Socket client = server.connect();
                clients.add(client);
                int seed = i;
                loads.add(Bytes.start(() -> {
                    while (true) {
                        Bytes.echo(client, Bytes.random(5000, seed));
                        echoed.incrementAndGet();
                    }
                }));
            }
            Socket neverReads = server.connect();
            clients.add(neverReads);
            Bytes.start(() -> {
                neverReads.getOutputStream().write(new byte[64 << 20]);
                return null;
            });
            while (echoed.get() < 200) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            long start = System.nanoTime();
            assertThat(server.signal("TERM")).isEqualTo(143);
            assertThat(System.nanoTime() - start).as("ns to the end").isLessThan(TimeUnit.SECONDS.toNanos(10));
            try (ServerSocket next = new ServerSocket()) {
                next.setReuseAddress(true);
                next.bind(server.address());
                assertThat(next.isBound()).isTrue();
            }
            assertThat(server.process().getErrorStream().readAllBytes()).isEmpty();
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--trigger level", "--trigger edge", "--mechanism poll", "--mechanism select"})
    @DisplayName("64 descriptors, 300 clients: no spinning, the served stay served, the others follow as they leave")
    void shouldServeInTurnWhenOutOfDescriptors(String options) throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (Launched server = new Launched(
                Programs.launchWithLimit(64, ("echo --port 0 " + options).split(" ")))) {
            for (int i = 0; i < 300; i++) {
                Socket client = server.connect();
                clients.add(client);
                client.getOutputStream().write(i);
            }
            Socket served = clients.getFirst();
            assertThat(served.getInputStream().read()).isZero();
            long cpu = server.cpuMillis();
            for (int i = 0; i < 10; i++) {
                Bytes.echo(served, Bytes.random(100, i));
                TimeUnit.MILLISECONDS.sleep(100);
            }
            assertThat(server.cpuMillis() - cpu).as("ms of CPU in a second").isLessThan(200);
            assertThat(server.sockets()).as("not all are served").isLessThan(64);
            served.close();
            for (int i = 1; i < clients.size(); i++) {
                assertThat(clients.get(i).getInputStream().read()).as("client %d", i).isEqualTo(i & 0xFF);
                clients.get(i).close();
            }
            assertThat(server.signal("TERM")).isEqualTo(143);
            assertThat(server.process().errorReader(UTF_8).lines().filter(line -> line.contains("EMFILE")).count())
                    .as("one line for an episode, and not one for each try").isBetween(1L, 300L);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    @DisplayName("no descriptor for the third client, before anything was logged: the log line comes all the same")
    void shouldLogWhenTheShortageIsThereFromTheBeginning() throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (Launched server = Launched.start("echo --loops 1")) {
            int free = server.limitDescriptors();
            for (int i = 0; i < free + 5; i++) {
                clients.add(server.connect());
                clients.getLast().getOutputStream().write(i);
            }
            for (int i = 0; i < clients.size(); i++) {
                assertThat(clients.get(i).getInputStream().read()).as("client %d", i).isEqualTo(i);
                clients.get(i).close();
            }
            assertThat(server.signal("TERM")).isEqualTo(143);
            assertThat(server.process().errorReader(UTF_8).lines()).filteredOn(line -> line.contains("EMFILE"))
                    .as("what was logged").isNotEmpty()
                    .allSatisfy(line -> assertThat(line).contains("accepts no connections until it goes again"));
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }
}
