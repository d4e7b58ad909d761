package io.github.epoll4j.examples.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.examples.http.HttpClient.Response;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.OpenFlags;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.testing.Eventually;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpServerTest {
    private static final String ECHO = "POST /echo HTTP/1.1\r\nHost: a\r\n";
    private static final String CHUNKED = ECHO + "Transfer-Encoding: chunked\r\n\r\n"
            + "5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: t\r\n\r\n";

    // ---- requests and their order

    @Test
    @DisplayName("requests with a body by length and in chunks, cut anywhere, are answered on one connection")
    void shouldAnswerWhenARequestIsCutAnywhere() throws Exception {
        try (RunningHttp http = RunningHttp.start(null); HttpClient client = http.connect()) {
            long sent = 0;
            for (String text : List.of(CHUNKED, ECHO + "Content-Length: 11\r\n\r\nhello world")) {
                for (int cut = 1; cut < text.length(); cut++) {
                    client.send(text.substring(0, cut));
                    http.awaitRead(sent + cut);
                    client.send(text.substring(cut));
                    assertThat(client.read().text()).as("cut at %d", cut).isEqualTo("hello world");
                    sent += text.length();
                }
            }
        }
    }

    @Test
    void shouldAnswerWhenARequestComesByteByByte() throws Exception {
        try (RunningHttp http = RunningHttp.start(null); HttpClient client = http.connect()) {
            for (int i = 0; i < CHUNKED.length(); i++) {
                client.send(CHUNKED.substring(i, i + 1));
                http.awaitRead(i + 1);
            }
            assertThat(client.read().text()).isEqualTo("hello world");
        }
    }

    @Test
    @DisplayName("sixteen requests that are sent at once, bodies and errors among them, are answered in order")
    void shouldAnswerInOrderWhenRequestsArePipelined() throws Exception {
        try (RunningHttp http = RunningHttp.start(null); HttpClient client = http.connect()) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 16; i++) {
                requests.append(switch (i % 4) {
                    case 0 -> "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
                    case 1 -> ECHO + "Content-Length: 2\r\n\r\n" + (char) ('a' + i) + "!";
                    case 2 -> "GET /none HTTP/1.1\r\nHost: a\r\n\r\n";
                    default -> CHUNKED;
                });
            }
            client.send(requests.toString());
            for (int i = 0; i < 16; i++) {
                Response response = client.read();
                assertThat(response.isLast()).isFalse();
                assertThat(response.status()).isEqualTo(i % 4 == 2 ? 404 : 200);
                assertThat(response.text()).isEqualTo(switch (i % 4) {
                    case 0 -> "hello\n";
                    case 1 -> (char) ('a' + i) + "!";
                    case 2 -> "404 Not Found: no such page\n";
                    default -> "hello world";
                });
            }
        }
    }

    @Test
    @DisplayName("a client that reads no answers: few are queued, its further requests wait, and all are answered")
    void shouldWaitWhenTheClientReadsNoAnswers(@TempDir Path root) throws Exception {
        byte[] page = "0123456789".repeat(1000).getBytes(ISO_8859_1);
        Files.write(root.resolve("page.txt"), page);
        int count = 3000; // more than the socket's buffers and the queue take
        try (RunningHttp http = RunningHttp.start(root.toRealPath()); HttpClient client = http.connect()) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    client.send("GET /page.txt HTTP/1.1\r\nHost: a\r\n\r\n".repeat(count));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            Eventually.await("the queue is full", () -> http.reactor.metrics().queuedBytes() > 256 << 10);
            for (int i = 0; i < count; i++) {
                assertThat(client.read().body()).isEqualTo(page);
                assertThat(http.reactor.metrics().queuedBytes()).isLessThan(300 << 10);
            }
            sender.join();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET / HTTP/1.1_Host: a | | false", "GET / HTTP/1.1_Host: a_Connection: close | close | true",
        "GET / HTTP/1.0 | close | true", "GET / HTTP/1.0_Connection: keep-alive | keep-alive | false"})
    @DisplayName("the connection stays open in 1.1, on demand in 1.0; what comes behind the last request is dropped")
    void shouldKeepTheConnectionOpenWhenTheClientWantsIt(String head, String field, boolean isLast) throws Exception {
        try (RunningHttp http = RunningHttp.start(null); HttpClient client = http.connect()) {
            String request = head.replace("_", "\r\n") + "\r\n\r\n";
            client.send(request + request);
            Response response = client.read();
            assertThat(response.field("connection")).isEqualTo(field);
            assertThat(response.text()).isEqualTo("hello\n");
            if (isLast) {
                assertThat(client.isAtEnd()).isTrue();
            } else {
                assertThat(client.read().text()).isEqualTo("hello\n");
            }
        }
    }

    @Test
    @DisplayName("a client that has sent its requests and then its end gets all answers")
    void shouldAnswerWhenTheClientHasEndedItsOutput() throws Exception {
        try (RunningHttp http = RunningHttp.start(null); HttpClient client = http.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3));
            client.endOutput();
            for (int i = 0; i < 3; i++) {
                assertThat(client.read().status()).isEqualTo(200);
            }
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void shouldSendNoContentWhenTheMethodIsHead() throws Exception {
        try (RunningHttp http = RunningHttp.start(null); HttpClient client = http.connect()) {
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nHEAD /none HTTP/1.1\r\nHost: a\r\n\r\n");
            Response response = client.readHead();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.field("content-length")).isEqualTo("6");
            assertThat(response.field("date")).matches("\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT");
            assertThat(client.readHead().status()).isEqualTo(404);
            client.get("/");
            assertThat(client.read().text()).isEqualTo("hello\n");
        }
    }

    // ---- errors

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "BREW / HTTP/1.1_Host: a__ | 501 |", "DELETE / HTTP/1.1_Host: a__ | 405 | GET, HEAD",
        "OPTIONS * HTTP/1.1_Host: a__ | 400 |", "GET /echo HTTP/1.1_Host: a__ | 405 | POST",
        "GET /none HTTP/1.1_Host: a__ | 404 |", "POST / HTTP/1.1_Host: a_Content-Length: 3__abc | 405 | GET, HEAD"})
    @DisplayName("an error of a request that is whole leaves the connection open")
    void shouldStayOpenWhenTheErrorIsNotOneOfFraming(String request, int status, String allow) throws Exception {
        try (RunningHttp http = RunningHttp.start(null); HttpClient client = http.connect()) {
            client.send(request.replace("_", "\r\n"));
            Response response = client.read();
            assertThat(response.status()).isEqualTo(status);
            assertThat(response.field("allow")).isEqualTo(allow);
            client.get("/");
            assertThat(client.read().text()).isEqualTo("hello\n");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET /__ | 400", "GET / HTTP/2.0__ | 505", "GET / HTTP/1.1__ | 400", "GET / HTTP/1.1_Host: a_Host: a__ | 400",
        "POST /echo HTTP/1.1_Host: a_Content-Length: 4_Content-Length: 5__abcd | 400",
        "POST /echo HTTP/1.1_Host: a_Content-Length: 4_Transfer-Encoding: chunked__0__ | 400",
        "POST /echo HTTP/1.1_Host: a_Transfer-Encoding: gzip, chunked__ | 501",
        "POST /echo HTTP/1.1_Host: a_Transfer-Encoding: chunked__x_ | 400",
        "POST /echo HTTP/1.1_Host: a_Content-Length: 100001__ | 413",
        "POST /echo HTTP/1.1_Host: a_Content-Length: 9999999999999999999999__ | 413",
        "POST /echo HTTP/1.1_Host: a_Transfer-Encoding: chunked__186a1_ | 413",
        "GET / HTTP/1.1_Host: a_X : y__ | 400", "GET / HTTP/1.1_Host: a_ folded: y__ | 400"})
    @DisplayName("an error after which the next request's beginning is unknown closes: no further request is served")
    void shouldCloseWhenTheFramingIsUnknown(String request, int status) throws Exception {
        try (RunningHttp http = RunningHttp.start(null); HttpClient client = http.connect()) {
            client.send(request.replace("_", "\r\n") + "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            Response response = client.read();
            assertThat(response.status()).isEqualTo(status);
            assertThat(response.isLast()).isTrue();
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void shouldRefuseTheHeadWhenItIsTooLarge() throws Exception {
        try (RunningHttp http = RunningHttp.start(null); HttpClient client = http.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(200_000));
            assertThat(client.read().status()).isEqualTo(431);
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HT", ECHO + "Content-Length: 5\r\n\r\nhell"})
    @DisplayName("a request that is not whole in time, although bytes come: 408, and the end")
    void shouldAnswer408WhenARequestIsSlow(String part) throws Exception {
        ConnectionConfig config = ConnectionConfig.DEFAULT.withMessageTimeout(Duration.ofMillis(200));
        try (RunningHttp http = RunningHttp.start(null, config, null); HttpClient client = http.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n" + part);
            assertThat(client.read().status()).isEqualTo(200);
            Response response = client.read();
            assertThat(response.status()).isEqualTo(408);
            assertThat(response.isLast()).isTrue();
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    @DisplayName("a connection that is idle between two requests is closed without an answer")
    void shouldCloseWhenAConnectionIsIdle() throws Exception {
        ConnectionConfig config = ConnectionConfig.DEFAULT.withIdleTimeout(Duration.ofMillis(100))
                .withMessageTimeout(Duration.ofMillis(50));
        try (RunningHttp http = RunningHttp.start(null, config, null)) {
            Eventually.await("an answer, and then the end", () -> isClosedAfterAnAnswer(http));
        }
    }

    private static boolean isClosedAfterAnAnswer(RunningHttp http) throws IOException {
        try (HttpClient client = http.connect()) {
            client.get("/");
            return !client.read().isLast() && client.isAtEnd();
        } catch (EOFException | SocketException e) { // closed before the request came: this machine is busy
            return false;
        }
    }

    // ---- Expect: 100-continue

    @Test
    void shouldAskForTheBodyWhenTheClientWaitsForThat() throws Exception {
        try (RunningHttp http = RunningHttp.start(null); HttpClient client = http.connect()) {
            client.send(ECHO + "Expect: 100-Continue\r\nContent-Length: 5\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(100);
            client.send("hello");
            assertThat(client.read().text()).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @CsvSource({"/echo, 200000, 413", "/, 5, 405"})
    @DisplayName("a body that is refused is not asked for: the error instead of 100, and the end")
    void shouldNotAskForTheBodyWhenItIsRefused(String path, int length, int status) throws Exception {
        try (RunningHttp http = RunningHttp.start(null); HttpClient client = http.connect()) {
            client.send("POST " + path + " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: " + length
                    + "\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(status);
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    // ---- the end

    @Test
    @DisplayName("at the end an idle connection is closed, a request in progress is answered with Connection: close")
    void shouldAnswerTheRequestsInProgressWhenTheServerEnds() throws Exception {
        try (RunningHttp http = RunningHttp.start(null); HttpClient idle = http.connect();
                HttpClient busy = http.connect(); HttpClient pipelining = http.connect()) {
            idle.get("/");
            assertThat(idle.read().isLast()).isFalse();
            busy.send(CHUNKED.substring(0, 80));
            pipelining.send("GET / HT");
            Eventually.await("all is read", () -> http.reactor.metrics().bytesRead() == 80 + 8 + 35);

            Thread closing = Thread.ofVirtual().start(() -> http.server.close(Duration.ofMinutes(1)));

            assertThat(idle.isAtEnd()).isTrue();
            busy.send(CHUNKED.substring(80));
            Response response = busy.read();
            assertThat(response.text()).isEqualTo("hello world");
            assertThat(response.isLast()).isTrue();
            assertThat(busy.isAtEnd()).isTrue();
            pipelining.send("TP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(pipelining.read().isLast()).as("bytes of the next request have come").isFalse();
            assertThat(pipelining.read().isLast()).isTrue();
            assertThat(pipelining.isAtEnd()).isTrue();
            closing.join();
        }
    }

    @Test
    @DisplayName("a request that is not completed while the server is drained ends by its timeout")
    void shouldAnswer408WhenARequestIsSlowWhileTheServerEnds() throws Exception {
        ConnectionConfig config = ConnectionConfig.DEFAULT.withMessageTimeout(Duration.ofMillis(500));
        try (RunningHttp http = RunningHttp.start(null, config, null); HttpClient client = http.connect()) {
            client.send("GET / HT");
            http.awaitRead(8);
            Thread closing = Thread.ofVirtual().start(() -> http.server.close(Duration.ofMinutes(1)));
            assertThat(client.read().status()).isEqualTo(408);
            assertThat(client.isAtEnd()).isTrue();
            closing.join();
        }
    }

    // ---- the log

    @Test
    @DisplayName("the access log has a line in the common log format for each answer; quotation marks are escaped")
    void shouldLogEachAnswerWhenThereIsALog(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("access.log");
        try (FileFd log = FileFd.open(file, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_APPEND)) {
            try (RunningHttp http = RunningHttp.start(null, ConnectionConfig.DEFAULT, log);
                    HttpClient client = http.connect()) {
                client.get("/");
                client.get("/a\"b\\c?d");
                client.send("HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nNONSENSE\r\n\r\n");
                assertThat(client.read().status()).isEqualTo(200);
                assertThat(client.read().status()).isEqualTo(404);
                assertThat(client.readHead().status()).isEqualTo(200);
                assertThat(client.read().status()).isEqualTo(400);
            }
            String time = "\\[\\d\\d/\\w{3}/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000\\]";
            List<String> lines = Files.readAllLines(file);
            assertThat(lines).hasSize(4);
            List<String> expected = List.of("\"GET / HTTP/1.1\" 200 6", "\"GET /a\\x22b\\x5Cc?d HTTP/1.1\" 404 28",
                    "\"HEAD / HTTP/1.0\" 200 0", "\"-\" 400 47");
            IntStream.range(0, 4).forEach(i -> assertThat(lines.get(i).replaceFirst(time, "TIME"))
                    .isEqualTo("127.0.0.1 - - TIME " + expected.get(i)));
        }
    }
}
