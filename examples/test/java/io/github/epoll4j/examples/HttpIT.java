package io.github.epoll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.examples.http.HttpClient;
import io.github.epoll4j.examples.http.Load;
import io.github.epoll4j.testing.Commands;
import io.github.epoll4j.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class HttpIT {
    @TempDir
    Path folder;

    private Launched start(String options) throws IOException {
        return Launched.start("http --log " + folder.resolve("access.log") + " " + options);
    }

    private String curl(String... arguments) throws Exception {
        String[] command = new String[arguments.length + 2];
        command[0] = Commands.assumePresent("curl");
        command[1] = "-sS";
        System.arraycopy(arguments, 0, command, 2, arguments.length);
        Commands.Result result = Commands.run(folder, Map.of("no_proxy", "*"), command);
        assertThat(result.status()).as(result.output()).isZero();
        return result.output();
    }

    @Test
    @DisplayName("curl gets a file, a part of it, 304 for what it has, and an upload back, in chunks and after 100")
    void shouldServeCurlWhenItAsksForFilesAndUploads() throws Exception {
        Path root = Files.createDirectory(folder.resolve("root"));
        Files.writeString(root.resolve("page.html"), "0123456789".repeat(10_000));
        Path upload = Files.writeString(folder.resolve("upload"), "x".repeat(900_000));
        String status = "%{http_code} %{size_download} %{content_type}";
        try (Launched files = start("--root " + root + " --loops 1 --trigger edge");
                Launched pages = start("--loops 2 --mechanism poll --trigger oneshot")) {
            String page = "http://127.0.0.1:" + files.port() + "/page.html";
            assertThat(curl("-o", "page", "-D", "head", "-w", status, page))
                    .isEqualTo("200 100000 text/html; charset=utf-8");
            assertThat(folder.resolve("page")).hasSameTextualContentAs(root.resolve("page.html"));
            String etag = Files.readString(folder.resolve("head")).replaceAll("(?s).*ETag: (\\S+).*", "$1");
            assertThat(curl("-r", "5-8", page)).isEqualTo("5678");
            assertThat(curl("-w", status, "-H", "If-None-Match: " + etag, page)).isEqualTo("304 0 ");
            assertThat(curl("-I", page)).contains("HTTP/1.1 200 OK", "Content-Length: 100000");
            assertThat(curl("--http1.0", "-o", "page", "-w", status, page)).startsWith("200 100000");
            assertThat(curl("--path-as-is", "-o", "page", "-w", "%{http_code}", page + "/../../upload"))
                    .isEqualTo("400");
            for (String coding : new String[] {"X: y", "Transfer-Encoding: chunked"}) {
                curl("--data-binary", "@" + upload, "-H", coding, "-H", "Expect: 100-continue", "-o", "echoed",
                        "http://127.0.0.1:" + pages.port() + "/echo");
                assertThat(folder.resolve("echoed")).hasSameTextualContentAs(upload);
            }
            for (Launched server : new Launched[] {files, pages}) {
                assertThat(server.signal("TERM")).isEqualTo(143);
                assertThat(server.process().getErrorStream().readAllBytes()).isEmpty();
            }
        }
        assertThat(Files.readAllLines(folder.resolve("access.log"))).hasSize(8).allMatch(line -> line.matches(
                "127\\.0\\.0\\.1 - - \\[.*] \"(GET|HEAD|POST) /\\S+ HTTP/1\\.[01]\" \\d{3} \\d+"));
    }

    @Test
    @DisplayName("SIGTERM: an idle connection is closed, a request in progress is answered, then the status is 143")
    void shouldAnswerTheRequestInProgressWhenTerminated() throws Exception {
        try (Launched server = start("--loops 2"); HttpClient idle = new HttpClient(server.port());
                HttpClient busy = new HttpClient(server.port())) {
            busy.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhe");
            assertThat(busy.read().status()).isEqualTo(100);
            idle.get("/");
            assertThat(idle.read().isLast()).isFalse();
            FutureTask<Integer> end = Bytes.start(() -> server.signal("TERM"));
            assertThat(idle.isAtEnd()).isTrue();
            busy.send("llo");
            HttpClient.Response response = busy.read();
            assertThat(response.text()).isEqualTo("hello");
            assertThat(response.isLast()).isTrue();
            assertThat(end.get(30, TimeUnit.SECONDS)).isEqualTo(143);
        }
    }

    @Test
    @DisplayName("a process takes over from another one under load: no request is lost, and the first ends with 0")
    void shouldLoseNoRequestWhenAProcessTakesOver() throws Exception {
        String options = "--loops 1 --takeover " + folder.resolve("http.sock");
        try (Launched first = start(options); Load load = new Load(first.port(), 8)) {
            Eventually.await("requests are answered", () -> load.answers() > 500);
            try (Launched second = start(options)) {
                assertThat(second.ready()).isEqualTo(first.ready());
                assertThat(first.process().waitFor(20, TimeUnit.SECONDS)).as("the first ends").isTrue();
                assertThat(first.process().exitValue()).isZero();
                assertThat(first.process().getErrorStream().readAllBytes()).isEmpty();
                long before = load.answers();
                Eventually.await("requests are answered", () -> load.answers() > before + 500);
                load.stop();
                assertThat(second.signal("TERM")).isEqualTo(143);
            }
        }
        assertThat(folder.resolve("http.sock")).doesNotExist();
    }
}
