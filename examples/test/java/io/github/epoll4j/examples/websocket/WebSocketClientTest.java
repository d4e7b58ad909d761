package io.github.epoll4j.examples.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.tls.Tls;
import io.github.epoll4j.reactor.tls.TlsConfig;
import io.github.epoll4j.reactor.tls.TlsIdentity;
import io.github.epoll4j.testing.TestCertificates;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The JDK's client against the server. */
@Timeout(60)
class WebSocketClientTest {
    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final WebSocket.Listener listener = new WebSocket.Listener() {
        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean isLast) {
            heard.add("text " + data);
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean isLast) {
            heard.add("binary " + data.remaining());
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPong(WebSocket webSocket, ByteBuffer message) {
            heard.add("pong " + message.remaining());
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int status, String reason) {
            heard.add("close " + status + " " + reason);
            return null;
        }
    };

    private void talk(HttpClient http, URI uri) throws Exception {
        WebSocket webSocket = http.newWebSocketBuilder().buildAsync(uri, listener).get(20, TimeUnit.SECONDS);
        webSocket.sendText("hel", false).thenCompose(next -> next.sendText("lo", true)).get(20, TimeUnit.SECONDS);
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("text hello");
        webSocket.sendBinary(ByteBuffer.allocate(1000), true).get(20, TimeUnit.SECONDS);
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("binary 1000");
        webSocket.sendPing(ByteBuffer.allocate(5)).get(20, TimeUnit.SECONDS);
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("pong 5");
        webSocket.sendClose(3001, "bye").get(20, TimeUnit.SECONDS);
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("close 3001 ");
    }

    @Test
    void shouldEchoWhenTheJdkIsTheClient() throws Exception {
        try (RunningWebSockets server = RunningWebSockets.start(); HttpClient http = HttpClient.newHttpClient()) {
            talk(http, URI.create("ws://127.0.0.1:" + server.listener.port() + "/ws?x=y"));
            assertThat(server.ends.take()).isEqualTo("in good order");
            http.newWebSocketBuilder().buildAsync(URI.create("ws://127.0.0.1:" + server.listener.port() + "/ws"),
                    listener).get(20, TimeUnit.SECONDS).sendText("close", true);
            assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("close 4000 as you wish");
            http.shutdownNow();
        }
    }

    @Test
    @DisplayName("the same over TLS")
    void shouldEchoWhenTlsIsBelow(@TempDir Path folder) throws Exception {
        TlsConfig tls = TlsConfig.DEFAULT.withIdentity(TlsIdentity.load(TestCertificates.file(folder, "server.pem"),
                TestCertificates.file(folder, "server.key")));
        UnaryOperator<Function<Connection, ConnectionHandler>> layer = factory -> Tls.server(tls, factory);
        try (RunningWebSockets server = new RunningWebSockets(RunningWebSockets.SMALL, layer);
                HttpClient http = HttpClient.newBuilder().sslContext(TestCertificates.context()).build()) {
            talk(http, URI.create("wss://localhost:" + server.listener.port() + "/ws"));
            assertThat(server.ends.take()).isEqualTo("in good order");
            http.shutdownNow();
        }
    }
}
