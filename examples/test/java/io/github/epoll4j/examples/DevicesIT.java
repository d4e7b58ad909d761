package io.github.epoll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DevicesIT {
    @TempDir
    private Path folder;

    @Test
    @DisplayName("S10-7: workers and queue come from a file, options win; devices-client plays, and SIGTERM ends it")
    void shouldServeDevicesWhenConfiguredByAFile() throws Exception {
        Path config = Files.writeString(folder.resolve("devices.properties"),
                "tcp-port = 0\nudp-port = 0\nworkers = 3\nqueue = 9\nusers = 20\ntimeout = 30\n");
        Path database = folder.resolve("users");
        try (Launched server = new Launched(Programs.launch("devices", "--config", config.toString(), "--queue", "7",
                "--database", database.toString(), "--create"))) {
            assertThat(server.ready()).contains("3 workers, queue of 7");

            Programs.Result played = Programs.run("devices-client", "--port", "" + server.port(), "--devices", "20",
                    "--seconds", "0.5", "--beat", "20");
            assertThat(played.err()).isEmpty();
            assertThat(played.out()).matches("20 devices: 20 logins, [1-9]\\d* heartbeats answered, 0 failures; .*\n");
            assertThat(played.status()).isZero();

            Programs.Result refused = Programs.run("devices-client", "--port", "" + server.port(), "--devices", "21",
                    "--seconds", "0.2");
            assertThat(refused.err()).isEqualTo("device-21: DENIED, no such user or a wrong password\n");
            assertThat(refused.status()).isEqualTo(1);
            assertThat(server.signal("TERM")).isEqualTo(143);
        }
        assertThat(folder.resolve("users.mv.db")).exists();
    }

    @Test
    @DisplayName("a missing database, a wrong file and a busy port are one line each, and status 1")
    void shouldExplainWhenItCannotStart() throws Exception {
        Path missing = folder.resolve("missing");
        assertFails(missing + ".mv.db: there is no such database; --create makes it\n",
                "--database", missing.toString());
        Path config = Files.writeString(folder.resolve("odd.properties"), "colour = blue\n");
        assertFails(config + ": there is no option colour\n", "--config", config.toString());
        Files.writeString(config, "workers = many\n");
        assertThat(run("--config", config.toString()).err()).startsWith(config + ": ").contains("many").hasLineCount(1);
        assertFails("cannot read --config " + missing + ": no such file: " + missing + "\n",
                "--config", missing.toString());
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = "" + taken.getLocalPort();
            assertFails("cannot listen on 127.0.0.1:" + port + ": EADDRINUSE (Address already in use)\n",
                    "--tcp-port", port, "--udp-port", "0");
        }
        try (DatagramSocket taken = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            String port = "" + taken.getLocalPort();
            assertFails("cannot bind UDP 127.0.0.1:" + port + ": EADDRINUSE (Address already in use)\n",
                    "--tcp-port", "0", "--udp-port", port);
        }
    }

    private static void assertFails(String line, String... options) throws Exception {
        Programs.Result result = run(options);
        assertThat(result.err()).isEqualTo(line);
        assertThat(result.status()).isEqualTo(1);
    }

    private static Programs.Result run(String... options) throws Exception {
        String[] command = new String[options.length + 1];
        command[0] = "devices";
        System.arraycopy(options, 0, command, 1, options.length);
        return Programs.run(command);
    }
}
