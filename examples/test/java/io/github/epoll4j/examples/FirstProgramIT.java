package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.Socket;
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
            int port = Integer.parseInt(ready.substring(ready.lastIndexOf(':') + 1));
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
}
