package io.github.epoll4j.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
@DisplayName("the chat's commands")
class ChatCommandsTest {
    private RunningChat chat;
    private Person alice;
    private Person bob;

    @BeforeEach
    void start() throws IOException {
        chat = RunningChat.start(Kind.EPOLL_LEVEL);
        List<Person> people = chat.enter("alice", "bob");
        alice = people.get(0);
        bob = people.get(1);
    }

    @AfterEach
    void close() throws IOException {
        chat.close();
    }

    @Test
    @DisplayName("S07-4: a new name is announced, and precedes the lines of its member")
    void shouldTellTheRoomWhenSomebodyChangesTheName() throws Exception {
        alice.says("/nick zo\u00eb");
        alice.reads("* You are now zo\u00eb.");
        bob.reads("* alice is now zo\u00eb");
        alice.says("hi");
        bob.reads("zo\u00eb: hi");
        bob.says("/nick Alice");
        bob.reads("* You are now Alice.");
    }

    @Test
    void shouldKeepTheNameWhenTheNewOneIsTaken() throws Exception {
        alice.says("/nick BOB");
        alice.reads("* The name bob is taken.");
        alice.says("/nick guest2");
        alice.reads("* You are now guest2.");
        Person guest = chat.connect();
        assertThat(guest.readsToNow().getFirst()).startsWith("* Welcome, guest3!");
    }

    @Test
    void shouldChangeTheCaseOfTheOwnName() throws Exception {
        alice.says("/nick ALICE");
        alice.reads("* You are now ALICE.");
        bob.says("/msg alice hi");
        alice.reads("bob (to you): hi");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", " two words", " semi;colon", " a.b", " 123456789012345678901", " \u2764"})
    void shouldKeepTheNameWhenTheNewOneIsNone(String name) throws Exception {
        alice.says("/nick" + name);
        alice.reads("* Not a name: a name has 1 to 20 letters, digits, - or _.");
        alice.says("hi");
        bob.reads("alice: hi");
    }

    @Test
    void shouldTellWhoIsInTheRoom() throws Exception {
        bob.says("/who");
        bob.reads("* 2 in lobby: alice, bob");
        assertThat(alice.readsToNow()).isEmpty();
    }

    @Test
    void shouldHearOnlyTheOwnRoom() throws Exception {
        bob.says("/join Games");
        bob.reads("* You are in Games, alone.");
        alice.reads("* bob has left for Games");
        bob.says("anybody?");
        alice.says("/rooms");
        alice.reads("* Rooms: Games (1), lobby (1)");
        alice.says("/join games");
        alice.reads("* You are in Games, with bob.", "* Said before you came:", "bob: anybody?");
        bob.reads("* alice has joined Games");
        bob.says("/join games");
        bob.reads("* You are in Games already.");
        bob.says("/join no room");
        bob.reads("* Not a room: a name has 1 to 20 letters, digits, - or _.");
    }

    @Test
    void shouldForgetARoomWhenItIsEmpty() throws Exception {
        bob.says("/join games");
        bob.says("secret");
        bob.says("/join lobby");
        bob.readsUpTo("* You are in lobby, with alice.");
        bob.says("/rooms");
        bob.reads("* Rooms: lobby (2)");
        bob.says("/join games");
        bob.reads("* You are in games, alone.");
        assertThat(bob.readsToNow()).isEmpty();
    }

    @Test
    void shouldSayItToOneAlone() throws Exception {
        Person carol = chat.enter("carol");
        alice.readsToNow();
        bob.readsToNow();
        bob.says("/join elsewhere");
        bob.readsToNow();
        carol.readsToNow();
        alice.readsToNow();
        alice.says("/msg Bob  psst,  you ");
        bob.reads("alice (to you): psst,  you");
        alice.reads("you (to bob): psst,  you");
        alice.says("/msg dave hi");
        alice.reads("* There is no dave here.");
        alice.says("/msg bob");
        alice.reads("* Use it so: /msg NAME TEXT");
        assertThat(carol.readsToNow()).isEmpty();
    }

    @Test
    void shouldTellWhatSomebodyDoes() throws Exception {
        alice.says("/me waves");
        bob.reads("~ alice waves");
        alice.says("/me");
        alice.reads("* Use it so: /me TEXT");
    }

    @Test
    void shouldExplainTheCommands() throws Exception {
        alice.says("/help");
        assertThat(alice.readsToNow()).hasSize(8).allSatisfy(line -> assertThat(line).startsWith("* /"));
        alice.says("/HELP");
        assertThat(alice.readsToNow()).hasSize(8);
        alice.says("/frobnicate now");
        alice.reads("* There is no /frobnicate. /help tells what there is.");
    }

    @Test
    void shouldSayALineThatBeginsWithASlashWhenItHasTwo() throws Exception {
        alice.says("//etc/passwd");
        bob.reads("alice: /etc/passwd");
    }

    @Test
    void shouldSayNothingWhenALineIsEmpty() throws Exception {
        alice.says("");
        alice.says("  \t ");
        alice.says("now");
        bob.reads("alice: now");
    }

    @Test
    @DisplayName("/quit: a goodbye and the end for the one, a notice for the others; what follows it is not said")
    void shouldCloseWhenSomebodyQuits() throws Exception {
        alice.says("/quit\none more thing");
        alice.reads("* Goodbye, alice.");
        alice.readsTheEnd();
        bob.reads("* alice has left");
        assertThat(bob.readsToNow()).isEmpty();
        bob.says("/nick alice");
        bob.reads("* You are now alice.");
    }

    @Test
    @DisplayName("a newcomer is shown the last 20 lines that were said, and nothing else")
    void shouldShowTheLastLinesToNewcomers() throws Exception {
        for (int i = 0; i < 30; i++) {
            alice.says("line " + i);
        }
        alice.says("/me waves");
        alice.says("/msg bob secret");
        alice.readsUpTo("you (to bob): secret");
        Person carol = chat.connect();
        List<String> lines = carol.readsToNow();
        assertThat(lines.subList(2, 3)).containsExactly("* Said before you came:");
        assertThat(lines.subList(3, 22)).containsExactlyElementsOf(
                IntStream.range(11, 30).mapToObj(i -> "alice: line " + i).toList());
        assertThat(lines.subList(22, lines.size())).containsExactly("~ alice waves");
    }
}
