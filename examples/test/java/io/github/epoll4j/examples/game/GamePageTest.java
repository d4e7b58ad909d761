package io.github.epoll4j.examples.game;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.examples.Browser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The game's page, and its WebSocket. */
@Timeout(120)
class GamePageTest {
    private static final String SCRIPT = "<img src=x onerror='window.isHit = 1'>";

    @Test
    @DisplayName("S13: the page shows two players who move and talk; one walks there by arrow keys, and others see it")
    void shouldShowThePlayersMoving(@TempDir Path profile) throws Exception {
        try (RunningGame game = RunningGame.start(); Browser browser = Browser.start(profile)) {
            Puppet ada = game.enter(1);
            Puppet bela = game.enter(2);
            ada.moves(100, 100);
            Browser.Tab page = browser.open("http://" + game.listenWeb() + "/", 900, 700, false);
            page.await("players.size === 2 && players.get(1).name === 'Ada' && players.get(1).x === 100");
            page.await(isDrawnAt(1, 100, 100));
            for (int x = 200; x <= 800; x += 300) {
                ada.moves(x, 300);
                bela.moves(500, x / 2f);
                page.await("players.get(1).x === " + x + " && " + isDrawnAt(1, x, 300));
                page.await(isDrawnAt(2, 500, x / 2f));
            }
            bela.says(SCRIPT);
            page.await("document.getElementById('log').textContent === " + "\"Bela " + SCRIPT + "\"");

            page.evaluate("document.getElementById('play').click()");
            Puppet.Packet entered = ada.await(PacketType.ENTERED, 3);
            page.await("document.activeElement.id === 'field' && players.has(3)");
            page.press("ArrowRight", 39, 0); // down and up: at most one step
            page.evaluate("dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowLeft'}))");
            Puppet.Packet moved = ada.await(packet -> packet.type() == PacketType.MOVED && packet.id() == 3
                    && packet.x() < Math.max(1, entered.x() - 10));
            assertThat(moved.y()).isEqualTo(entered.y());
            page.evaluate("dispatchEvent(new KeyboardEvent('keyup', {key: 'ArrowLeft'}))");
            page.evaluate("document.getElementById('line').focus()");
            page.type("hello from the page");
            page.enter();
            Puppet.Packet said = ada.await(packet -> packet.type() == PacketType.SAID && packet.id() == 3);
            assertThat(said.line()).isEqualTo("hello from the page");
            assertThat(said.name()).isEqualTo("Cleo");
            page.type("\u20ac".repeat(90));
            assertThat(page.evaluate("document.getElementById('line').value.length")).as("3 bytes each of 256")
                    .isEqualTo(85);
            page.await("document.getElementById('players').textContent === '3'");
            bela.close();
            page.await("!players.has(2) && document.getElementById('players').textContent === '2'");
            assertThat(page.evaluate("window.isHit === undefined")).isEqualTo(true);
            assertThat(page.errors).isEmpty();
        }
    }

    /** Whether the pixel in the middle of a player, where it is drawn, has the player's colour. */
    private static String isDrawnAt(int id, float x, float y) {
        return "(() => { const p = players.get(" + id + "); if (Math.hypot(p.shownX - " + x + ", p.shownY - " + y
                + ") > 2) return false; const own = document.createElement('canvas').getContext('2d');"
                + "own.fillStyle = color(" + id + "); own.fillRect(0, 0, 1, 1);"
                + "const a = own.getImageData(0, 0, 1, 1).data, ratio = devicePixelRatio || 1;"
                + "const [x, y] = onScreen(p.shownX, p.shownY);"
                + "const b = pen.getImageData(x * ratio, y * ratio, 1, 1).data;"
                + "return [0, 1, 2].every(i => Math.abs(a[i] - b[i]) < 8); })()";
    }

    @Test
    @DisplayName("S13-4: a page that sends a malformed packet, or text, is closed with 1008 and one line; others go on")
    void shouldCloseAPageThatSendsAMalformedPacket() throws Exception {
        try (RunningGame game = RunningGame.start();
                GameTest.Log log = new GameTest.Log();
                HttpClient http = HttpClient.newHttpClient()) {
            Puppet ada = game.enter(1);
            URI uri = URI.create("ws://" + game.listenWeb() + "/ws");
            LinkedBlockingQueue<Integer> closed = new LinkedBlockingQueue<>();
            LinkedBlockingQueue<ByteBuffer> messages = new LinkedBlockingQueue<>();
            for (int fault = 0; fault < 2; fault++) {
                WebSocket page = http.newWebSocketBuilder().buildAsync(uri, new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean isLast) {
                        messages.add(ByteBuffer.allocate(data.remaining()).put(data).flip());
                        from.request(1);
                        return null;
                    }

                    @Override
                    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
                        closed.add(code);
                        return null;
                    }
                }).get(20, TimeUnit.SECONDS);
                assertThat(messages.poll(20, TimeUnit.SECONDS).get(2)).as("without a login, a player who is there")
                        .isEqualTo((byte) PacketType.ENTERED.code);
                if (fault == 0) {
                    page.sendBinary(ByteBuffer.wrap(new byte[] {8, 0, 9, 0, 1, 0, 0, 0}), true);
                } else {
                    page.sendText("{}", true);
                }
                assertThat(closed.poll(20, TimeUnit.SECONDS)).isEqualTo(1008);
                messages.clear();
            }
            ada.says("here");
            ada.hears(ada, "Ada", "here");
            assertThat(log.lines()).hasSize(2);
            assertThat(log.lines().getFirst()).endsWith("there is no packet of type 9");
            assertThat(log.lines().getLast()).endsWith("a message of text");
        }
    }

    /** Takes pictures of the page into the folder that a system property names. */
    @Test
    @EnabledIfSystemProperty(named = "game.pictures", matches = ".+")
    @DisplayName("pictures of the page")
    void shouldTakePictures(@TempDir Path profile) throws Exception {
        Path folder = Path.of(System.getProperty("game.pictures"));
        try (RunningGame game = RunningGame.start(); Browser browser = Browser.start(profile)) {
            for (int i = 1; i <= 25; i++) {
                game.enter(i).moves(40 + 37 * i % 960, 30 + 211 * i % 560);
            }
            String url = "http://" + game.listenWeb() + "/";
            for (boolean isDark : new boolean[] {false, true}) {
                for (int width : new int[] {1200, 390}) {
                    Browser.Tab page = browser.open(url, width, 780, isDark);
                    page.await("players.size >= 25");
                    if (isDark) {
                        page.evaluate("document.getElementById('play').click()");
                        page.await("me > 0");
                    }
                    page.evaluate("document.activeElement.blur()");
                    Puppet speaker = game.enter(0);
                    speaker.moves(600, 300);
                    speaker.says("who walks with me to the corner over there?");
                    speaker.says("hello");
                    page.await("document.getElementById('log').children.length === 2");
                    page.await("players.get(" + speaker.player + ").shownX > 595");
                    Files.write(folder.resolve("game-" + width + (isDark ? "-dark" : "") + ".png"), page.screenshot());
                }
            }
        }
    }
}
