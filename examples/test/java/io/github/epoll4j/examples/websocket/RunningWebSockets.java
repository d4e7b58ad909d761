package io.github.epoll4j.examples.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.ListenerConfig;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** A server that sends back each message, in this process, and what it logs. */
final class RunningWebSockets implements AutoCloseable {
    static final String HTML = "<!doctype html><title>page</title><script>1</script><style>p{}</style>";
    static final WebSocketConfig SMALL = WebSocketConfig.DEFAULT.withLimits(1000, 2000);

    final Reactor reactor;
    final Listener listener;
    final Queue<String> log = new ConcurrentLinkedQueue<>();
    final Queue<WebSocket> open = new ConcurrentLinkedQueue<>();
    final Queue<String> texts = new ConcurrentLinkedQueue<>();
    /** The causes of the ends; a text for null. */
    final LinkedBlockingQueue<Object> ends = new LinkedBlockingQueue<>();
    private final Logger logger = Logger.getLogger("io.github.epoll4j.examples.websocket");
    private final Handler records = new Handler() {
        @Override
        public void publish(LogRecord line) {
            log.add(line.getMessage());
        }

        @Override
        public void flush() {
            // kept as they come
        }

        @Override
        public void close() {
            // as well
        }
    };

    RunningWebSockets(WebSocketConfig config, UnaryOperator<Function<Connection, ConnectionHandler>> layer)
            throws IOException {
        logger.addHandler(records);
        logger.setUseParentHandlers(false);
        reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1));
        ConnectionConfig connections = ConnectionConfig.DEFAULT.withWaterMarks(16 << 10, 64 << 10)
                .withQueueLimit(256 << 10).withIdleTimeout(Duration.ofMinutes(1));
        listener = reactor.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                ListenerConfig.DEFAULT.withConnections(connections),
                layer.apply(WebSocketServer.handlerFactory(Page.html(HTML.getBytes(UTF_8)), "/ws",
                        OriginPolicy.sameHostOr(Set.of("https://listed.example")), config, webSocket -> new Echo())));
    }

    static RunningWebSockets start() throws IOException {
        return new RunningWebSockets(SMALL, UnaryOperator.identity());
    }

    RawClient connect() throws IOException {
        return new RawClient(listener.port());
    }

    /** Waits until the server has read all that its clients have sent. */
    void awaitRead(long bytes) {
        Eventually.await("the server has read " + bytes + " bytes", () -> reactor.metrics().bytesRead() == bytes);
    }

    @Override
    public void close() {
        reactor.close();
        logger.removeHandler(records);
    }

    /** Sends back each message. */
    private final class Echo implements WebSocketHandler {
        @Override
        public void onOpen(WebSocket webSocket) {
            open.add(webSocket);
        }

        @Override
        public void onText(WebSocket webSocket, String text) {
            texts.add(text);
            if (text.equals("close")) {
                webSocket.close(4000, "as you wish");
            }
            webSocket.sendText(text);
        }

        @Override
        public void onBinary(WebSocket webSocket, ByteBuffer bytes) {
            webSocket.sendBinary(bytes);
        }

        @Override
        public void onClosed(WebSocket webSocket, Throwable cause) {
            open.remove(webSocket);
            ends.add(cause == null ? "in good order" : cause);
        }
    }
}
