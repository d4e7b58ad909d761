package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReverseIT {
    @Test
    @DisplayName("S02-7: exit stops the program with status 0, after a line with the number of chunks")
    void shouldPrintTheNumberOfChunksWhenAClientSaysExit() throws Exception {
        try (Launched server = Launched.start("reverse --ring 2"); Socket client = server.connect()) {
            assertThat(server.ready()).endsWith(" (ring of 2)");
            assertThat(ask(client, "hello\n")).isEqualTo("\nolleh");
            client.getOutputStream().write("ex".getBytes(UTF_8));
            client.getInputStream().readNBytes(2);
            client.getOutputStream().write("it\n".getBytes(UTF_8));
            assertThat(new String(client.getInputStream().readAllBytes(), UTF_8)).isEqualTo("\nti");
            assertThat(server.process().waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(server.process().exitValue()).isZero();
            assertThat(server.process().inputReader(UTF_8).readLine()).isEqualTo("3 chunks reversed");
            assertThat(server.process().errorReader(UTF_8).readLine()).isNull();
        }
    }

    @Test
    @DisplayName("S02-9: while clients are silent neither thread wakes or burns a core; SIGTERM ends it in order")
    void shouldSleepWhenClientsAreSilent() throws Exception {
        try (Launched server = Launched.start("reverse");
                Socket first = server.connect();
                Socket second = server.connect()) {
            ask(first, "hello");
            ask(second, "hello");
            long io = server.sleeps("java"); // the main thread is called as the program
            long worker = server.sleeps("reverse-worker");
            assertThat(worker).isPositive();
            long cpu = server.cpuMillis();
            TimeUnit.SECONDS.sleep(1);
            assertThat(server.cpuMillis() - cpu).as("ms of CPU in a second").isLessThan(50);
            assertThat(server.sleeps("java") - io).as("times that the I/O thread woke").isZero();
            assertThat(server.sleeps("reverse-worker") - worker).as("times that the worker woke").isZero();
            assertThat(ask(first, "hello")).isEqualTo("olleh");
            assertThat(server.signal("TERM")).isEqualTo(143);
            assertThat(server.process().inputReader(UTF_8).readLine()).isEqualTo("3 chunks reversed");
        }
    }

    @Test
    @DisplayName("S02-9: IPv4 and IPv6 clients of one listener, whose addresses are printed whole")
    void shouldServeBothFamiliesWhenItListensOnAll() throws Exception {
        try (Launched server = Launched.start("reverse --verbose --host ::")) {
            BufferedReader out = server.process().inputReader(UTF_8);
            for (String host : new String[] {"127.0.0.1", "::1"}) {
                try (Socket client = new Socket()) {
                    client.setSoTimeout(20_000);
                    client.connect(new InetSocketAddress(host, server.port()));
                    assertThat(ask(client, "hello")).isEqualTo("olleh");
                    String address = (host.equals("::1") ? "[0:0:0:0:0:0:0:1]" : host) + ":" + client.getLocalPort();
                    assertThat(out.readLine()).isEqualTo("connected " + address);
                    client.shutdownOutput();
                    assertThat(out.readLine()).isEqualTo("closed " + address);
                }
            }
        }
    }

    @Test
    @DisplayName("without a descriptor for more clients it serves those that it has, and accepts when one leaves")
    void shouldGoOnWhenThereAreNoDescriptors() throws Exception {
        try (Launched server = Launched.start("reverse"); Socket first = server.connect()) {
            ask(first, "hello");
            int free = server.limitDescriptors();
            Socket[] clients = new Socket[free + 3];
            for (int i = 0; i < clients.length; i++) {
                clients[i] = server.connect();
                clients[i].getOutputStream().write("me".getBytes(UTF_8));
            }
            assertThat(server.process().errorReader(UTF_8).readLine())
                    .startsWith("no room for more clients: ").contains("EMFILE");
            assertThat(ask(first, "hello")).isEqualTo("olleh");
            for (Socket client : clients) { // each that leaves makes room for another
                assertThat(new String(client.getInputStream().readNBytes(2), UTF_8)).isEqualTo("em");
                client.close();
            }
        }
    }

    private static String ask(Socket client, String chunk) throws IOException {
        client.getOutputStream().write(chunk.getBytes(UTF_8));
        return new String(client.getInputStream().readNBytes(chunk.length()), UTF_8);
    }
}
