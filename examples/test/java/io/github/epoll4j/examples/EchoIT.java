package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class EchoIT {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--loops 1 | epoll, level, 1 loop",
        "--loops 2 --trigger edge | epoll, edge, 2 loops",
        "--loops 2 --trigger oneshot | epoll, oneshot, 2 loops",
        "--loops 2 --mechanism poll | poll, level, 2 loops",
        "--loops 1 --mechanism poll --trigger oneshot | poll, oneshot, 1 loop",
        "--loops 2 --mechanism select | select, level, 2 loops",
        "--loops 2 --workers 3 | epoll, level, 2 loops, 3 workers",
        "--loops 1 --workers 1 --mechanism poll --trigger oneshot | poll, oneshot, 1 loop, 1 worker"})
    @DisplayName("S09-1: it tells what it uses, echoes, and ends at SIGTERM with 143, quietly")
    void shouldEchoUntilItIsToldToEnd(String options, String how) throws Exception {
        try (Launched server = Launched.start("echo " + options);
                Socket first = server.connect();
                Socket second = server.connect();
                Socket third = server.connect()) {
            assertThat(server.ready()).isEqualTo("echo listening on 127.0.0.1:" + server.port() + " (" + how + ")");
            for (int i = 0; i < 20; i++) {
                for (Socket client : new Socket[] {first, second, third}) {
                    Bytes.echo(client, Bytes.random(1 + 700 * i, client.getLocalPort() + i));
                }
            }
            assertThat(server.signal("TERM")).isEqualTo(143);
            assertThat(first.getInputStream().read()).as("the end, in good order").isEqualTo(-1);
            assertThat(server.process().getErrorStream().readAllBytes()).isEmpty();
        }
    }

    @Test
    @DisplayName("--max-connections: the third client waits until one of the two leaves, and is served then")
    void shouldLetClientsWaitWhenThereAreEnough() throws Exception {
        try (Launched server = Launched.start("echo --max-connections 2");
                Socket first = server.connect();
                Socket second = server.connect();
                Socket third = server.connect()) {
            Bytes.echo(first, Bytes.random(10, 1));
            Bytes.echo(second, Bytes.random(10, 2));
            third.getOutputStream().write(42);
            third.setSoTimeout(300);
            Integer early;
            try {
                early = third.getInputStream().read();
            } catch (SocketTimeoutException e) {
                early = null;
            }
            assertThat(early).as("nothing yet").isNull();

            first.shutdownOutput();
            assertThat(first.getInputStream().read()).isEqualTo(-1);
            third.setSoTimeout(20_000);
            assertThat(third.getInputStream().read()).isEqualTo(42);
            Bytes.echo(second, Bytes.random(10, 3));
        }
    }

    @Test
    @DisplayName("--idle-timeout: who is silent is closed, who talks is not")
    void shouldCloseTheSilentWhenThereIsAnIdleTimeout() throws Exception {
        try (Launched server = Launched.start("echo --idle-timeout 0.5"); Socket silent = server.connect()) {
            long start = System.nanoTime();
            Bytes.echo(silent, Bytes.random(10, 1));
            int end;
            try {
                end = silent.getInputStream().read();
            } catch (IOException e) {
                end = e instanceof SocketTimeoutException ? 0 : -1; // or a reset
            }
            assertThat(end).as("closed").isEqualTo(-1);
            assertThat(System.nanoTime() - start).as("not before its time").isGreaterThan(450_000_000L);
        }
    }

    @Test
    @DisplayName("S12-8: the server's statistics line every five seconds: connections, bytes, reads")
    void shouldPrintStatisticsWhenVerbose() throws Exception {
        try (Launched server = Launched.start("echo --verbose"); Socket client = server.connect()) {
            Bytes.echo(client, Bytes.random(100_000, 1));
            server.connect().close();
            assertThat(server.process().inputReader(UTF_8).readLine())
                    .matches("1 connections \\(2 opened, 1 closed\\), 0\\.0 MB/s, \\d+ reads/s");
        }
    }

    @Test
    void shouldSayInOneLineWhenThePortIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Programs.Result result = Programs.run("echo", "--port", Integer.toString(taken.getLocalPort()));

            assertThat(result.status()).isOne();
            assertThat(result.out()).isEmpty();
            assertThat(result.err()).isEqualTo("cannot listen on 127.0.0.1:" + taken.getLocalPort()
                    + ": EADDRINUSE (Address already in use)\n");
        }
    }

    @Test
    void shouldSayWhatIsWrongAndEndWith2WhenTheOptionsAreWrong() throws Exception {
        Programs.Result result = Programs.run("echo", "--port", "0", "--loops", "0");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).isEqualTo(
                "--loops is not in 1..1024: 0\nexamples/run echo --help lists the options\n");
    }
}
