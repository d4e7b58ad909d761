package io.github.epoll4j.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.examples.RedisServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A chat of several nodes, in one process. */
@Timeout(120)
class RedisChatTest {
    @Test
    @DisplayName("three nodes share rooms, names, private messages and history")
    void shouldBeOneChatWhenNodesShareARedis() throws Exception {
        try (RedisServer redis = RedisServer.start();
                RunningChat first = RunningChat.startNode(redis.address());
                RunningChat second = RunningChat.startNode(redis.address())) {
            Person ann = first.enter("ann");
            Person bob = second.enter("bob");
            seesNaming(ann, "bob");
            ann.says("hello");
            bob.readsUpTo("ann: hello");
            bob.says("/nick ANN");
            bob.readsUpTo("* The name ann is taken.");
            bob.says("/msg ann psst");
            bob.readsUpTo("you (to ann): psst");
            ann.readsUpTo("bob (to you): psst");
            bob.says("/join games");
            ann.readsUpTo("* bob has left for games");
            bob.says("is anybody here?");
            ann.says("/rooms");
            ann.readsUpTo("* Rooms: games (1), lobby (1)");

            try (RunningChat third = RunningChat.startNode(redis.address())) { // takes a snapshot
                Person eve = third.connect();
                assertThat(eve.readsUpTo("ann: hello")).endsWith("* Said before you came:");
                eve.says("/nick bob");
                eve.readsUpTo("* The name bob is taken.");
                eve.says("/join games");
                assertThat(eve.readsUpTo("bob: is anybody here?"))
                        .containsSubsequence("* You are in games, with bob.", "* Said before you came:");
                bob.readsUpTo("* guest1 has joined games");
                eve.says("/quit");
                bob.readsUpTo("* guest1 has left");
            }
            bob.close();
            ann.says("/who");
            ann.readsUpTo("* 1 in lobby: ann");
        }
    }

    @Test
    @DisplayName("members of every node get the lines of all in the same order")
    void shouldDeliverInOneOrderWhenNodesTalkAtOnce() throws Exception {
        int count = 100;
        try (RedisServer redis = RedisServer.start();
                RunningChat first = RunningChat.startNode(redis.address());
                RunningChat second = RunningChat.startNode(redis.address())) {
            Person ann = first.enter("ann");
            Person bob = second.enter("bob");
            Person here = first.enter("here");
            Person there = second.enter("there");
            seesNaming(here, "there");
            for (int i = 0; i < count; i++) {
                ann.says("a" + i);
                bob.says("b" + i);
            }
            List<String> atFirst = lines(here, 2 * count);
            assertThat(lines(there, 2 * count)).isEqualTo(atFirst);
            assertThat(atFirst.stream().filter(line -> line.startsWith("ann"))).hasSize(count);
        }
    }

    /** Reads up to the line that a guest, whatever its number, has a name now. */
    private static void seesNaming(Person person, String name) {
        String line = person.line();
        while (!line.matches("\\* guest\\d+ is now " + name)) {
            line = person.line();
        }
    }

    private static List<String> lines(Person person, int count) {
        List<String> lines = new ArrayList<>();
        while (lines.size() < count) {
            String line = person.line();
            if (line.matches("(ann|bob): .\\d+")) {
                lines.add(line);
            }
        }
        return lines;
    }

    @Test
    @DisplayName("without Redis each node goes on for its own members; when it is back they meet, and a name is one's")
    void shouldGoOnApartWhenRedisIsLostAndMeetWhenItIsBack() throws Exception {
        try (RedisServer redis = RedisServer.start();
                RunningChat first = RunningChat.startNode(redis.address());
                RunningChat second = RunningChat.startNode(redis.address())) {
            Person ann = first.enter("ann");
            Person other = first.enter("other");
            Person bob = second.enter("bob");
            seesNaming(ann, "bob");

            redis.kill();
            ann.readsUpTo("* The other servers cannot be reached. People here still hear you.");
            bob.readsUpTo("* The other servers cannot be reached. People here still hear you.");
            ann.says("only here");
            other.readsUpTo("ann: only here");
            bob.says("/nick ann"); // she is not on this side
            bob.readsUpTo("* You are now ann.");

            redis.startAgain();
            ann.readsUpTo("* The other servers are back.");
            bob.readsUpTo("* The other servers are back.");
            String present = "";
            while (!present.startsWith("* 3 in lobby: ")) { // the others come back one after the other
                other.readsToNow();
                other.says("/who");
                present = other.line();
            }
            assertThat(present.substring(14).split(", ")).contains("ann", "other")
                    .filteredOn(name -> name.matches("guest\\d+")).hasSize(1);
            boolean isRenamed = ann.readsToNow().contains("* The name ann is taken.");
            ann.says("/msg other me");
            other.readsUpTo((isRenamed ? present.replaceFirst(".*(guest\\d+).*", "$1") : "ann") + " (to you): me");
        }
    }

    @Test
    @DisplayName("a member who sends more than the node keeps for a Redis that does not answer is refused the rest")
    void shouldRefuseLinesWhenRedisDoesNotAnswer() throws Exception {
        try (RedisServer redis = RedisServer.start(); RunningChat node = RunningChat.startNode(redis.address())) {
            Person ann = node.enter("ann");
            redis.signal("STOP");
            ann.says("x\n".repeat(RedisLog.MAX_WAITING) + "y");
            ann.readsUpTo("* Sorry, too many lines wait for Redis.");
            redis.signal("CONT");
        }
    }
}
