package io.github.epoll4j.examples.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestParserTest {
    private static final String REQUEST = "GET /a?b HTTP/1.1\r\nhost: x\r\nConnection: Keep-Alive, close\r\n"
            + "X-Other:\t \u00e9 \t\r\nRange: bytes=1-2 \r\n\r\n";

    private final RequestParser parser = new RequestParser(new byte[RequestParser.SCRATCH_BYTES]);

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
    }

    private Request parse(String text) throws HttpException {
        return parser.next(bytes(text));
    }

    private void assertRefused(String text, Status status) {
        assertThatThrownBy(() -> parse(text)).isInstanceOfSatisfying(HttpException.class,
                e -> assertThat(e.status()).as(e.getMessage()).isEqualTo(status));
    }

    @Test
    @DisplayName("a head that is cut anywhere: null until it is whole, and no byte behind it is read")
    void shouldParseWhenAHeadIsCutAnywhere() throws HttpException {
        Request whole = parse(REQUEST);
        assertThat(whole).isEqualTo(new Request("GET", "/a?b", false, false, false, 0, false, "bytes=1-2", null, null,
                null, null));
        for (int cut = 0; cut < REQUEST.length(); cut++) {
            ByteBuffer data = bytes(REQUEST + "GET");
            int end = data.limit();
            assertThat(parser.next(data.limit(cut))).isNull();
            assertThat(data.position()).isZero();
            assertThat(parser.next(data.limit(end))).isEqualTo(whole);
            assertThat(data.remaining()).isEqualTo(3);
        }
    }

    @Test
    void shouldParseWhenAHeadComesByteByByte() throws HttpException {
        ByteBuffer data = bytes(REQUEST);
        for (int i = 1; i < REQUEST.length(); i++) {
            assertThat(parser.next(data.limit(i))).isNull();
        }
        assertThat(parser.next(data.limit(REQUEST.length()))).isNotNull();
    }

    @Test
    void shouldSkipEmptyLinesWhenTheyPrecedeARequest() throws HttpException {
        ByteBuffer data = bytes("\r\n\r\n" + REQUEST);
        assertThat(parser.next(data.limit(3))).isNull();
        assertThat(data.position()).isEqualTo(2);
        assertThat(parser.next(data.limit(data.capacity()))).isNotNull();
        assertThat(data.hasRemaining()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET / HTTP/1.1 | Host: a | true",
        "GET / HTTP/1.2 | Host: a | true",
        "GET / HTTP/1.1 | Host: a_Connection: close | false",
        "GET / HTTP/1.1 | Host: a_CONNECTION: x , CLOSE | false",
        "GET / HTTP/1.1 | Host: a_Connection: x_Connection: close | false",
        "GET / HTTP/1.0 | X: a | false",
        "GET / HTTP/1.0 | Connection: Keep-Alive | true",
        "GET / HTTP/1.0 | Connection: keep-alive, close | false"})
    @DisplayName("whether a connection stays open: by default in 1.1, on demand in 1.0, never after close")
    void shouldKnowWhetherTheConnectionStaysOpenWhenAHeadIsParsed(String line, String fields, boolean isPersistent)
            throws HttpException {
        String head = line + "\r\n" + fields.replace("_", "\r\n") + "\r\n\r\n";
        assertThat(parse(head).isPersistent()).isEqualTo(isPersistent);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/ | /", "/a/b?c/d | /a/b", "/a%20b? | /a%20b", "http://host | /", "http://host?q | /", "http://host/ | /",
        "HTTP://host:80/a?b | /a"})
    @DisplayName("the path of a target in origin form and in absolute form, without the query")
    void shouldReturnThePathWhenTheTargetHasMore(String target, String path) throws HttpException {
        assertThat(parse("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n").path()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "host:80", "a", "https://host/"})
    void shouldRefuseTheTargetWhenItIsNoPath(String target) throws HttpException {
        Request request = parse("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThatThrownBy(request::path).isInstanceOf(HttpException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET /", "GET / HTTP/11", "GET / HTTP/1.1.1",
        "GET / http/1.1", "GET /a b HTTP/1.1", "G(T / HTTP/1.1", "GET", "GET /\u00e4 HTTP/1.1", "GET\t/\tHTTP/1.1",
        "GET / HTTP/x.1", "GET / FTP/1.1", "GET /\u0001 HTTP/1.1", "GET / HTTP/1.1\rX: y"})
    void shouldRefuseTheRequestLineWhenItIsMalformed(String line) {
        assertRefused(line + "\r\nHost: a\r\n\r\n", Status.BAD_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.9", "2.0", "3.1"})
    void shouldRefuseTheVersionWhenItIsNotOne(String version) {
        assertRefused("GET / HTTP/" + version + "\r\nHost: a\r\n\r\n", Status.VERSION_NOT_SUPPORTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Content-Length: 5_Content-Length: 6", "Content-Length: 5_Content-Length: 5", "Content-Length: 5, 5",
        "Content-Length: +5", "Content-Length: -5", "Content-Length: 0x5", "Content-Length: 5 5", "Content-Length:",
        "Content-Length: 5_Transfer-Encoding: chunked", "Transfer-Encoding: chunked_Content-Length: 5",
        "Transfer-Encoding: chunked_Transfer-Encoding: chunked",
        "X: a_ folded", "X: a_\tfolded", " X: a", "X : a", "X\t: a", ": a", "X", "X(: a",
        "Content-Length : 5", "X: a\u0000b", "X: a\rb", "X: a\r", "X: a\u007f", "X: a\u0001",
        "\rX: a", "\rContent-Length: 5", "X: a\n", "X: a\nY: b",
        "Host: b", "Host: a b", "Host: a, b", "Host: a/b", "Host: user@a"})
    @DisplayName("what two readers could understand differently is malformed: lengths, lines, colons, Host")
    void shouldRefuseTheFieldsWhenTheyAreAmbiguous(String fields) {
        String lines = fields.replace("_", "\r\n");
        String host = fields.startsWith("Host: b") || !fields.startsWith("Host") ? "Host: a\r\n" : "";
        assertRefused("POST / HTTP/1.1\r\n" + host + lines + "\r\n\r\n", Status.BAD_REQUEST);
    }

    @Test
    void shouldRefuseTheRequestWhenHostIsMissing() throws HttpException {
        assertRefused("GET / HTTP/1.1\r\nX: y\r\n\r\n", Status.BAD_REQUEST);
        assertRefused("GET / HTTP/1.1\r\n\r\n", Status.BAD_REQUEST);
        assertThat(new RequestParser(new byte[RequestParser.SCRATCH_BYTES]).next(bytes("GET / HTTP/1.0\r\n\r\n")))
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "chunked, chunked", "gzip, chunked", "identity", "", "chunked;q=1",
        "\u000bchunked"})
    void shouldRefuseTheTransferCodingWhenItIsNotChunked(String coding) {
        assertRefused("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: " + coding + "\r\n\r\n",
                coding.startsWith("\u000b") ? Status.BAD_REQUEST : Status.NOT_IMPLEMENTED);
    }

    @Test
    void shouldRefuseChunksWhenTheVersionIsOneZero() {
        assertRefused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", Status.BAD_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "GET / HTTP/1.1\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "\nGET / HTTP/1.1\r\n"})
    @DisplayName("a line that ends with LF alone is refused at once, not when the head is whole")
    void shouldRefuseALineWhenItEndsWithoutCr(String text) {
        assertRefused(text, Status.BAD_REQUEST);
    }

    @Test
    @DisplayName("a head of 16 KB and one of 100 fields are read, one of a byte or a field more is refused")
    void shouldRefuseTheHeadWhenItIsTooLarge() throws HttpException {
        String rest = " HTTP/1.1\r\nHost: a\r\n\r\n";
        String longest = "GET /" + "a".repeat(RequestParser.MAX_BYTES - 5 - rest.length()) + rest;
        assertThat(parse(longest).target()).hasSize(longest.length() - rest.length() - 4);
        assertRefused("GET /a" + longest.substring(5), Status.HEAD_TOO_LARGE);
        assertThat(new RequestParser(new byte[RequestParser.SCRATCH_BYTES]).next(
                bytes("GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(99) + "\r\n"))).isNotNull();
        RequestParser other = new RequestParser(new byte[RequestParser.SCRATCH_BYTES]);
        assertThatThrownBy(() -> other.next(
                bytes("GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(100) + "\r\n")))
                .isInstanceOfSatisfying(HttpException.class,
                        e -> assertThat(e.status()).isEqualTo(Status.HEAD_TOO_LARGE));
    }

    @Test
    @DisplayName("a request line that is cut off does not end in the bytes of the head before it")
    void shouldRefuseTheRequestLineWhenOldBytesWouldCompleteIt() throws HttpException {
        byte[] scratch = new byte[RequestParser.SCRATCH_BYTES];
        String before = "GET /aaaaaaaaaaaaaaaaaa HTTP/1.1\r\nHost: a\r\n\r\n";
        for (int length = 1; length < before.indexOf('\r'); length++) {
            assertThat(new RequestParser(scratch).next(bytes(before))).isNotNull();
            ByteBuffer cut = bytes(before.substring(0, length) + "\r\n\r\n");
            RequestParser next = new RequestParser(scratch);
            assertThatThrownBy(() -> next.next(cut)).isInstanceOf(HttpException.class);
        }
    }
}
