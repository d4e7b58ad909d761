package io.github.epoll4j.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a page gets and sends, with the JDK's client in its place. */
@Timeout(60)
class PageSessionTest {
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        http.shutdownNow();
    }

    /** A page without a browser: the events that it gets. */
    private final class Page implements WebSocket.Listener {
        private final LinkedBlockingQueue<Map<String, Object>> events = new LinkedBlockingQueue<>();
        private final StringBuilder message = new StringBuilder();
        private final WebSocket socket;

        Page(RunningChat chat, String hello) throws Exception {
            socket = http.newWebSocketBuilder().buildAsync(URI.create(chat.url().replace("http", "ws") + "ws"), this)
                    .get(20, TimeUnit.SECONDS);
            send(hello);
        }

        void send(String line) throws Exception {
            socket.sendText(line, true).get(20, TimeUnit.SECONDS);
        }

        Map<String, Object> next() throws Exception {
            Map<String, Object> event = events.poll(20, TimeUnit.SECONDS);
            assertThat(event).as("an event").isNotNull();
            event.computeIfPresent("time", (key, time) -> (Long) time > 1_700_000_000_000L ? "now" : time);
            return event;
        }

        void reads(Object... keysAndValues) throws Exception {
            Map<String, Object> event = next();
            for (int i = 0; i < keysAndValues.length; i += 2) {
                assertThat(event).containsEntry((String) keysAndValues[i], keysAndValues[i + 1]);
            }
            assertThat(event).hasSize(keysAndValues.length / 2);
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
            message.append(data);
            if (isLast) {
                try {
                    events.add(JSON.std.mapFrom(message.toString()));
                } catch (IOException e) {
                    throw new AssertionError(message.toString(), e);
                }
                message.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            events.add(new HashMap<>(Map.of("closed", code)));
            return null;
        }
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = {"EPOLL_LEVEL", "EPOLL_EDGE", "SELECT", "EPOLL_ON_THREE_LOOPS"})
    @DisplayName("a page comes with the name and room that it asks for, and talks with people at nc")
    void shouldTalkWithLines(Kind kind) throws Exception {
        try (RunningChat chat = RunningChat.start(kind)) {
            Person bob = chat.enter("bob");
            bob.says("/join garden");
            bob.readsUpTo("* You are in garden, alone.");
            bob.says("said before");
            bob.readsToNow();
            Page alice = new Page(chat, "alice Garden");
            bob.reads("* alice has joined garden");
            alice.reads("type", "welcome", "name", "alice");
            alice.reads("type", "entered", "room", "garden", "count", 1, "names", List.of("bob"));
            Map<String, Object> history = alice.next();
            assertThat(history).containsEntry("type", "history");
            assertThat(history.get("lines").toString()).startsWith(
                    "[{name=bob, text=said before, action=false, time=");

            alice.send("\"quoted\" </script> \u00e9\n\n/me waves\r\n");
            bob.reads("alice: \"quoted\" </script> \u00e9", "~ alice waves");
            alice.reads("type", "said", "name", "alice", "text", "\"quoted\" </script> \u00e9", "action", false,
                    "time", "now");
            alice.reads("type", "said", "name", "alice", "text", "waves", "action", true, "time", "now");
            alice.send("/msg bob psst");
            bob.reads("alice (to you): psst");
            alice.reads("type", "whispered", "other", "bob", "text", "psst", "own", true, "time", "now");
            bob.says("/msg alice yes?");
            alice.reads("type", "whispered", "other", "bob", "text", "yes?", "own", false, "time", "now");
            bob.readsUpTo("you (to alice): yes?");

            bob.says("/nick Bob2");
            alice.reads("type", "renamed", "old", "bob", "name", "Bob2");
            alice.send("/nick zo\u00eb");
            alice.reads("type", "named", "name", "zo\u00eb");
            alice.send("/who");
            alice.reads("type", "present", "room", "garden", "count", 2, "names", List.of("Bob2", "zo\u00eb"));
            alice.send("/rooms");
            alice.reads("type", "rooms", "count", 2, "rooms",
                    List.of(Map.of("name", "garden", "size", 2), Map.of("name", "lobby", "size", 0)));
            alice.send("/help");
            alice.reads("type", "help");
            bob.close();
            alice.reads("type", "left", "name", "Bob2", "how", "has left");
            chat.enter("carol").says("/join garden");
            alice.reads("type", "joined", "name", "carol");
        }
    }

    @Test
    @DisplayName("a name that is taken or none makes a guest, with the reason; a room that is none makes the lobby")
    void shouldMakeAGuestWhenTheNameCannotBeHad() throws Exception {
        try (RunningChat chat = RunningChat.start(Kind.EPOLL_LEVEL)) {
            chat.enter("alice");
            Page taken = new Page(chat, "ALICE no room");
            taken.reads("type", "welcome", "name", "guest2");
            taken.reads("type", "notice", "text", "The name alice is taken.");
            taken.reads("type", "entered", "room", "lobby", "count", 1, "names", List.of("alice"));
            Page wrong = new Page(chat, "<b> ");
            wrong.reads("type", "welcome", "name", "guest3");
            wrong.reads("type", "notice", "text", "Not a name: a name has 1 to 20 letters, digits, - or _.");
            Page none = new Page(chat, "");
            none.reads("type", "welcome", "name", "guest4");
            assertThat(none.next()).containsEntry("type", "entered");
            none.send("\u001b[2J");
            none.reads("type", "notice", "text", "Sorry, that line had control characters, and was dropped.");
            none.send("x".repeat(1001));
            none.reads("type", "notice", "text", "Sorry, a line has at most 1000 bytes; yours was dropped.");
        }
    }

    @Test
    @DisplayName("1000 ends the visit: after /quit, and when the chat is full; 1001 means that the server ends")
    void shouldCloseWithACodeThatSaysWhetherToComeBack() throws Exception {
        try (RunningChat chat = RunningChat.start(Kind.EPOLL_LEVEL, false, 1)) {
            Page alice = new Page(chat, "alice lobby");
            alice.next();
            alice.next();
            Page late = new Page(chat, "bob lobby");
            late.reads("type", "notice", "text", "The chat is full: 1 are here. Please come back later.");
            late.reads("closed", 1000);
            alice.send("/quit");
            alice.reads("type", "notice", "text", "Goodbye, alice.");
            alice.reads("closed", 1000);
            Page carol = new Page(chat, "carol lobby");
            carol.next();
            carol.next();
            chat.stop();
            carol.reads("type", "notice", "text", "The server is closing. Goodbye.");
            carol.reads("closed", 1001);
        }
    }
}
