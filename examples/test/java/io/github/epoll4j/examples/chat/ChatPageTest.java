package io.github.epoll4j.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.examples.Browser;
import io.github.epoll4j.reactor.tls.Tls;
import io.github.epoll4j.reactor.tls.TlsConfig;
import io.github.epoll4j.reactor.tls.TlsIdentity;
import io.github.epoll4j.testing.TestCertificates;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The chat's page in a browser. */
@Timeout(120)
class ChatPageTest {
    private static final String SCRIPT = "<script>window.isHit = 1</script><img src=x onerror='window.isHit = 1'>";

    private static Browser browser;

    private RunningChat chat;

    @BeforeAll
    static void startBrowser(@TempDir Path profile) throws Exception {
        browser = Browser.start(profile, "--ignore-certificate-errors");
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void start() throws IOException {
        chat = RunningChat.start(Kind.EPOLL_LEVEL);
    }

    @AfterEach
    void close() throws IOException {
        chat.close();
    }

    private static String said(String text) {
        return "[...document.querySelectorAll('.log:not([hidden]) .entry')].some(entry => "
                + "entry.innerText.includes(" + quoted(text) + "))";
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "\\'").replace("</", "<\\/") + "'";
    }

    private static void say(Browser.Tab page, String line) throws Exception {
        page.evaluate("document.getElementById('line').focus()");
        page.type(line);
        page.enter();
    }

    private Browser.Tab enter(String name, int width, boolean isDark) throws Exception {
        return enter(chat.url(), name, width, isDark);
    }

    private static Browser.Tab enter(String url, String name, int width, boolean isDark) throws Exception {
        Browser.Tab page = browser.open(url, width, 800, isDark);
        page.evaluate("document.getElementById('name').focus()");
        page.type(name);
        page.enter();
        page.await("document.querySelector('#me span').textContent === " + quoted(name));
        return page;
    }

    @Test
    @DisplayName("two pages and one at nc talk in a room and alone; a script stays text; unread lines are counted")
    void shouldTalkWithPagesAndLines() throws Exception {
        Browser.Tab alice = enter("alice", 1280, false);
        Browser.Tab bob = enter("bob", 390, true);
        Person carol = chat.enter("carol");
        carol.readsToNow();
        alice.await("document.getElementById('people').textContent.includes('carol')");

        carol.says("hello, pages");
        alice.await(said("hello, pages"));
        bob.await(said("hello, pages"));
        say(alice, SCRIPT);
        carol.reads("alice: " + SCRIPT);
        bob.await(said(SCRIPT));
        alice.await(said(SCRIPT));
        for (Browser.Tab page : new Browser.Tab[] {alice, bob}) {
            assertThat(page.evaluate("window.isHit === undefined && document.querySelectorAll('main img').length"))
                    .isEqualTo(0);
        }

        carol.says("/msg bob only for you");
        carol.reads("you (to bob): only for you");
        bob.await("document.querySelectorAll('.tab').length === 2 && document.title.startsWith('(1) ')");
        assertThat(bob.evaluate("document.querySelector('.tab:last-child .badge').textContent")).isEqualTo("1");
        bob.press("ArrowDown", 40, 1);
        bob.await(said("only for you"));
        bob.await("document.title === 'carol \u00b7 Chat'");
        say(bob, "thanks");
        carol.reads("bob (to you): thanks");
        bob.await(said("thanks"));
        assertThat(alice.evaluate("document.body.innerText.includes('thanks')")).isEqualTo(false);

        say(alice, "/nick zo\u00eb");
        carol.reads("* alice is now zo\u00eb");
        alice.await("document.querySelector('#me span').textContent === 'zo\u00eb'");
        say(alice, "/me waves");
        carol.reads("~ zo\u00eb waves");
        assertThat(alice.errors).isEmpty();
        assertThat(bob.errors).isEmpty();
        assertThat(bob.evaluate("document.documentElement.scrollWidth")).isEqualTo(390);
    }

