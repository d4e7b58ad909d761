package io.github.epoll4j.examples.game;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.testing.Eventually;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class GameTest {
    @Test
    @DisplayName("S13-1: a login gets the stored name and position; an unknown player and one in use are refused")
    void shouldLogInWhenThePlayerIsKnownAndFree() throws Exception {
        try (RunningGame game = RunningGame.start()) {
            Player stored = game.store.load(2).join();
            Puppet bela = game.connect();
            Puppet.Packet answer = bela.logIn(2);
            assertThat(answer.id()).isEqualTo(2);
            assertThat(answer.name()).isEqualTo(stored.name()).isEqualTo("Bela");
            assertThat(List.of(answer.x(), answer.y())).containsExactly(stored.x(), stored.y());

            Puppet other = game.connect();
            assertThat(other.logIn(RunningGame.PLAYERS + 1).id()).isEqualTo(Refusal.UNKNOWN.code);
            assertThat(other.logIn(Integer.MIN_VALUE).id()).isEqualTo(Refusal.UNKNOWN.code);
            assertThat(other.logIn(2).id()).isEqualTo(Refusal.IN_USE.code);
            assertThat(other.logIn(0).id()).as("the first one that is free").isEqualTo(1);
            assertThat(other.await(PacketType.ENTERED, 2).name()).as("who is there").isEqualTo("Bela");
            bela.await(PacketType.ENTERED, 1);
        }
    }

    @Test
    @DisplayName("S13-2: a line reaches everybody, its sender included, with the sender's name")
    void shouldBroadcastAChatLine() throws Exception {
        try (RunningGame game = RunningGame.start()) {
            Puppet ada = game.enter(1);
            Puppet bela = game.enter(2);
            Puppet cleo = game.enter(3);
            String line = "hällo " + "é".repeat(200);
            bela.says(line);
            String cut = new String(line.getBytes(UTF_8), 0, PacketType.TEXT_BYTES - 1, UTF_8); // whole characters
            for (Puppet each : List.of(ada, bela, cleo)) {
                each.hears(bela, "Bela", cut);
            }
            cleo.says("a\u001b[2J\u202Eb");
            ada.hears(cleo, "Cleo", "a [2J b");
        }
    }

    @Test
    @DisplayName("S13-3: a move changes the position, which all are sent, and which the player has at the next login")
    void shouldBroadcastAMove() throws Exception {
        try (RunningGame game = RunningGame.start()) {
            Puppet ada = game.enter(1);
            Puppet bela = game.enter(2);
            ada.moves(12.5f, 40);
            for (Puppet each : List.of(ada, bela)) {
                Puppet.Packet moved = each.await(PacketType.MOVED, 1);
                assertThat(List.of(moved.x(), moved.y())).containsExactly(12.5f, 40f);
            }
            ada.moves(-1, 1e30f);
            assertThat(bela.await(PacketType.MOVED, 1)).satisfies(border ->
                    assertThat(List.of(border.x(), border.y())).containsExactly(0f, World.HEIGHT));
            ada.moves(7, 8);
            bela.await(PacketType.MOVED, 1);
            ada.close();
            bela.await(PacketType.LEFT, 1);
            Puppet.Packet again = game.connect().logIn(1);
            assertThat(List.of(again.x(), again.y())).as("before any save").containsExactly(7f, 8f);
        }
    }

    @Test
    @DisplayName("S13-4: a packet for another's player, or before the login, is ignored")
    void shouldIgnoreAForgedPlayer() throws Exception {
        try (RunningGame game = RunningGame.start()) {
            Puppet ada = game.enter(1);
            Puppet bela = game.enter(2);
            Puppet stranger = game.connect();
            stranger.send(out -> out.say(1, "forged"));
            stranger.send(out -> out.move(0, 1, 1));
            bela.send(out -> {
                out.say(1, "forged");
                out.move(1, 1, 1);
                out.login(3);
                out.say(2, "mine");
            });
            Puppet.Packet first = ada.await(packet -> packet.type() == PacketType.SAID
                    || packet.type() == PacketType.MOVED || packet.type() == PacketType.LOGGED_IN);
            assertThat(first.type()).isEqualTo(PacketType.SAID);
            assertThat(first.line()).isEqualTo("mine");
            assertThat(stranger.logIn(3).id()).as("the stranger may go on").isEqualTo(3);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "0800 e703 01000000 | there is no packet of type 999",
        "0800 1f00 01000000 | a packet of type 31 has 12 bytes, not 8",
        "0800 2100 01000000 | a packet of type 33 comes from servers alone",
        "0900 0100 0100000000 | a packet of type 1 has 8 bytes, not 9",
        "1000 0b00 010000000000000000000000 | a packet of type 11 has 264 bytes, not 16",
        "0400 1500 | a packet of type 21 has 16 bytes, not 4",
        "0200 | a packet without a type",
        "0100 00 | has a length of 1 bytes",
        "ffff 0100 | has a length of 65535 bytes",
        "1000 1500 01000000 0000c07f 00000000 | a position of NaN, 0.0",
        "0801 0b00 01000000 c328 | a text that is not UTF-8"})
    @DisplayName("S13-4, S13: an unknown type, or a size that is not the type's, resets that client, with one line")
    void shouldDisconnectWhoSendsAMalformedPacket(String hex, String why) throws Exception {
        try (RunningGame game = RunningGame.start(); Log log = new Log()) {
            Puppet good = game.enter(1);
            Puppet bad = game.enter(2);
            byte[] packet = bytes(hex);
            Updates behind = new Updates();
            behind.say(2, "behind a packet that has ended the session");
            bad.send(ByteBuffer.allocate(packet.length + PacketType.SAY.size).put(packet).put(behind.view()).array());

            assertThat(bad.isReset()).as("reset").isTrue();
            good.says("still here");
            good.hears(good, "Ada", "still here");
            assertThat(log.lines()).singleElement().asString().startsWith("client /127.0.0.1:").contains(why);
            assertThat(game.players()).isEqualTo(1);
        }
    }

    private static byte[] bytes(String hex) {
        String digits = hex.replace(" ", "");
        boolean isText = digits.startsWith("0801");
        ByteBuffer bytes = ByteBuffer.allocate(isText ? PacketType.SAY.size : digits.length() / 2)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < digits.length(); i += 2) {
            bytes.put((byte) Integer.parseInt(digits.substring(i, i + 2), 16));
        }
        return bytes.array();
    }

    @Test
    @DisplayName("S13-6: a client that does not read is dropped, with one line, and no other waits or misses a line")
    void shouldDropASlowReader() throws Exception {
        try (RunningGame game = RunningGame.start(Duration.ofMillis(5), Duration.ofHours(1)); Log log = new Log()) {
            Puppet slow = game.connect(4096);
            slow.logIn(1);
            List<Puppet> others = new ArrayList<>();
            for (int player = 2; player < 12; player++) {
                others.add(game.enter(player));
            }
            int rounds = 0;
            while (game.players() == 11) {
                for (Puppet each : others) {
                    each.send(out -> {
                        for (int i = 0; i < Session.PACKETS_PER_TICK; i++) {
                            out.say(each.player, "z".repeat(250));
                        }
                    });
                }
                rounds++;
                for (Puppet each : others) {
                    for (int i = 0; i < others.size() * Session.PACKETS_PER_TICK; i++) {
                        each.await(packet -> packet.type() == PacketType.SAID);
                    }
                }
                assertThat(rounds).as("what the kernel and the queue keep is less").isLessThan(1000);
            }
            others.getFirst().says("end");
            for (Puppet each : others) {
                each.hears(others.getFirst(), "Bela", "end");
            }
            assertThat(log.lines()).singleElement().asString().contains("the queue limit of 262144 bytes is exceeded");
        }
    }

    @Test
    @DisplayName("S13-7, S13: a client's FIN, also behind half a packet, and a reset free its session; others go on")
    void shouldFreeTheSessionWhenAClientEnds() throws Exception {
        try (RunningGame game = RunningGame.start()) {
            Puppet good = game.enter(1);
            Puppet silent = game.connect(); // its login timer runs on for an hour
            Eventually.await("both are there", () -> game.sessions() == 2);
            WeakReference<Session> session = game.onLoop(() -> new WeakReference<>(
                    List.copyOf(game.server.world().sessions()).getLast()));
            silent.shutdownOutput();
            assertThat(silent.isReset()).as("closed in good order").isFalse();
            silent.close();
            Eventually.await("it is freed", () -> {
                System.gc();
                return session.refersTo(null);
            });
            Puppet half = game.enter(2);
            half.send(new byte[] {16, 0, 21});
            half.shutdownOutput();
            good.await(PacketType.LEFT, 2);
            game.enter(2).reset();
            good.await(PacketType.LEFT, 2);
            assertThat(game.sessions()).isEqualTo(1);
            long before = game.reactor.loops().getFirst().metrics().iterations();
            int ticks = game.ticks();
            Eventually.await("ticks go on", () -> game.ticks() >= ticks + 5);
            assertThat(game.reactor.loops().getFirst().metrics().events() - before).as("it does not spin")
                    .isLessThan(100_000);
        }
    }

    @Test
    @DisplayName("S13: a client that sends without a pause has four packets a tick; all come, in order")
    void shouldHandleAFloodByTicks() throws Exception {
        try (RunningGame game = RunningGame.start()) {
            Puppet ada = game.enter(1);
            int count = 200; // 50 KB, some times what the source's buffer took
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    ada.send(out -> {
                        for (int i = 0; i < count; i++) {
                            out.say(1, "line " + i);
                        }
                    });
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            int inTick = 0;
            for (int line = 0; line < count;) {
                Puppet.Packet packet = ada.next();
                if (packet.type() == PacketType.SAID) {
                    assertThat(packet.line()).isEqualTo("line " + line++);
                    assertThat(++inTick).isLessThanOrEqualTo(Session.PACKETS_PER_TICK);
                } else if (packet.type() == PacketType.TICK) {
                    inTick = 0;
                }
            }
            sender.join();
        }
    }

    @Test
    @DisplayName("S13-8: statements run on the database's thread while ticks go on; results come on the loop's thread")
    void shouldLeaveTheDatabaseToItsThread() throws Exception {
        try (RunningGame game = RunningGame.start()) {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch end = new CountDownLatch(1);
            AtomicReference<String> thread = new AtomicReference<>();
            game.store.save(new AbstractMap<>() {
                @Override
                public Set<Map.Entry<Integer, PlayerStore.Position>> entrySet() {
                    thread.set(Thread.currentThread().getName());
                    begun.countDown();
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    return Set.of();
                }
            });
            begun.await();
            Puppet ada = game.enter(60 + 1); // refused, without the database
            int ticks = game.ticks();
            ada.send(out -> out.login(1));
            AtomicReference<Thread> accepted = new AtomicReference<>();
            CountDownLatch isAccepted = new CountDownLatch(1);
            game.onLoop(() -> {
                game.server.world().login(new ThreadSession(game.server.world(), accepted, isAccepted), 2);
                return null;
            });
            Eventually.await("the world goes on", () -> game.ticks() >= ticks + 3);
            assertThat(game.players()).as("players loaded").isZero();
            end.countDown();
            assertThat(ada.await(packet -> packet.type() == PacketType.LOGGED_IN).id()).isEqualTo(1);
            isAccepted.await();
            assertThat(accepted).hasValue(game.reactor.loops().getFirst().thread());
            assertThat(thread).hasValue(PlayerStore.THREAD);
        }
    }

    /** Notes the thread that its player comes on. */
    private static final class ThreadSession extends Session {
        private final AtomicReference<Thread> thread;
        private final CountDownLatch isAccepted;

        ThreadSession(World world, AtomicReference<Thread> thread, CountDownLatch isAccepted) {
            super(world, null);
            this.thread = thread;
            this.isAccepted = isAccepted;
        }

        @Override
        void accept(Player loaded) {
            thread.set(Thread.currentThread());
            isAccepted.countDown();
        }

        @Override
        void send(Tick tick) {
            throw new AssertionError();
        }

        @Override
        void send(ByteBuffer packets) {
            throw new AssertionError();
        }

        @Override
        void expel(String fault) {
            throw new AssertionError();
        }
    }

    @Test
    @DisplayName("S13: fifty clients that connect at once are all served")
    void shouldServeABurstOfClients() throws Exception {
        try (RunningGame game = RunningGame.start()) {
            List<Puppet> crowd = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                crowd.add(game.connect());
            }
            for (Puppet each : crowd) {
                each.send(out -> out.login(0));
            }
            Set<Integer> players = new HashSet<>();
            for (Puppet each : crowd) {
                players.add(each.await(packet -> packet.type() == PacketType.LOGGED_IN).id());
            }
            assertThat(players).hasSize(50);
        }
    }

    @Test
    @DisplayName("S13: positions are saved again and again; another server finds them in the file")
    void shouldSavePeriodically(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("players");
        try (RunningGame game = RunningGame.start(file)) {
            Puppet ada = game.enter(1);
            ada.moves(11, 12);
            ada.await(PacketType.MOVED, 1);
            Eventually.await("it is saved", () -> game.store.load(1).join().x() == 11);
            ada.moves(21, 22);
            ada.await(PacketType.MOVED, 1);
            Eventually.await("it is saved", () -> game.store.load(1).join().x() == 21);
        }
        try (RunningGame game = RunningGame.start(file)) {
            Puppet.Packet ada = game.connect().logIn(1);
            assertThat(List.of(ada.x(), ada.y())).containsExactly(21f, 22f);
        }
    }

    @Test
    @DisplayName("a client that does not log in in time is disconnected; one that has is kept")
    void shouldDisconnectWhoDoesNotLogIn() throws Exception {
        try (Log log = new Log();
                RunningGame game = RunningGame.start(Duration.ofMillis(10), Duration.ofMillis(1000))) {
            Puppet ada = game.enter(1);
            assertThat(game.connect().isReset()).isTrue();
            assertThat(log.lines()).singleElement().asString().endsWith("no login within 1000 ms");
            ada.says("here");
            ada.hears(ada, "Ada", "here");
        }
    }

    /** What the game logs. */
    static final class Log extends Handler implements AutoCloseable {
        private final Logger logger = Logger.getLogger("io.github.epoll4j.examples.game");
        private final List<String> lines = new CopyOnWriteArrayList<>();

        Log() {
            logger.setUseParentHandlers(false);
            logger.addHandler(this);
        }

        List<String> lines() {
            return lines;
        }

        @Override
        public void publish(LogRecord record) {
            lines.add(record.getMessage());
        }

        @Override
        public void flush() {
            // at once
        }

        @Override
        public void close() {
            logger.removeHandler(this);
            logger.setUseParentHandlers(true);
        }
    }
}
