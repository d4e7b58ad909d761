package io.github.epoll4j.examples.websocket;

import static io.github.epoll4j.examples.websocket.RawClient.BINARY;
import static io.github.epoll4j.examples.websocket.RawClient.CLOSE;
import static io.github.epoll4j.examples.websocket.RawClient.CONTINUATION;
import static io.github.epoll4j.examples.websocket.RawClient.FIN;
import static io.github.epoll4j.examples.websocket.RawClient.PING;
import static io.github.epoll4j.examples.websocket.RawClient.PONG;
import static io.github.epoll4j.examples.websocket.RawClient.TEXT;
import static io.github.epoll4j.examples.websocket.RawClient.frame;
import static io.github.epoll4j.examples.websocket.RawClient.join;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.IdleTimeoutException;
import io.github.epoll4j.testing.Eventually;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class WebSocketServerTest {
    private RunningWebSockets server;
    private RawClient client;

    @BeforeEach
    void start() throws IOException {
        server = RunningWebSockets.start();
        client = server.connect();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    @Test
    @DisplayName("messages that are cut at any byte, in several frames, with pings between, come back whole")
    void shouldEchoWhenFramesAreCutAnywhere() throws Exception {
        client.open();
        byte[] long16 = new byte[300];
        Arrays.fill(long16, (byte) 'x');
        byte[] stream = join(frame(FIN | TEXT, "h\u00e9llo"), frame(FIN | BINARY, long16), frame(TEXT, "one, "),
                frame(FIN | PING, "?"), frame(CONTINUATION, ""), frame(FIN | CONTINUATION, "two"),
                frame(FIN | PONG, "unasked"), frame(FIN | TEXT, ""));
        long sent = RawClient.handshake().length();
        for (int cut = 1; cut <= stream.length; cut++) {
            client.send(Arrays.copyOf(stream, cut));
            server.awaitRead(sent + cut);
            client.send(Arrays.copyOfRange(stream, cut, stream.length));
            sent += stream.length;
            client.assertText("h\u00e9llo");
            assertThat(client.frame().payload()).isEqualTo(long16);
            RawClient.Frame pong = client.frame();
            assertThat(pong.head()).isEqualTo(FIN | PONG);
            assertThat(pong.text()).isEqualTo("?");
            client.assertText("one, two");
            client.assertText("");
        }
        assertThat(server.log).isEmpty();
    }

    @Test
    void shouldEchoWhenAFrameComesWithTheHandshake() throws Exception {
        client.send(join(RawClient.handshake().getBytes(ISO_8859_1), frame(FIN | TEXT, "early")));
        assertThat(client.head()).startsWith("HTTP/1.1 101 Switching Protocols\r\n");
        client.assertText("early");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a frame without a mask,            8101 61,                    1002",
        "a reserved bit,                    C181 00000000 61,           1002",
        "a reserved opcode for data,        8381 00000000 61,           1002",
        "a reserved opcode for control,     8B80 00000000,              1002",
        "a ping in fragments,               0980 00000000,              1002",
        "a ping of 126 bytes,               89FE 007E 00000000,         1002",
        "a continuation of nothing,         8081 00000000 61,           1002",
        "a text inside of a text,           0181 00000000 61 8181 00000000 61, 1002",
        "a length that is not the shortest, 81FE 0001 00000000 61,      1002",
        "a negative length,                 81FF FFFFFFFFFFFFFFFF 00000000, 1002",
        "a close of one byte,               8881 00000000 03,           1002",
        "a close with a reserved code,      8882 00000000 03ED,         1002",
        "text that is not UTF-8,            8181 00000000 FF,           1007",
        "text that ends in a character,     8181 00000000 C3,           1007",
        "a frame of 1001 bytes,             82FE 03E9 00000000,         1009",
        "a frame of 2^62 bytes,             82FF 4000000000000000 00000000, 1009"})
    @DisplayName("a violation of the protocol: a close with its code, one line in the log, and the others stay")
    void shouldCloseWithACodeWhenAClientViolatesTheProtocol(String what, String bytes, int code) throws Exception {
        try (RawClient other = server.connect().open()) {
            client.open();
            int port = client.socket.getLocalPort();
            client.send(HexFormat.of().parseHex(bytes.replace(" ", "")));
            client.assertClosed(code);
            client.close();
            assertThat(server.ends.take()).isInstanceOfSatisfying(WebSocketException.class,
                    e -> assertThat(e.code()).isEqualTo(code));
            assertThat(server.log).hasSize(1).first().asString()
                    .startsWith("client /127.0.0.1:" + port + ": " + code + " ");
            other.send(frame(FIN | TEXT, "still here"));
            other.assertText("still here");
        }
    }

    @Test
    void shouldCloseWhenTheFragmentsOfAMessageAreTooMany() throws Exception {
        client.open();
        client.send(frame(BINARY, new byte[1000]));
        client.send(frame(CONTINUATION, new byte[1000]));
        client.send(frame(FIN | CONTINUATION, new byte[1]));
        client.assertClosed(1009);
    }

    @ParameterizedTest
    @CsvSource({"1000", "1001", "4999"})
    @DisplayName("a client that closes gets a close frame with its code, and the end")
    void shouldAnswerTheCloseWhenTheClientCloses(int code) throws Exception {
        client.open();
        client.send(frame(FIN | CLOSE, new byte[] {(byte) (code >> 8), (byte) code, 'o', 'k'}));
        client.send(frame(FIN | TEXT, "too late"));
        client.assertClosed(code);
        client.close();
        assertThat(server.ends.take()).isEqualTo("in good order");
        assertThat(server.log).isEmpty();
    }

    @Test
    void shouldAnswerTheCloseWhenItHasNoCode() throws Exception {
        client.open();
        client.send(frame(FIN | CLOSE, ""));
        RawClient.Frame answer = client.frame();
        assertThat(answer.head()).isEqualTo(FIN | CLOSE);
        assertThat(answer.payload()).isEmpty();
        client.assertEnd();
    }

    @Test
    @DisplayName("the server's close is the last frame; what the client sends behind it is dropped without a reset")
    void shouldCloseWhenTheHandlerDoes() throws Exception {
        client.open();
        client.send(join(frame(FIN | TEXT, "close"), frame(FIN | TEXT, "more")));
        client.assertClosed(4000);
        client.send(frame(FIN | CLOSE, new byte[] {0x0F, (byte) 0xA0}));
        client.close();
        assertThat(server.ends.take()).isEqualTo("in good order");
        assertThat(server.texts).containsExactly("close");
    }

    @Test
    void shouldCloseWith1001WhenTheServerIsDrained() throws Exception {
        client.open();
        server.listener.drain();
        client.assertClosed(1001);
    }

    @Test
    @DisplayName("one encoded frame is written to several clients, from another thread")
    void shouldReachSeveralWhenAFrameIsEncodedOnce() throws Exception {
        try (RawClient second = server.connect().open()) {
            client.open();
            Eventually.await("two are open", () -> server.open.size() == 2);
            ByteBuffer text = WebSocket.textFrame("for all");
            ByteBuffer bytes = WebSocket.binaryFrame(ByteBuffer.wrap(new byte[70_000]));
            for (WebSocket webSocket : server.open) {
                webSocket.write(text.duplicate());
                webSocket.write(bytes.duplicate());
                assertThat(webSocket.isOpen()).isTrue();
            }
            for (RawClient each : new RawClient[] {client, second}) {
                each.assertText("for all");
                assertThat(each.frame().payload()).hasSize(70_000);
            }
        }
    }

    @Test
    @DisplayName("a client that does not read ends at the limit of the connection's queue; others have every message")
    void shouldEndAClientThatDoesNotRead() throws Exception {
        try (RawClient other = server.connect().open()) {
            client.open();
            Eventually.await("two are open", () -> server.open.size() == 2);
            ByteBuffer frame = WebSocket.binaryFrame(ByteBuffer.allocate(60_000));
            int sent = 0;
            for (; server.ends.isEmpty() && sent < 1000; sent++) {
                server.open.forEach(webSocket -> webSocket.write(frame.duplicate()));
                assertThat(other.frame().payload()).hasSize(60_000);
            }
            assertThat(server.ends.take()).isInstanceOf(IOException.class);
            other.send(frame(FIN | TEXT, "still here"));
            other.assertText("still here");
        }
    }

    @Test
    @DisplayName("a silent client gets a ping; after as much silence again it is ended, and one that answers is not")
    void shouldPingWhenAClientIsSilent() throws Exception {
        WebSocketConfig config = RunningWebSockets.SMALL.withPingInterval(Duration.ofMillis(50));
        try (RunningWebSockets restless = new RunningWebSockets(config, UnaryOperator.identity());
                RawClient silent = restless.connect().open()) {
            for (int i = 0; i < 3; i++) {
                RawClient.Frame ping = silent.frame();
                while (ping.opcode() == PING && i == 2) { // unanswered now; the last answer may have crossed a ping
                    ping = nextOrNull(silent);
                    if (ping == null) {
                        assertThat(restless.ends.take()).isInstanceOf(IOException.class);
                        return;
                    }
                }
                assertThat(ping.head()).isEqualTo(FIN | PING);
                silent.send(frame(FIN | PONG, ""));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"81", "81 85", "81 85 00000000 61", "01 81 00000000 61"})
    @DisplayName("a message that does not go on ends at the message timeout; silence between messages does not")
    void shouldEndWhenAMessageDoesNotGoOn(String part) throws Exception {
        client.open();
        Eventually.await("it is open", () -> server.open.size() == 1);
        Connection connection = server.open.element().connection();
        assertThat(connection.config().idleTimeout()).as("that of HTTP").isZero();
        connection.config(connection.config().withMessageTimeout(Duration.ofMillis(50)));
        client.send(frame(FIN | TEXT, "whole"));
        client.assertText("whole");
        LockSupport.parkNanos(100_000_000); // longer than the timeout
        client.send(frame(FIN | TEXT, "whole"));
        client.assertText("whole");
        client.send(HexFormat.of().parseHex(part.replace(" ", "")));
        client.assertEnd();
        assertThat(server.ends.take()).isInstanceOfSatisfying(IdleTimeoutException.class,
                e -> assertThat(e.kind()).isEqualTo(IdleTimeoutException.Kind.MESSAGE));
    }

    private static RawClient.Frame nextOrNull(RawClient from) {
        try {
            return from.frame();
        } catch (IOException e) {
            return null;
        }
    }

    @Test
    void shouldRefuseLimitsThatAConnectionCannotKeep() {
        assertThatIllegalArgumentException().isThrownBy(() -> RunningWebSockets.SMALL.withLimits(64 << 10, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> RunningWebSockets.SMALL.withLimits(1, 0));
    }

    @ParameterizedTest(name = "{1}: {0}")
    @CsvSource(delimiter = '|', value = {
        "Upgrade: websocket                  | Upgrade: other             | 426 | Upgrade: websocket",
        "Upgrade: websocket                  | X: y                       | 426 | Upgrade: websocket",
        "Connection: keep-alive, Upgrade     | Connection: keep-alive     | 400 | needs GET",
        "GET /ws HTTP/1.1                    | HEAD /ws HTTP/1.1          | 400 | ",
        "GET /ws HTTP/1.1                    | GET /ws HTTP/1.0           | 400 | needs GET",
        "GET /ws HTTP/1.1                    | POST /ws HTTP/1.1          | 405 | Allow: GET",
        "Sec-WebSocket-Version: 13           | Sec-WebSocket-Version: 8   | 426 | Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Version: 13           | X: y                       | 426 | Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ== | X: y               | 400 | missing or malformed",
        "dGhlIHNhbXBsZSBub25jZQ==            | c2hvcnQ=                   | 400 | missing or malformed",
        "Host: a:1                           | Origin: http://b:1_Host: a:1        | 403 | origin",
        "Host: a:1                           | Origin: http://a_Host: a:1          | 403 | origin",
        "Host: a:1                           | Origin: null_Host: a:1              | 403 | origin",
        "Host: a:1                           | Origin: http://a:1_Origin: http://b_Host: a:1 | 403 | origin",
        "Host: a:1                           | X: y                       | 400 | Host is missing",
        "/ws HTTP                            | /ws FTP                    | 400 | malformed"})
    void shouldRefuseTheHandshakeWhenAFieldIsWrong(String right, String wrong, int status, String part)
            throws Exception {
        String request = RawClient.handshake();
        assertThat(request).contains(right);
        client.send(request.replace(right, wrong.replace("_", "\r\n")).getBytes(ISO_8859_1));
        String answer = new String(client.socket.getInputStream().readAllBytes(), ISO_8859_1);
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ").contains("\r\nConnection: close\r\n")
                .contains(part == null ? "" : part);
        assertThat(server.log).hasSize(1).first().asString().contains(": " + status + " ");
    }

    @ParameterizedTest
    @CsvSource({"http://a:1", "https://A:1", "https://listed.example"})
    void shouldOpenWhenTheOriginIsTheHostOrListed(String origin) throws Exception {
        client.send(RawClient.handshake().replace("Host:", "Origin: " + origin + "\r\nHost:").getBytes(ISO_8859_1));
        assertThat(client.head()).startsWith("HTTP/1.1 101 ");
    }

    @Test
    @DisplayName("GET /: the page, twice on one connection, with a policy that names its script and style by hash")
    void shouldServeThePage() throws Exception {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nHEAD /?x HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(ISO_8859_1));
        String head = client.head();
        assertThat(head).startsWith("HTTP/1.1 200 OK\r\nDate: ").contains(
                "\r\nContent-Type: text/html; charset=utf-8\r\n", "\r\nCache-Control: no-store\r\n",
                "\r\nContent-Security-Policy: default-src 'none'; "
                        + "script-src 'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='; "
                        + "style-src 'sha256-gG2yISYereRMiG2lMXrbiUgi0Ubw9p7QCeWcroOvy9Y='; connect-src 'self'; "
                        + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n",
                "\r\nContent-Length: " + RunningWebSockets.HTML.length() + "\r\n");
        assertThat(new String(client.bytes(RunningWebSockets.HTML.length()), UTF_8)).isEqualTo(RunningWebSockets.HTML);
        assertThat(client.head().replaceAll("Date: .*", "")).isEqualTo(head.replaceAll("Date: .*", ""));
        client.send("GET /other HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(ISO_8859_1));
        assertThat(client.head()).startsWith("HTTP/1.1 404 ");
        assertThat(server.log).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'GET / HTTP/1.1_Content-Length: 1_Host: a__x', 413", "PUT / HTTP/1.1_Host: a__, 405",
        "'GET / HTTP/2.0_Host: a__', 505"})
    void shouldRefuseWhatIsNoRequestForThePage(String request, int status) throws Exception {
        client.send(request.replace("_", "\r\n").getBytes(ISO_8859_1));
        assertThat(client.head()).startsWith("HTTP/1.1 " + status + " ");
        assertThat(server.log).hasSize(1);
    }
}
