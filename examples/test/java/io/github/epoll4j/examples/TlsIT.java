package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.testing.Commands;
import io.github.epoll4j.testing.TestCertificates;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --tls} of the examples, with clients of OpenSSL and our own. */
@Timeout(120)
class TlsIT {
    @TempDir
    private static Path folder;
    private static String options;
    private static String authorities;

    @BeforeEach
    void copyFiles() throws IOException {
        options = " --tls " + TestCertificates.file(folder, "server.pem") + " "
                + TestCertificates.file(folder, "server.key");
        authorities = TestCertificates.file(folder, "ca.pem").toString();
    }

    private static Process openssl(Launched server, String... more) throws IOException {
        Commands.assumePresent("openssl");
        List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-connect", "localhost:" + server.port(),
                "-CAfile", authorities, "-verify_return_error", "-servername", "localhost"));
        command.addAll(List.of(more));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    @DisplayName("OpenSSL's client verifies the certificate, and gets each line back")
    void shouldEchoWhenOpensslIsTheClient(String version) throws Exception {
        try (Launched server = Launched.start("echo --loops 1" + options)) {
            assertThat(server.ready()).endsWith("(epoll, level, 1 loop, TLS)");
            Process client = openssl(server, version, "-quiet");
            try {
                BufferedReader out = client.inputReader(UTF_8);
                for (String line : List.of("hello", "world")) {
                    client.getOutputStream().write((line + "\n").getBytes(UTF_8));
                    client.getOutputStream().flush();
                    String answer = out.readLine();
                    while (answer.startsWith("depth=") || answer.startsWith("verify return")) {
                        answer = out.readLine();
                    }
                    assertThat(answer).isEqualTo(line);
                }
            } finally {
                client.destroyForcibly();
            }
            server.awaitSockets(sockets -> sockets == 1);
            assertThat(server.signal("TERM")).isEqualTo(143);
            assertThat(server.process().getErrorStream().readAllBytes()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_3", "-tls1_2"})
    @DisplayName("a session of OpenSSL's client is resumed")
    void shouldResumeWhenOpensslComesAgain(String version) throws Exception {
        try (Launched server = Launched.start("echo --loops 1" + options)) {
            String session = folder.resolve("session" + version).toString();
            String first = session(server, version, "-sess_out", session);
            String second = session(server, version, "-sess_in", session);
            assertThat(first).contains("New, TLSv1.").contains("Verify return code: 0 (ok)");
            assertThat(second).contains("Reused, TLSv1.");
        }
    }

    /** Sends a line, waits for it, and quits; with TLS 1.3 the session comes after the handshake. */
    private static String session(Launched server, String... more) throws Exception {
        Process client = openssl(server, more);
        StringBuilder printed = new StringBuilder();
        BufferedReader out = client.inputReader(UTF_8);
        client.getOutputStream().write("hello\n".getBytes(UTF_8));
        client.getOutputStream().flush();
        for (String line = out.readLine(); line != null && !line.equals("hello"); line = out.readLine()) {
            printed.append(line).append('\n');
        }
        client.getOutputStream().write("Q\n".getBytes(UTF_8));
        client.getOutputStream().flush();
        assertThat(client.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return printed.toString();
    }

    @Test
    @DisplayName("many clients of our own check every byte, directly and through a proxy that ends TLS")
    void shouldCheckEveryByteWhenOurClientsLoad() throws Exception {
        try (Launched server = Launched.start("echo --loops 1" + options);
                Launched plain = Launched.start("echo --loops 1");
                Launched proxy = Launched.start("proxy --loops 1 --to localhost:" + plain.port() + options)) {
            assertThat(proxy.ready()).endsWith("(epoll, level, 1 loop, TLS)");
            for (String load : List.of(server.port() + " --connections 20 --size 64",
                    proxy.port() + " --connections 3 --size 300000 --in-flight 2")) {
                Programs.Result result = Programs.run(("stress --ramp 0 --tls --ca " + authorities
                        + " --host localhost --seconds 0.5 --port " + load).split(" "));
                assertThat(result.err()).isEmpty();
                assertThat(result.status()).as(result.out()).isZero();
                assertThat(result.out()).endsWith("every byte was right, no connection was lost\n");
            }
        }
    }

    @Test
    @DisplayName("a client in a pipe: megabytes go in and come out unchanged, and it ends when they have")
    void shouldGiveBackWhatIsPipedIn() throws Exception {
        try (Launched server = Launched.start("echo" + options)) {
            EchoClientIT.assertGivenBack("echo-client", "--tls", "--ca", authorities, "--host", "localhost",
                    "--port", "" + server.port());
        }
    }

    @Test
    @DisplayName("curl gets files over one connection from http with TLS, and the log has them")
    void shouldServeFilesWhenCurlIsTheClient() throws Exception {
        Commands.assumePresent("curl");
        byte[] content = Bytes.random(3_000_000, 1);
        Path root = Files.createDirectory(folder.resolve("root"));
        Files.write(root.resolve("large"), content);
        Files.writeString(root.resolve("small.txt"), "small\n");
        try (Launched server = Launched.start("http --loops 1 --root " + root + options)) {
            String site = "https://localhost:" + server.port();
            Commands.Result result = Commands.run(folder, Map.of(), "curl", "--silent", "--show-error", "--cacert",
                    authorities, "--write-out", "%{http_code} %{num_connects}\\n", "--output", "large", site + "/large",
                    "--output", "small", site + "/small.txt", "--output", "missing", site + "/missing");
            assertThat(result.output()).isEqualTo("200 1\n200 0\n404 0\n");
            assertThat(Files.readAllBytes(folder.resolve("large"))).isEqualTo(content);
            assertThat(folder.resolve("small")).hasContent("small");
            assertThat(server.signal("TERM")).isEqualTo(143);
            assertThat(server.process().inputReader(UTF_8).lines()).hasSize(3)
                    .allSatisfy(line -> assertThat(line).startsWith("127.0.0.1 - - ["));
        }
    }

    @Test
    @DisplayName("chat: OpenSSL's client and a page talk over TLS, and the page is served by https")
    void shouldTalkWhenTheChatIsOverTls() throws Exception {
        try (Launched server = Launched.start("chat --web 0" + options);
                HttpClient http = HttpClient.newBuilder().sslContext(TestCertificates.context()).build()) {
            assertThat(server.ready()).contains("(epoll, level, TLS), page at https://127.0.0.1:");
            String site = server.ready().replaceAll(".* page at https://127.0.0.1:(\\d+)/", "https://localhost:$1/");
            assertThat(http.send(HttpRequest.newBuilder(URI.create(site)).build(), BodyHandlers.ofString()).body())
                    .startsWith("<!doctype html>");
            LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
            WebSocket page = http.newWebSocketBuilder().buildAsync(URI.create("wss" + site.substring(5) + "ws"),
                    new WebSocket.Listener() {
                        @Override
                        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
                            heard.add(data.toString());
                            from.request(1);
                            return null;
                        }
                    }).get(20, TimeUnit.SECONDS);
            page.sendText("alice lobby", true).get(20, TimeUnit.SECONDS);
            assertThat(heard.poll(20, TimeUnit.SECONDS)).contains("welcome");
            assertThat(heard.poll(20, TimeUnit.SECONDS)).contains("entered");
            Process client = openssl(server, "-quiet");
            try {
                client.getOutputStream().write("hello over TLS\n".getBytes(UTF_8));
                client.getOutputStream().flush();
                assertThat(heard.poll(20, TimeUnit.SECONDS)).contains("guest1").contains("joined");
                assertThat(heard.poll(20, TimeUnit.SECONDS)).contains("guest1").contains("hello over TLS");
                page.sendText("hello from the page", true).get(20, TimeUnit.SECONDS);
                BufferedReader out = client.inputReader(UTF_8);
                assertThat(out.lines().anyMatch("alice: hello from the page"::equals)).isTrue();
            } finally {
                client.destroyForcibly();
            }
            assertThat(heard.poll(20, TimeUnit.SECONDS)).contains("said");
            assertThat(heard.poll(20, TimeUnit.SECONDS)).contains("guest1").contains("has left (connection lost)");
            try (Dialogue carol = Dialogue.with(Programs.LAUNCHER, "chat-client", "--tls", "--ca", authorities,
                    "--host", "localhost", "--port", "" + server.port())) {
                carol.type("/nick carol\n");
                carol.awaitText("* You are now carol.\n");
                carol.endInput();
                assertThat(carol.awaitEnd()).isZero();
            }
            http.shutdownNow();
        }
    }

    @Test
    @DisplayName("files that cannot be used, and certificates that are not trusted, are one line and status 1")
    void shouldSayWhyInOneLineWhenAFileIsWrong() throws Exception {
        Path key = TestCertificates.file(folder, "pkcs1.key");
        assertOneLine("echo --port 0 --tls missing.pem " + key,
                "cannot use --tls missing.pem " + key + ": no such file: missing.pem");
        assertOneLine("echo --port 0 --tls " + authorities + " " + key, "openssl pkcs8 -topk8");
        assertOneLine("echo-client --tls --ca missing.pem --port 1",
                "cannot use --ca missing.pem: no such file: missing.pem");
        try (Launched server = Launched.start("echo" + options)) {
            assertOneLine("echo-client --tls --host localhost --port " + server.port(), "cannot connect to localhost:"
                    + server.port() + ": (certificate_unknown) PKIX path");
        }
        assertThat(Programs.run("echo", "--tls", "only-one").status()).isEqualTo(2);
        assertThat(Programs.run("echo-client", "--ca", authorities).status()).isEqualTo(2);
    }

    private static void assertOneLine(String command, String part) throws Exception {
        Programs.Result result = Programs.run(command.split(" "));
        assertThat(result.err()).contains(part).hasLineCount(1);
        assertThat(result.status()).isEqualTo(1);
    }
}
