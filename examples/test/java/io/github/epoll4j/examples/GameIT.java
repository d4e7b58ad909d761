package io.github.epoll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class GameIT {
    private static final int LOGGED_IN = 2;
    private static final int MOVED = 22;
    private static final int TICK = 31;
    /** The time of the load in seconds; 30 for what the list of systems asks. */
    private static final int SECONDS = Integer.getInteger("game.seconds", 2);

    /** A packet, from its type on. */
    private record Packet(int type, ByteBuffer fields) {
    }

    private static ByteBuffer packet(int size, int type, int player) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).putShort((short) size).putShort((short) type)
                .putInt(player);
    }

    private static ByteBuffer move(float x, float y) {
        return packet(16, 21, 1).putFloat(x).putFloat(y);
    }

    private static Packet await(Socket client, int type) throws IOException {
        DataInputStream in = new DataInputStream(client.getInputStream());
        while (true) {
            int size = Short.reverseBytes(in.readShort());
            int read = Short.reverseBytes(in.readShort());
            byte[] fields = in.readNBytes(size - 4);
            if (read == type) {
                return new Packet(type, ByteBuffer.wrap(fields).order(ByteOrder.LITTLE_ENDIAN));
            }
        }
    }

    /** Logs in as the first player. */
    private static Packet logIn(Socket client) throws IOException {
        client.getOutputStream().write(packet(8, 1, 1).array());
        return await(client, LOGGED_IN);
    }

    @Test
    @DisplayName("S13-9: the client plays with many sessions without an error, and prints a summary")
    void shouldPlayWithManySessions() throws Exception {
        try (Launched server = Launched.start("game")) {
            assertThat(server.ready()).endsWith("(1024 players, a tick each 100 ms)");
            Programs.Result result = Programs.run("game-client", "--port", "" + server.port(), "--sessions", "50",
                    "--seconds", "" + SECONDS);
            assertThat(result.out()).containsPattern("50 logins, \\d+\\.\\d s: [1-9]\\d* moves, [1-9]\\d* chats, "
                    + "[1-9]\\d+ chats received, [1-9]\\d+ ticks \\(\\d+\\.\\d\\d a second\\)\n"
                    + "from an action to its echo, ms: p50 \\d+\\.\\d, p90 \\d+\\.\\d, p99 .*\nno errors\n");
            assertThat(result.err()).isEmpty();
            assertThat(result.status()).isZero();
            assertThat(server.signal("TERM")).isEqualTo(143);
        }
    }

    @Test
    @DisplayName("S13-9: the client ends with 1 when a session is refused, and when there is no server")
    void shouldReportARefusal() throws Exception {
        int port;
        try (Launched server = Launched.start("game --players 2")) {
            port = server.port();
            Programs.Result result = Programs.run("game-client", "--port", "" + port, "--sessions", "3", "--seconds",
                    "0.5");
            assertThat(result.out()).contains("2 of 3 have logged in").endsWith("1 errors; the first: a login was "
                    + "refused: no player is free; the server has as many as its --players\n");
            assertThat(result.status()).isEqualTo(1);
        }
        Programs.Result result =
                Programs.run("game-client", "--port", "" + port, "--sessions", "3", "--seconds", "3600");
        assertThat(result.out()).endsWith("3 errors; the first: cannot connect: ECONNREFUSED (Connection refused)\n");
        assertThat(result.status()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("S13-5: ten ticks a second, 20 % more or less, for 2 s, without input and under constant input")
    void shouldTickTenTimesASecond(boolean hasInput) throws Exception {
        try (Launched server = Launched.start("game"); Socket client = server.connect()) {
            logIn(client);
            AtomicBoolean isOver = new AtomicBoolean();
            Thread moving = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; hasInput && !isOver.get(); i++) {
                        client.getOutputStream().write(move(i % 1000, 1).array());
                    }
                } catch (IOException e) {
                    assertThat(isOver).isTrue();
                }
            });
            long millis;
            int attempts = 0; // a busy machine may be late, but not each time
            do {
                int first = await(client, TICK).fields().getInt();
                long start = System.nanoTime();
                for (int i = 1; i <= 20; i++) {
                    assertThat(await(client, TICK).fields().getInt()).isEqualTo(first + i);
                }
                millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            } while ((millis < 1667 || millis > 2500) && ++attempts < 10);
            assertThat(millis).as("20 ticks, at 8 to 12 a second").isBetween(1667L, 2500L);
            isOver.set(true);
            client.shutdownOutput();
            moving.join();
        }
    }

    @Test
    @DisplayName("S13: at SIGTERM it saves what was not saved yet; another start finds it")
    void shouldSaveAtTheEnd(@TempDir Path folder) throws Exception {
        String command = "game --save 0 --tick 10 --players 3 --database " + folder.resolve("players");
        try (Launched server = Launched.start(command); Socket client = server.connect()) {
            logIn(client);
            client.getOutputStream().write(move(17, 18).array());
            await(client, MOVED);
            Programs.Result second = Programs.run((command + " --port 0").split(" "));
            assertThat(second.err()).startsWith("cannot open the database " + folder.resolve("players") + ": ")
                    .hasLineCount(1);
            assertThat(second.status()).isEqualTo(1);
            assertThat(server.signal("TERM")).isEqualTo(143);
            assertThat(client.getInputStream().readAllBytes()).isNotNull();
        }
        try (Launched server = Launched.start(command); Socket client = server.connect()) {
            ByteBuffer fields = logIn(client).fields();
            assertThat(fields.getInt(0)).isEqualTo(1);
            assertThat(fields.getFloat(4)).isEqualTo(17);
            assertThat(fields.getFloat(8)).isEqualTo(18);
        }
    }
}
