package io.github.epoll4j.examples.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.examples.http.HttpClient.Response;
import io.github.epoll4j.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class FileSiteTest {
    private static final String MODIFIED = "Sun, 06 Nov 1994 08:49:37 GMT";

    @TempDir
    Path folder;

    private final byte[] large = new byte[1_000_000];
    private Path root;
    private RunningHttp http;
    private HttpClient client;

    @BeforeEach
    void start() throws IOException {
        root = Files.createDirectories(folder.toRealPath().resolve("root/sub")).getParent();
        Files.writeString(folder.resolve("secret.txt"), "secret");
        Files.writeString(root.resolve("digits.txt"), "0123456789");
        Files.writeString(root.resolve("index.html"), "<p>home");
        Files.writeString(root.resolve("sub/a b.html"), "<p>blank");
        Files.writeString(root.resolve("empty"), "");
        new Random(1).nextBytes(large);
        Files.write(root.resolve("large.bin"), large);
        for (String name : new String[] {"digits.txt", "large.bin"}) {
            Files.setLastModifiedTime(root.resolve(name), FileTime.from(Instant.parse("1994-11-06T08:49:37Z")));
        }
        Files.createSymbolicLink(root.resolve("inside"), Path.of("sub"));
        Files.createSymbolicLink(root.resolve("outside"), Path.of("..").resolve("secret.txt"));
        Files.createSymbolicLink(root.resolve("up"), Path.of(".."));
        Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
        http = RunningHttp.start(root);
        client = http.connect();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        http.close();
    }

    private Response get(String target, String... fields) throws IOException {
        client.get(target, fields);
        return client.read();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/ | 200 | text/html; charset=utf-8 | <p>home",
        "/index.html?query | 200 | text/html; charset=utf-8 | <p>home",
        "/digits.txt | 200 | text/plain; charset=utf-8 | 0123456789",
        "/sub/a%20b.html | 200 | text/html; charset=utf-8 | <p>blank",
        "/inside/a%20b.html | 200 | text/html; charset=utf-8 | <p>blank",
        "/sub/../digits.txt | 200 | text/plain; charset=utf-8 | 0123456789",
        "/.//%64igits.txt | 200 | text/plain; charset=utf-8 | 0123456789",
        "http://other/digits.txt | 200 | text/plain; charset=utf-8 | 0123456789",
        "/empty | 200 | application/octet-stream | ''"})
    void shouldSendTheFileWhenItIsBelowTheRoot(String target, int status, String type, String text) throws Exception {
        Response response = get(target);
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.field("content-type")).isEqualTo(type);
        assertThat(response.text()).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "/../secret.txt, 400", "/%2e%2e/secret.txt, 400", "/sub/..%2f..%2fsecret.txt, 400", "/.., 400",
        "/sub/../../root/../secret.txt, 400", "/digits.txt%00.html, 400", "/%zz, 400", "/%4, 400", "/%, 400",
        "/outside, 404", "/up/secret.txt, 404", "/up, 404", "/loop, 404", "/sub, 404", "/sub/, 404", "/none, 404",
        "/digits.txt/, 404", "/digits.txt/x, 404", "//etc/passwd, 404", "/%252e%252e/secret.txt, 404",
        "/..\\secret.txt, 404", "/%ff, 404"})
    @DisplayName("a path that leaves the root is refused, a link that does so is no page")
    void shouldRefuseThePathWhenItLeavesTheRoot(String target, int status) throws Exception {
        assertThat(get(target).status()).isEqualTo(status);
        assertThat(get("/digits.txt").status()).as("the next one").isEqualTo(200);
    }

    @Test
    void shouldSendNoOtherFileWhenThePathIsTooLong() throws Exception {
        assertThat(get("/" + "a".repeat(5000)).status()).isEqualTo(404);
    }

    @Test
    @DisplayName("files of a megabyte, pipelined among small ones, arrive in order and whole")
    void shouldSendTheWholeFileWhenItIsLarge() throws Exception {
        for (int i = 0; i < 5; i++) {
            client.get("/large.bin");
            client.get("/digits.txt");
        }
        for (int i = 0; i < 5; i++) {
            assertThat(client.read().body()).isEqualTo(large);
            assertThat(client.read().text()).isEqualTo("0123456789");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "bytes=0-3 | 206 | 0-3", "bytes=3- | 206 | 3-9", "bytes=-3 | 206 | 7-9", "bytes=-30 | 206 | 0-9",
        "bytes=9-9 | 206 | 9-9", "bytes=5-500 | 206 | 5-9", "BYTES=5-5 | 206 | 5-5",
        "bytes=10- | 416 | *", "bytes=-0 | 416 | *", "bytes=99999999999-  | 416 | *",
        "bytes=0-1,3-4 | 200 |", "bytes=3-1 | 200 |", "bytes=- | 200 |", "bytes=a-b | 200 |", "lines=0-1 | 200 |",
        "bytes=0-99999999999999999999 | 200 |", "bytes | 200 |"})
    @DisplayName("one range: its part, or 416; several, or a malformed one: the whole file")
    void shouldSendThePartWhenARangeIsAskedFor(String range, int status, String part) throws Exception {
        Response response = get("/digits.txt", "Range: " + range + "\r\n");
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.field("content-range")).isEqualTo(part == null ? null : "bytes " + part + "/10");
        if (status == 206) {
            int first = part.charAt(0) - '0';
            int last = part.charAt(2) - '0';
            assertThat(response.text()).isEqualTo("0123456789".substring(first, last + 1));
        } else if (status == 200) {
            assertThat(response.text()).isEqualTo("0123456789");
        }
    }

    @Test
    void shouldSendThePartWhenARangeOfALargeFileIsAskedFor() throws Exception {
        Response response = get("/large.bin", "Range: bytes=500000-500004\r\n");
        assertThat(response.status()).isEqualTo(206);
        assertThat(new String(response.body(), ISO_8859_1)).isEqualTo(new String(large, 500_000, 5, ISO_8859_1));
    }

    @Test
    @DisplayName("If-Range: the part if the file is the same, the whole file otherwise")
    void shouldSendTheWholeFileWhenItIsNotTheOneOfTheRange() throws Exception {
        String etag = get("/digits.txt").field("etag");
        for (String same : new String[] {etag, MODIFIED}) {
            assertThat(get("/digits.txt", "Range: bytes=1-1\r\nIf-Range: " + same + "\r\n").text()).isEqualTo("1");
        }
        for (String other : new String[] {"\"x\"", "W/" + etag, "Sun, 06 Nov 1994 08:49:38 GMT"}) {
            assertThat(get("/digits.txt", "Range: bytes=1-1\r\nIf-Range: " + other + "\r\n").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/digits.txt", "/large.bin"})
    @DisplayName("a client that has the file gets 304: by ETag, which decides alone if it is given, or by time")
    void shouldAnswer304WhenTheClientHasTheFile(String path) throws Exception {
        Response first = get(path);
        String etag = first.field("etag");
        assertThat(first.field("last-modified")).isEqualTo(MODIFIED);
        for (String same : List.of(
                "If-None-Match: " + etag, "If-None-Match: \"x\", W/" + etag, "If-None-Match: *",
                "If-None-Match: \"x\"\r\nIf-None-Match: " + etag, "If-Modified-Since: " + MODIFIED,
                "If-Modified-Since: Sun, 06 Nov 1994 08:49:38 GMT",
                "If-None-Match: " + etag + "\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT",
                "If-None-Match: " + etag + "\r\nRange: bytes=0-1")) {
            Response response = get(path, same + "\r\n");
            assertThat(response.status()).as(same).isEqualTo(304);
            assertThat(response.field("etag")).isEqualTo(etag);
            assertThat(response.field("content-length")).isNull();
        }
        for (String other : List.of(
                "If-None-Match: \"x\"", "If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT",
                "If-Modified-Since: yesterday", "If-None-Match: \"x\"\r\nIf-Modified-Since: " + MODIFIED)) {
            assertThat(get(path, other + "\r\n").status()).as(other).isEqualTo(200);
        }
    }

    @Test
    @DisplayName("a file that is replaced is sent with its new ETag, after a second at the latest")
    void shouldSendTheNewFileWhenItIsReplaced() throws Exception {
        String before = get("/digits.txt").field("etag");
        Files.writeString(root.resolve("digits.txt"), "other");
        Eventually.await("the new file", () -> get("/digits.txt").text().equals("other"));
        assertThat(get("/digits.txt").field("etag")).isNotEqualTo(before);
    }

    @Test
    void shouldRefuseTheMethodWhenItIsNotForFiles() throws Exception {
        client.send("PUT /digits.txt HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
        Response response = client.read();
        assertThat(response.status()).isEqualTo(405);
        assertThat(response.field("allow")).isEqualTo("GET, HEAD");
        assertThat(get("/digits.txt").status()).isEqualTo(200);
    }
}
