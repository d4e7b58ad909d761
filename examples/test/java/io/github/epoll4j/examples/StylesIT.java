package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class StylesIT {
    @Test
    @DisplayName("S19-1, C52: the chat wakes for input alone: with guests that are silent for a second it never wakes")
    void shouldSleepUntilSomebodySpeaksWhenItWaitsForEver() throws Exception {
        try (Launched server = Launched.start("style-chat");
                Guest first = new Guest(server);
                Guest second = new Guest(server)) {
            first.say("hello");
            assertThat(second.hear()).isEqualTo("guest 1: hello");
            assertThat(first.hear()).isEqualTo("guest 1: hello");

            long sleeps = server.sleeps("java"); // the main thread is called as the program
            long cpu = server.cpuMillis();
            TimeUnit.SECONDS.sleep(1);
            assertThat(server.cpuMillis() - cpu).as("ms of CPU in a second").isLessThan(50);
            assertThat(server.sleeps("java") - sleeps).as("times that it woke").isZero();

            second.say("I'm here");
            assertThat(first.hear()).isEqualTo("guest 2: I'm here");
            first.leave();
            second.hear();
            second.say("alone");
            assertThat(second.hear()).isEqualTo("guest 2: alone");
            assertThat(server.signal("TERM")).isEqualTo(143);
        }
    }

    @Test
    @DisplayName("S19-2, S13-5, C53: the world of the game moves ten times a second without any input")
    void shouldMoveTheWorldWhenThereIsNoInput() throws Exception {
        try (Launched server = Launched.start("style-tick"); Guest guest = new Guest(server)) {
            assertTwentyTicks(guest);
        }
    }

    @Test
    @DisplayName("S19-2, S13-5, C53: and no tick is lost or late for good while input never ends")
    void shouldMoveTheWorldWhenInputNeverEnds() throws Exception {
        try (Launched server = Launched.start("style-tick");
                Guest talker = new Guest(server);
                Guest guest = new Guest(server)) {
            AtomicBoolean isOver = new AtomicBoolean();
            AtomicLong said = new AtomicLong();
            Thread talking = Thread.ofPlatform().start(() -> {
                try {
                    while (!isOver.get()) {
                        talker.say("left");
                        said.incrementAndGet();
                    }
                } catch (IOException e) {
                    assertThat(isOver).isTrue();
                }
            });
            assertTwentyTicks(guest);
            isOver.set(true);
            talking.join();
            assertThat(said).as("more lines than ticks").hasValueGreaterThan(20);
            String[] before = guest.hear().split(" ");
            String[] after = guest.hear().split(" ");
            assertThat(Integer.parseInt(after[6])).as("it goes left").isEqualTo(Integer.parseInt(before[6]) - 1);
        }
    }

    /** Every tick comes, and they come no faster than they should: the last of the 20 nearly two seconds later. */
    private static void assertTwentyTicks(Guest guest) throws IOException {
        long first = tick(guest.hear());
        long start = System.nanoTime();
        for (int i = 1; i <= 20; i++) {
            assertThat(tick(guest.hear())).isEqualTo(first + i);
        }
        assertThat(System.nanoTime() - start).as("ns for 20 ticks").isGreaterThan(TimeUnit.MILLISECONDS.toNanos(1600));
    }

    private static long tick(String line) {
        assertThat(line).matches("tick \\d+: the monster is at -?\\d+");
        return Long.parseLong(line.replaceAll("tick (\\d+):.*", "$1"));
    }

    @Test
    @DisplayName("S19-3, C54: the computing program goes on between looks for input, and answers nevertheless")
    void shouldGoOnWithItsWorkWhenItLooksForInputNowAndThen() throws Exception {
        try (Launched server = Launched.start("style-busy"); Guest guest = new Guest(server)) {
            long[] last = {0, 0};
            for (int i = 0; i < 5; i++) {
                guest.say("how far?");
                String line = guest.hear();
                assertThat(line).matches("\\d+ primes up to \\d+");
                long primes = Long.parseLong(line.split(" ")[0]);
                long candidate = Long.parseLong(line.split(" ")[4]);
                assertThat(candidate).as("it went on").isGreaterThan(last[1]);
                assertThat(primes).isGreaterThanOrEqualTo(last[0]);
                last = new long[] {primes, candidate};
            }
            long cpu = server.cpuMillis();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (server.cpuMillis() - cpu < 300) {
                assertThat(System.nanoTime()).as("it computes while nobody asks").isLessThan(deadline);
                TimeUnit.MILLISECONDS.sleep(10);
            }
            assertThat(server.signal("TERM")).isEqualTo(143);
        }
    }

    @Test
    @DisplayName("S19-4, C55: a thread for input and output sleeps for ever, hands work over, and is woken for answers")
    void shouldHandOverWhenOneThreadDoesInputAndOutput() throws Exception {
        try (Launched server = Launched.start("style-thread");
                Guest first = new Guest(server);
                Guest second = new Guest(server)) {
            for (int i = 0; i < 100; i++) {
                first.say("epoll" + i);
                second.say("" + i);
                String answer = ": turned by main, sent by io";
                assertThat(first.hear()).isEqualTo(new StringBuilder("epoll" + i).reverse() + answer);
                assertThat(second.hear()).isEqualTo(new StringBuilder("" + i).reverse() + answer);
            }
            long sleeps = server.sleeps("io") + server.sleeps("java");
            long cpu = server.cpuMillis();
            TimeUnit.SECONDS.sleep(1);
            assertThat(server.sleeps("io") + server.sleeps("java") - sleeps).as("times that they woke").isZero();
            assertThat(server.cpuMillis() - cpu).as("ms of CPU in a second").isLessThan(50);
            assertThat(server.signal("TERM")).isEqualTo(143);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"style-chat", "style-tick", "style-thread"})
    @DisplayName("S19: a line without an end, a reset, and half a line at the end close one client and no other")
    void shouldCloseOnlyWhoMisbehaves(String style) throws Exception {
        try (Launched server = Launched.start(style); Guest good = new Guest(server)) {
            good.say("hello");
            good.hear();
            try (Socket endless = server.connect()) {
                endless.getOutputStream().write(new byte[20_000]);
                assertThat(drain(endless)).as("closed by the server").isTrue();
            }
            try (Socket reset = server.connect()) {
                reset.setSoLinger(true, 0);
            }
            try (Socket half = server.connect()) {
                half.getOutputStream().write("half a li".getBytes(UTF_8));
                half.shutdownOutput();
                assertThat(drain(half)).isTrue();
            }
            good.say("still here");
            String line;
            do {
                line = good.hear();
            } while (style.equals("style-chat") && !line.endsWith("still here"));
            assertThat(line).isNotEmpty();
        }
    }

    /** Reads to the end, or the reset. */
    private static boolean drain(Socket client) throws IOException {
        try {
            client.getInputStream().readAllBytes();
        } catch (SocketException e) {
            return e.getMessage().contains("reset");
        }
        return true;
    }

    /** A client that talks in lines. */
    private static final class Guest implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader in;

        Guest(Launched server) throws IOException {
            socket = server.connect();
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        }

        void say(String line) throws IOException {
            socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
        }

        void leave() throws IOException {
            socket.close();
        }

        String hear() throws IOException {
            String line = in.readLine();
            assertThat(line).as("a line, not the end").isNotNull();
            return line;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
