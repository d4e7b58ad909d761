package io.github.epoll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RedisChatIT {
    @Test
    @DisplayName("three processes are one chat; when one is killed its members leave, and their names are free")
    void shouldReleaseTheMembersWhenANodeIsKilled() throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            String option = " --redis 127.0.0.1:" + redis.address().getPort();
            try (Launched first = Launched.start("chat" + option); Launched second = Launched.start("chat" + option);
                    Launched third = Launched.start("chat" + option);
                    Socket ann = first.connect(); Socket bob = second.connect(); Socket eve = third.connect()) {
                BufferedReader atFirst = reader(ann);
                BufferedReader atThird = reader(eve);
                say(ann, "/nick ann");
                readsUpTo(atFirst, "\\* You are now ann\\.");
                say(bob, "/nick bob");
                readsUpTo(atFirst, "\\* guest\\d+ is now bob");
                say(eve, "/msg bob hello");
                readsUpTo(atThird, "you \\(to bob\\): hello");

                second.process().destroyForcibly(); // SIGKILL
                readsUpTo(atFirst, "\\* bob has left \\(connection lost\\)");
                readsUpTo(atThird, "\\* bob has left \\(connection lost\\)");
                say(eve, "/nick bob");
                readsUpTo(atFirst, "\\* guest\\d+ is now bob");
                assertThat(loaded(first)).as("classes of Redis's client").contains("io.lettuce.");
            }
        }
    }

    @Test
    @DisplayName("without the option no class of the Redis client is loaded; without Redis it is one line and status 1")
    void shouldNotLoadTheClientWhenThereIsNoOption() throws Exception {
        try (Launched alone = Launched.start("chat"); Socket client = alone.connect()) {
            readsUpTo(reader(client), "\\* You are in lobby, alone\\.");
            assertThat(loaded(alone)).contains("io.github.epoll4j.examples.chat.Chat").doesNotContain("io.lettuce.");
            String taken = "127.0.0.1:" + alone.port(); // not Redis
            Programs.Result refused = Programs.run("chat", "--port", "0", "--redis", "127.0.0.1:1");
            assertThat(refused.err()).matches("cannot reach Redis at 127.0.0.1:1: .*Connection refused.*\n");
            assertThat(refused.status()).isEqualTo(1);
            Programs.Result odd = Programs.run("chat", "--port", "0", "--redis", taken);
            assertThat(odd.err()).startsWith("cannot reach Redis at " + taken + ": ").hasLineCount(1);
            assertThat(odd.status()).isEqualTo(1);
        }
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    private static void say(Socket socket, String line) throws IOException {
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void readsUpTo(BufferedReader reader, String pattern) throws IOException {
        String line = reader.readLine();
        while (!line.matches(pattern)) {
            line = reader.readLine();
        }
    }

    /** Returns the names of the classes that a program has loaded. */
    private static String loaded(Launched program) throws Exception {
        return Programs.await(new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                "" + program.process().pid(), "VM.class_hierarchy").start(), "jcmd").out();
    }
}
