package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FirstProgramIT {
    @Test
    @DisplayName("S15-1: it prints what clients send, closes at their end, and ends at SIGTERM")
    void shouldPrintWhatClientsSendUntilTheyClose() throws Exception {
        Process process = Programs.launch("first-program", "--port", "0");
        try {
            BufferedReader out = process.inputReader(UTF_8);
            String ready = out.readLine();
            assertThat(ready).matches("first-program listening on 127\\.0\\.0\\.1:\\d+");
            int port = port(ready);
            for (String line : new String[] {"hello", "world"}) {
                try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    client.setSoTimeout(20_000);
                    client.getOutputStream().write((line + "\n").getBytes(UTF_8));
                    assertThat(out.readLine()).isEqualTo(line);
                    client.shutdownOutput();
                    assertThat(client.getInputStream().read()).as("closed by the server").isEqualTo(-1);
                }
            }
            assertThat(Programs.signal(process, "TERM")).isEqualTo(143);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @DisplayName("a character that two reads cut is printed whole, and what could move the cursor is a space")
    void shouldPrintWholeCharactersWhenAReadCutsThem() throws Exception {
        Process process = Programs.launch("first-program", "--port", "0");
        try {
            BufferedReader out = process.inputReader(UTF_8);
            int port = port(out.readLine());
            String line = "a".repeat(1023) + "\u00fc\ud83d\ude00"; // a read takes 1024 bytes
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                client.getOutputStream().write((line + "\n\u001b[2J\u009b2J\u202e\ttail \n\u00e4").getBytes(UTF_8));
                assertThat(out.readLine()).isEqualTo(line);
                assertThat(out.readLine()).isEqualTo(" [2J 2J \ttail ");
                client.getOutputStream().write(new byte[] {'\n', (byte) 0xe2, (byte) 0x82}); // and no third byte
                assertThat(out.readLine()).isEqualTo("\u00e4");
                client.shutdownOutput();
                client.setSoTimeout(20_000);
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
            Programs.signal(process, "TERM");
            assertThat(out.readLine()).as("the end of a stream within a character").isEqualTo("\ufffd");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @DisplayName("without a descriptor for more clients it serves those that it has, and accepts again when one leaves")
    void shouldGoOnWhenThereAreNoDescriptors() throws Exception {
        int limit = 60; // a JVM has some 20
        Process process = Programs.launchWithLimit(limit, "first-program", "--port", "0");
        List<Socket> clients = new ArrayList<>();
        try {
            BufferedReader out = process.inputReader(UTF_8);
            int port = port(out.readLine());
            for (int i = 0; i < limit; i++) {
                clients.add(new Socket(InetAddress.getLoopbackAddress(), port));
                clients.get(i).getOutputStream().write((i + "\n").getBytes(UTF_8));
            }
            assertThat(process.errorReader(UTF_8).readLine()).contains("EMFILE");
            String first = out.readLine();
            clients.get(Integer.parseInt(first)).close();
            for (int left = limit - 1; left > 0; left--) { // each that leaves makes room for another
                clients.get(Integer.parseInt(out.readLine())).close();
            }
        } finally {
            process.destroyForcibly();
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    @DisplayName("S15-2: it sleeps while nothing happens, with a client that is silent")
    void shouldSleepWhenClientsAreSilent() throws Exception {
        try (Launched program = Launched.start("first-program"); Socket client = program.connect()) {
            client.getOutputStream().write("hello\n".getBytes(UTF_8));
            assertThat(program.process().inputReader(UTF_8).readLine()).isEqualTo("hello");

            long sleeps = program.sleeps("java"); // the main thread is called as the program
            TimeUnit.MILLISECONDS.sleep(300);
            assertThat(program.sleeps("java") - sleeps).as("times that it woke").isZero();
        }
    }

    private static int port(String ready) {
        return Integer.parseInt(ready.substring(ready.lastIndexOf(':') + 1));
    }
}
