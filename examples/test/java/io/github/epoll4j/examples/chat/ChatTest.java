package io.github.epoll4j.examples.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The same chat on every way to wait. */
@ParameterizedClass
@EnumSource(Kind.class)
@Timeout(60)
class ChatTest {
    @Parameter
    private Kind kind;

    private RunningChat chat;

    @BeforeEach
    void start() throws IOException {
        chat = RunningChat.start(kind);
    }

    @AfterEach
    void close() throws IOException {
        chat.close();
    }

    @Test
    @DisplayName("S06-1: with the sender included, a line of one reaches all three once, in order")
    void shouldReachAllThreeWhenTheSenderIsIncluded() throws Exception {
        try (RunningChat echoing = RunningChat.start(kind, true, 0)) {
            List<Person> people = echoing.enter("alice", "bob", "carol");
            people.get(0).says("one");
            people.get(0).says("two");
            for (Person person : people) {
                person.reads("alice: one", "alice: two");
                assertThat(person.readsToNow()).isEmpty();
            }
        }
    }

    @Test
    @DisplayName("S06-2: one who has left is not written to any more, and the others continue")
    void shouldGoOnWhenOneHasLeft() throws Exception {
        List<Person> people = chat.enter("alice", "bob", "carol");
        people.get(1).close();
        people.get(0).reads("* bob has left");
        people.get(2).reads("* bob has left");
        people.get(0).says("still here?");
        people.get(2).reads("alice: still here?");
        people.get(2).says("yes");
        people.get(0).reads("carol: yes");
    }

    @Test
    @DisplayName("S06-4: an idle chat does not turn")
    void shouldNotTurnWhenIdle() throws Exception {
        chat.enter("alice", "bob");
        assertThat(chat.reactor.loops()).allSatisfy(loop -> {
            // what the last line has set off may still turn; a loop that spins never stands still for so long
            long before;
            int calm = 0;
            for (int i = 0; calm < 3 && i < 100; i++) {
                before = loop.metrics().iterations();
                LockSupport.parkNanos(100_000_000);
                calm = loop.metrics().iterations() == before ? calm + 1 : 0;
            }
            assertThat(calm).isEqualTo(3);
        });
    }

    @Test
    @DisplayName("S07-1, S07-5: join notice, line to the others and not to the sender, leave notice")
    void shouldTellOthersOfJoiningSpeakingAndLeaving() throws Exception {
        List<Person> people = chat.enter("alice", "bob");
        Person carol = chat.connect();
        for (Person person : people) {
            person.reads("* guest3 has joined lobby");
        }
        assertThat(carol.readsToNow()).containsExactly(
                "* Welcome, guest3! " + Commands.SUMMARY,
                "* You are in lobby, with alice, bob.");
        carol.says("hello");
        for (Person person : people) {
            person.reads("guest3: hello");
        }
        assertThat(carol.readsToNow()).isEmpty();
        carol.close();
        for (Person person : people) {
            person.reads("* guest3 has left");
            assertThat(person.readsToNow()).isEmpty();
        }
    }

    @Test
    @DisplayName("S07-2, S07-5: partial lines are reassembled, byte by byte")
    void shouldReassembleWhenALineComesInPieces() throws Exception {
        List<Person> people = chat.enter("alice", "bob");
        for (byte octet : "h\u00e9llo \u4e16\u754c \ud83d\ude00\r\n".getBytes(UTF_8)) {
            people.get(0).sends(octet);
        }
        people.get(1).reads("alice: h\u00e9llo \u4e16\u754c \ud83d\ude00");
        assertThat(people.get(1).readsToNow()).isEmpty();
    }

    @Test
    @DisplayName("S07-3, S07-5: two lines, and a half, in one packet are split")
    void shouldSplitWhenTwoLinesComeAtOnce() throws Exception {
        List<Person> people = chat.enter("alice", "bob");
        people.get(0).sends("one\ntwo\r\nthr".getBytes(UTF_8));
        people.get(1).reads("alice: one", "alice: two");
        people.get(0).sends("ee\n".getBytes(UTF_8));
        people.get(1).reads("alice: three");
    }

    @Test
    @DisplayName("S07-2: the last line counts without an ending; what it asks for is answered before the end")
    void shouldAnswerWhenTheInputHasEnded() throws Exception {
        Person alice = chat.enter("alice");
        alice.sends("/who".getBytes(UTF_8));
        alice.socket.shutdownOutput();
        alice.reads("* 1 in lobby: alice");
        alice.readsTheEnd();
    }

