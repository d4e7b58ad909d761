package io.github.epoll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.testing.Commands;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chat as its users meet it: nc, telnet, socat, and the client of its own. */
@Timeout(120)
class ChatIT {
    private static final Pattern READY = Pattern.compile("chat listening on 127\\.0\\.0\\.1:(\\d+) \\((.*)\\)");

    private Process server;
    private String port;

    private void start(String options) throws Exception {
        server = Programs.launch(("chat --port 0 " + options).strip().split(" "));
        Matcher ready = READY.matcher(Programs.firstLine(server));
        assertThat(ready.matches()).isTrue();
        port = ready.group(1);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.destroyForcibly();
        }
    }

    @Test
    @DisplayName("S07-1: nc, socat with CR LF, and telnet talk to each other")
    void shouldLetTheUsualProgramsTalk() throws Exception {
        start("");
        try (Dialogue nc = Dialogue.with("nc", "127.0.0.1", port)) {
            nc.awaitText("You are in lobby, alone.\n");
            nc.type("/nick alice\n");
            nc.awaitText("* You are now alice.\n");
            try (Dialogue socat = Dialogue.with("socat", "-", "TCP4:127.0.0.1:" + port + ",crnl");
                    Dialogue telnet = Dialogue.with("telnet", "127.0.0.1", port)) {
                socat.type("/nick bob\n");
                socat.awaitText("* You are now bob.");
                telnet.awaitText("You are in lobby, with ");
                telnet.type("/nick carol\r\n");
                telnet.awaitText("* You are now carol.");
                nc.awaitText(" is now carol\n");
                telnet.type("h\u00e9llo from telnet\r\n");
                nc.awaitText("carol: h\u00e9llo from telnet\n");
                socat.awaitText("carol: h\u00e9llo from telnet");
                socat.type("hello from socat\n");
                nc.awaitText("bob: hello from socat\n");
                telnet.awaitText("bob: hello from socat");
                nc.type("/msg bob hello from nc\n");
                socat.awaitText("alice (to you): hello from nc");
                telnet.type("/quit\r\n");
                telnet.awaitText("* Goodbye, carol.");
                nc.awaitText("* carol has left\n");
                socat.endInput();
                assertThat(socat.awaitEnd()).isZero();
                nc.awaitText("* bob has left\n");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"poll, level", "select, oneshot", "epoll, edge"})
    @DisplayName("SIGTERM: a farewell to everybody, the end, and status 143; the options are heard")
    void shouldSayGoodbyeWhenTerminated(String mechanism, String trigger) throws Exception {
        start("--mechanism " + mechanism + " --trigger " + trigger + " --loops 2 --include-sender --max-connections 2");
        try (Dialogue alice = Dialogue.with("nc", "127.0.0.1", port)) {
            alice.awaitText("You are in lobby, alone.\n");
            try (Dialogue bob = Dialogue.with("nc", "127.0.0.1", port)) {
                bob.awaitText("You are in lobby, with guest1.\n");
                try (Dialogue carol = Dialogue.with("nc", "127.0.0.1", port)) {
                    carol.awaitText("* The chat is full: 2 are here.");
                }
                alice.type("hello\n");
                alice.awaitText("guest1: hello\n");
                bob.awaitText("guest1: hello\n");
                assertThat(Programs.signal(server, "TERM")).isEqualTo(143);
                alice.awaitText("* The server is closing. Goodbye.\n");
                bob.awaitText("* The server is closing. Goodbye.\n");
            }
        }
        assertThat(server.getErrorStream().readAllBytes()).isEmpty();
    }

    @Test
    @DisplayName("--web: the ready line names both addresses, curl gets the page, a busy or wrong port is one line")
    void shouldServeThePageBesideTheLines() throws Exception {
        server = Programs.launch("chat", "--port", "0", "--web", "0");
        Matcher ready = Pattern.compile("chat listening on 127\\.0\\.0\\.1:\\d+ \\(epoll, level\\), "
                + "page at (http://127\\.0\\.0\\.1:(\\d+)/)").matcher(Programs.firstLine(server));
        assertThat(ready.matches()).isTrue();
        Commands.assumePresent("curl");
        Commands.Result page = Commands.run(Path.of("."), Map.of(), "curl", "--silent", "--fail", ready.group(1));
        assertThat(page.output()).startsWith("<!doctype html>\n").endsWith("</html>\n");
        Programs.Result second = Programs.run("chat", "--port", "0", "--web", ready.group(2));
        assertThat(second.status()).isOne();
        assertThat(second.out()).isEmpty();
        assertThat(second.err()).isEqualTo("cannot listen on 127.0.0.1:" + ready.group(2)
                + ": EADDRINUSE (Address already in use)\n");
        Programs.Result wrong = Programs.run("chat", "--web", "65536");
        assertThat(wrong.status()).isEqualTo(2);
        assertThat(wrong.err()).startsWith("--web is not in 0..65535: 65536\n");
        assertThat(Programs.signal(server, "TERM")).isEqualTo(143);
        assertThat(server.getErrorStream().readAllBytes()).isEmpty();
    }

    @Test
    @DisplayName("chat-client in a pipe: lines in, lines out, the end at the end of both, nothing else")
    void shouldBeAPipeWhenThereIsNoTerminal() throws Exception {
        start("");
        try (Dialogue client = Dialogue.with(Programs.LAUNCHER, "chat-client", "--port", port)) {
            client.type("/nick alice\n/who");
            client.endInput();
            client.awaitText("* You are in lobby, alone.\n* You are now alice.\n* 1 in lobby: alice\n");
            assertThat(client.awaitEnd()).isZero();
        }
    }

    @Test
    @DisplayName("chat-client says in one line that nobody listens")
    void shouldSayInOneLineWhenNobodyListens() throws Exception {
        start("");
        Programs.signal(server, "TERM");
        Programs.Result result = Programs.run("chat-client", "--port", port);
        assertThat(result.status()).isOne();
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).isEqualTo(
                "cannot connect to 127.0.0.1:" + port + ": ECONNREFUSED (Connection refused)\n");
    }

    @Test
    @DisplayName("chat-client in a terminal: what comes while one types appears above, and the typed text stays")
    void shouldKeepWhatIsTypedWhenAMessageComes() throws Exception {
        start("");
        try (Dialogue terminal = terminal(); Dialogue nc = Dialogue.with("nc", "127.0.0.1", port)) {
            nc.type("/nick bob\n");
            nc.awaitText("You are now bob.\n");
            terminal.awaitText("You are in lobby, ");
            terminal.awaitText("> ");
            terminal.type("/nick alice\r");
            terminal.awaitText("* You are now alice.\r\n");
            terminal.awaitText("> ");
            terminal.type("half a ");
            terminal.awaitText("half a ");
            nc.type("hello, you\n");
            terminal.awaitText("bob: hello, you\r\n> half a ");
            terminal.type("line\r");
            nc.awaitText("alice: half a line\n");
            terminal.type("\u0004");
            nc.awaitText("* alice has left\n");
            assertThat(terminal.awaitEnd()).isZero();
        }
    }

    @Test
    @DisplayName("chat-client in a terminal ends with the server, in the middle of a line, and restores the terminal")
    void shouldEndWhenTheServerDoes() throws Exception {
        start("");
        try (Dialogue terminal = terminal()) {
            terminal.awaitText("> ");
            terminal.type("half a ");
            terminal.awaitText("half a ");
            assertThat(Programs.signal(server, "TERM")).isEqualTo(143);
            terminal.awaitText("* The server is closing. Goodbye.");
            // the shell's, which the client has for its parent: stty prints how the terminal is
            terminal.awaitText(" icanon ");
            assertThat(terminal.awaitEnd()).isZero();
        }
    }

    /** The client in a pseudo-terminal of a usual size; when it has ended, the terminal's settings are printed. */
    private Dialogue terminal() throws Exception {
        return Dialogue.with("script", "-qfec", "stty rows 24 cols 80; '" + Programs.LAUNCHER
                + "' chat-client --port " + port + "; s=$?; stty -a; exit $s", "/dev/null");
    }
}
