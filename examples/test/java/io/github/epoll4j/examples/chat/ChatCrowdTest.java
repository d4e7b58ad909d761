package io.github.epoll4j.examples.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.testing.Fds;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(240)
class ChatCrowdTest {
    private static final int CROWD = 1000;
    /** The last one hears nothing until the chat has told half a million times that somebody came. */
    private static final int CROWD_MILLIS = 120_000;

    @ParameterizedTest
    @EnumSource(Kind.class)
    @DisplayName("S06-3: one who does not read is disconnected, and the room told; nobody else waits or misses a line")
    void shouldDisconnectWhoDoesNotRead(Kind kind) throws Exception {
        try (RunningChat chat = RunningChat.start(kind)) {
            Person slow = chat.connectNarrow();
            List<Person> people = chat.enter("alice", "bob");
            Person alice = people.get(0);
            Person bob = people.get(1);
            byte[] batch = ("z".repeat(999) + "\n").repeat(20).getBytes(UTF_8);
            String told = null;
            int lines = 0;
            // what the kernel keeps for the slow one is some megabytes
            for (; told == null && lines < 40_000; lines += 20) {
                alice.sends(batch);
                for (int i = 0; i < 20; i++) {
                    String line = bob.line();
                    if (line.startsWith("* ")) {
                        told = line;
                        line = bob.line();
                    }
                    assertThat(line).isEqualTo("alice: " + "z".repeat(999));
                }
            }
            assertThat(told).isEqualTo("* guest1 has left (did not read)");
            assertThat(alice.readsToNow()).containsExactly("* guest1 has left (did not read)");
            bob.says("/who");
            bob.readsUpTo("* 2 in lobby: alice, bob");
            slow.close();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = {"EPOLL_LEVEL", "SELECT"})
    @DisplayName("a thousand members: each hears of those who come after, and a line reaches everybody once")
    void shouldReachAThousandMembers(Kind kind) throws Exception {
        assumeTrue(Fds.limit() > 2 * CROWD + 200, "too small a limit on descriptors");
        try (RunningChat chat = RunningChat.start(kind)) {
            List<Person> crowd = new ArrayList<>();
            for (int i = 0; i < CROWD; i++) {
                crowd.add(chat.connect());
            }
            Person last = crowd.getLast();
            last.socket.setSoTimeout(CROWD_MILLIS);
            last.readsUpTo("* You are in lobby, with " + names(50) + " and " + (CROWD - 51) + " more.");
            last.says("hello, all");
            for (int i = 0; i < CROWD - 1; i++) {
                List<String> before = crowd.get(i).readsUpTo("guest" + CROWD + ": hello, all");
                assertThat(before).hasSize(2 + CROWD - 1 - i).last().isEqualTo("* guest" + CROWD + " has joined lobby");
            }
            crowd.getFirst().says("/who");
            crowd.getFirst().reads("* 1000 in lobby: " + names(50) + " and 950 more");
            chat.stop(); // quicker than a thousand who leave one by one
        }
    }

    private static String names(int count) {
        StringBuilder names = new StringBuilder("guest1");
        for (int i = 2; i <= count; i++) {
            names.append(", guest").append(i);
        }
        return names.toString();
    }
}