    @Test
    @DisplayName("everybody sees the lines of several in the same order, none lost, none twice")
    void shouldShowTheSameOrderToEverybody() throws Exception {
        List<Person> people = chat.enter("alice", "bob", "carol", "dave");
        people.forEach(person -> Thread.ofVirtual().start(() -> {
            for (int i = 0; i < 200; i++) {
                try {
                    person.says("line " + i);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }));
        List<String> names = List.of("alice", "bob", "carol", "dave");
        List<List<String>> seen = people.stream()
                .map(person -> IntStream.range(0, 600).mapToObj(i -> person.line()).toList()).toList();
        for (int i = 0; i < 4; i++) {
            String sender = names.get(i) + ": ";
            List<String> lines = IntStream.range(0, 200).mapToObj(n -> sender + "line " + n).toList();
            // what the first and this one saw, without their own lines
            String first = "alice: ";
            assertThat(seen.get(i).stream().filter(line -> !line.startsWith(first))).containsExactlyElementsOf(
                    seen.getFirst().stream().filter(line -> !line.startsWith(sender)).toList());
            assertThat(seen.get((i + 1) % 4).stream().filter(line -> line.startsWith(sender)))
                    .containsExactlyElementsOf(lines);
        }
    }

    @Test
    @DisplayName("what is no line of text is refused with one word about why, and the connection stays")
    void shouldRefusePolitelyWhenALineIsNoText() throws Exception {
        List<Person> people = chat.enter("alice", "bob");
        Person alice = people.get(0);
        alice.says("x".repeat(1001));
        alice.reads("* Sorry, a line has at most 1000 bytes; yours was dropped.");
        alice.says("x".repeat(100_000));
        alice.reads("* Sorry, a line has at most 1000 bytes; yours was dropped.");
        alice.sends((byte) 'a', (byte) 0xC3, (byte) '(', (byte) '\n');
        alice.reads("* Sorry, that line was not UTF-8, and was dropped.");
        alice.says("\u001b[2Jgone");
        alice.reads("* Sorry, that line had control characters, and was dropped.");
        alice.says("y".repeat(1000));
        people.get(1).reads("alice: " + "y".repeat(1000));
        assertThat(alice.readsToNow()).isEmpty();
    }

    @Test
    @DisplayName("telnet: its commands are taken out of the line, and its wishes refused")
    void shouldRefuseWhatTelnetAsksFor() throws Exception {
        Person telnet = chat.connectRaw();
        Person bob = chat.enter("bob");
        telnet.readsUpTo("* guest2 is now bob");
        // IAC WILL NAWS, IAC SB NAWS 0 80 0 24 IAC SE, IAC DO SUPPRESS-GO-AHEAD
        telnet.sends((byte) 255, (byte) 251, (byte) 31, (byte) 'h', (byte) 255, (byte) 250, (byte) 31, (byte) 0,
                (byte) 80, (byte) 0, (byte) 24, (byte) 255, (byte) 240, (byte) 'i', (byte) 255, (byte) 253, (byte) 3,
                (byte) '\r', (byte) '\n');
        bob.reads("guest1: hi");
        assertThat(telnet.bytes(6)).containsExactly(255, 254, 31, 255, 252, 3);
    }

    @Test
    @DisplayName("a full chat says so to whom it turns away, and lets in the next one when somebody has left")
    void shouldTurnAwayWhenItIsFull() throws Exception {
        try (RunningChat small = RunningChat.start(kind, false, 2)) {
            List<Person> people = small.enter("alice", "bob");
            Person late = small.connect();
            late.says("hello?");
            late.reads("* The chat is full: 2 are here. Please come back later.");
            late.readsTheEnd();
            people.get(1).close();
            people.get(0).reads("* bob has left");
            small.enter("carol");
            people.get(0).readsUpTo("* guest4 is now carol");
        }
    }

    @Test
    @DisplayName("when the server closes, all get what was said before, a farewell, and the end")
    void shouldSayGoodbyeWhenItCloses() throws Exception {
        List<Person> people = chat.enter("alice", "bob");
        people.get(0).says("last words");
        people.get(0).readsToNow();
        Thread stop = Thread.ofPlatform().start(chat::stop);
        people.get(1).reads("alice: last words");
        for (Person person : people) {
            person.reads("* The server is closing. Goodbye.");
            person.readsTheEnd();
            person.close();
        }
        stop.join();
    }
}
