package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.testing.Processes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class RawEchoIT {
    private static final Pattern READY =
            Pattern.compile("raw-echo listening on 127\\.0\\.0\\.1:(\\d+) \\((.*)\\)");

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--mechanism select | select",
        "--mechanism poll | poll",
        "--mechanism epoll --trigger level | epoll, level",
        "--mechanism epoll --trigger edge | epoll, edge",
        "--mechanism epoll --trigger oneshot | epoll, oneshot",
        "--mechanism epoll --trigger edge-oneshot | epoll, edge-oneshot"})
    @DisplayName("it tells that it is ready, echoes, and ends at SIGTERM with 143; its port is free")
    void shouldEchoUntilItIsToldToEnd(String options, String how) throws Exception {
        Process process = Programs.launch(("raw-echo --port 0 " + options).split(" "));
        try {
            String line = Programs.firstLine(process);
            Matcher ready = READY.matcher(line);
            assertThat(ready.matches()).as(line).isTrue();
            assertThat(ready.group(2)).isEqualTo(how);
            try (Socket client = connect(ready.group(1))) {
                assertThat(echo(client, "hello")).isEqualTo("hello");

                long start = System.nanoTime();
                assertThat(Programs.signal(process, "TERM")).isEqualTo(143);
                assertThat(System.nanoTime() - start).as("ns to the end").isLessThan(TimeUnit.SECONDS.toNanos(10));

                assertThat(client.getInputStream().read()).isEqualTo(-1);
                bindAgain(Integer.parseInt(ready.group(1)));
            }
            assertThat(process.getErrorStream().readAllBytes()).isEmpty();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @DisplayName("Ctrl-C ends it with 130")
    void shouldEndWhenInterrupted() throws Exception {
        Process process = Programs.launch("raw-echo", "--port", "0");
        try {
            Programs.firstLine(process);
            assertThat(Programs.signal(process, "INT")).isEqualTo(130);
        } finally {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"select", "poll", "epoll", "epoll --trigger edge", "epoll --trigger oneshot"})
    @DisplayName("out of descriptors: it does not spin, serves whom it has, and newcomers when somebody leaves")
    void shouldGoOnWhenOutOfDescriptors(String mechanism) throws Exception {
        Process process = Programs.launchWithLimit(40,
                ("raw-echo --port 0 --verbose --mechanism " + mechanism).split(" "));
        Deque<Socket> clients = new ArrayDeque<>();
        try {
            Matcher ready = READY.matcher(Programs.firstLine(process));
            assertThat(ready.matches()).isTrue();
            long start = System.nanoTime();
            Socket waiting = null;
            while (waiting == null) {
                assertThat(clients).hasSizeLessThan(40);
                Socket client = connect(ready.group(1));
                if (process.inputReader(UTF_8).readLine().startsWith("not accepting")) {
                    client.getOutputStream().write("hello".getBytes(UTF_8));
                    waiting = client;
                } else {
                    assertThat(echo(client, "hello")).isEqualTo("hello");
                    clients.add(client);
                }
            }
            assertThat(clients).as("served").hasSizeGreaterThan(2);
            long cpu = Processes.cpuMillis(process.pid());
            assertThat(talk(clients.getFirst(), 1000, 50)).isPositive();
            assertThat(Processes.cpuMillis(process.pid()) - cpu).as("CPU ms of about a second").isLessThan(300);
            assertThat(talk(clients.getFirst(), 200, 0)).isPositive();

            clients.removeFirst().close();
            clients.removeFirst().close();

            assertThat(new String(waiting.getInputStream().readNBytes(5), UTF_8)).isEqualTo("hello");
            clients.add(waiting);
            Programs.signal(process, "TERM");
            long pauses = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) / 100;
            assertThat(process.inputReader(UTF_8).lines().filter(line -> line.startsWith("not accepting")).count())
                    .as("refused calls after the first, each with a pause").isBetween(1L, pauses);
            // a second shortage if the first of the two that left was seen, and followed, before the other
            assertThat(process.errorReader(UTF_8).lines()).hasSizeBetween(1, 2)
                    .allSatisfy(line -> assertThat(line).startsWith("no room for more clients: ").contains("EMFILE"));
        } finally {
            process.destroyForcibly();
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    void shouldSayInOneLineWhenThePortIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();

            Programs.Result result = Programs.run("raw-echo", "--port", Integer.toString(port));

            assertThat(result.status()).isOne();
            assertThat(result.out()).isEmpty();
            assertThat(result.err()).isEqualTo(
                    "cannot listen on 127.0.0.1:" + port + ": EADDRINUSE (Address already in use)\n");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "raw-echo --mechanism poll --trigger edge | --trigger edge needs --mechanism epoll "
                + "| raw-echo --help lists the options",
        "no-such-example | there is no example no-such-example | lists the examples"})
    void shouldSayWhatIsWrongAndEndWith2WhenTheOptionsAreWrong(String args, String message, String hint)
            throws Exception {
        Programs.Result result = Programs.run(args.split(" "));

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).isEqualTo(message + "\nexamples/run " + hint + "\n");
    }

    @Test
    void shouldSayInOneLineWhenTheHostIsUnknown() throws Exception {
        Programs.Result result = Programs.run("raw-echo", "--host", "no.such.host.invalid");

        assertThat(result.status()).isOne();
        assertThat(result.err()).isEqualTo("cannot listen on no.such.host.invalid:7000: unknown host\n");
    }

    @Test
    void shouldListTheExamplesWhenNoneIsNamed() throws Exception {
        Programs.Result list = Programs.run();
        assertThat(list.status()).isZero();
        assertThat(list.out()).contains("Usage: examples/run", "raw-echo");

        Programs.Result help = Programs.run("raw-echo", "--help");
        assertThat(help.status()).isZero();
        assertThat(help.out()).contains("Usage: examples/run raw-echo", "--mechanism", "--trigger", "--port");
    }

    private static Socket connect(String port) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
        client.setSoTimeout(20_000);
        return client;
    }

    private static String echo(Socket client, String message) throws IOException {
        client.getOutputStream().write(message.getBytes(UTF_8));
        return new String(client.getInputStream().readNBytes(message.length()), UTF_8);
    }

    /** Takes a port as the next server would: only somebody who still listens is in the way. */
    private static void bindAgain(int port) throws IOException {
        try (ServerSocket next = new ServerSocket()) {
            next.setReuseAddress(true);
            next.bind(new InetSocketAddress("127.0.0.1", port));
            assertThat(next.isBound()).isTrue();
        }
    }

    /** Talks for a time, with a pause after each answer. */
    private static int talk(Socket client, int millis, int pauseMillis) throws IOException, InterruptedException {
        long start = System.nanoTime();
        int rounds = 0;
        for (; System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(millis); rounds++) {
            assertThat(echo(client, "still there")).isEqualTo("still there");
            TimeUnit.MILLISECONDS.sleep(pauseMillis);
        }
        return rounds;
    }
}