    @Test
    @DisplayName("a page whose name is taken is a guest, and stays one when the other leaves; a line that is too long "
            + "is not sent, and stays in its field")
    void shouldStayAGuestWhenTheNameIsTaken() throws Exception {
        Person anna = chat.enter("anna");
        Browser.Tab page = browser.open(chat.url(), 800, 600, false);
        page.evaluate("document.getElementById('name').focus()");
        page.type("anna");
        page.enter();
        page.await(said("The name anna is taken."));
        page.await(said("You are in lobby, with anna."));
        assertThat(page.evaluate("document.querySelectorAll('.rule').length")).isEqualTo(0);
        anna.says("/quit");
        page.await(said("anna has left"));
        Person carol = chat.enter("carol");
        carol.readsToNow();
        page.evaluate("document.getElementById('line').value = 'x'.repeat(1001)");
        page.evaluate("document.getElementById('line').focus()");
        page.enter();
        page.await(said("this one has 1001. It is not sent."));
        assertThat(page.evaluate("document.getElementById('line').value.length")).isEqualTo(1001);
        page.evaluate("document.getElementById('line').value = 'x'.repeat(1000)");
        page.enter();
        carol.reads("guest2: " + "x".repeat(1000));
        assertThat(page.errors).isEmpty();
    }

    @Test
    @DisplayName("a newcomer sees what was said before, and rooms that others have opened")
    void shouldShowHistoryAndRooms() throws Exception {
        Person carol = chat.enter("carol");
        carol.says("/join garden");
        carol.says("before you");
        carol.readsUpTo("* You are in garden, alone.");
        carol.readsToNow();
        Browser.Tab alice = enter("alice", 1280, false);
        alice.await("document.getElementById('rooms').textContent.includes('garden')");
        alice.evaluate("[...document.querySelectorAll('#rooms button')].find(each => "
                + "each.innerText.includes('garden')).click()");
        alice.await(said("before you"));
        carol.reads("* alice has joined garden");
        say(alice, "/frobnicate");
        alice.await(said("There is no /frobnicate."));
        say(alice, "//etc");
        carol.reads("alice: /etc");
        say(alice, "/quit");
        carol.reads("* alice has left");
        alice.await("!document.getElementById('door').hidden");
        assertThat(alice.evaluate("document.getElementById('word').textContent")).isEqualTo("Goodbye, alice.");
    }

    @Test
    @DisplayName("the server restarts, and the page comes back with its name and its room, and what was typed")
    void shouldComeBackWhenTheServerRestarts() throws Exception {
        Browser.Tab alice = enter("alice", 390, false);
        say(alice, "/join garden");
        alice.await("document.title === '#garden \u00b7 Chat'");
        say(alice, "said before");
        alice.await(said("said before"));
        int port = chat.web.getPort();
        chat.close();
        alice.await("!document.getElementById('banner').hidden");
        assertThat(alice.evaluate("document.getElementById('banner').innerText")).asString()
                .startsWith("Connection lost.");
        alice.evaluate("document.getElementById('line').focus()");
        alice.type("half a line");
        alice.enter();
        chat = RunningChat.startAgain(port);
        Person guest = chat.connect();
        guest.says("/nick bob");
        guest.says("/join garden");
        alice.await("document.getElementById('banner').hidden");
        alice.await("document.title === '#garden \u00b7 Chat' "
                + "&& document.getElementById('people').textContent.includes('bob')");
        assertThat(alice.evaluate("document.getElementById('line').value")).isEqualTo("half a line");
        alice.enter();
        guest.readsUpTo("alice: half a line");
        assertThat(alice.evaluate(said("said before"))).isEqualTo(true);
    }

    @Test
    @DisplayName("over TLS: the page opens its WebSocket by wss")
    void shouldTalkWhenTlsIsBelow(@TempDir Path folder) throws Exception {
        TlsConfig tls = TlsConfig.DEFAULT.withIdentity(TlsIdentity.load(TestCertificates.file(folder, "server.pem"),
                TestCertificates.file(folder, "server.key")));
        try (RunningChat secure = RunningChat.startOn(factory -> Tls.server(tls, factory))) {
            Browser.Tab alice = enter(secure.url().replace("http", "https"), "alice", 390, false);
            say(alice, "hello over TLS");
            alice.await(said("hello over TLS"));
            assertThat(alice.evaluate("socket.url")).asString().startsWith("wss://");
            assertThat(alice.errors).isEmpty();
        }
    }

    @Test
    @DisplayName("a page that comes back before its lost connection has ended takes its name when that is free")
    void shouldTakeItsNameWhenItIsFree() throws Exception {
        Browser.Tab page = enter("alice", 1280, true);
        say(page, "/quit");
        page.await("!document.getElementById('door').hidden");
        Person ghost = chat.enter("alice");
        assertThat(page.evaluate("sessionStorage.getItem('held')")).as("what a reload would know").isEqualTo("alice");
        page.evaluate("document.getElementById('name').focus()");
        page.enter();
        page.await(said("The name alice is taken."));
        ghost.close();
        page.await("document.querySelector('#me span').textContent === 'alice'");
    }
}
