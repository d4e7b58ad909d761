package io.github.epoll4j.examples.websocket;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;

/** Serves a page and a WebSocket on one port. */
public final class WebSocketServer {
    /** The time between two requests of a browser, and the time for one, or for a frame. */
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Duration MESSAGE = Duration.ofSeconds(10);

    private WebSocketServer() {
    }

    /**
     * Returns a configuration with timeouts for browsers: a minute between two requests, and ten seconds for a request
     * or a frame.
     *
     * @param connections the configuration of the connections otherwise
     * @return the configuration
     */
    public static ConnectionConfig withTimeouts(ConnectionConfig connections) {
        return connections.withIdleTimeout(IDLE).withMessageTimeout(MESSAGE);
    }

    /**
     * Returns a handler factory with {@link WebSocketConfig#DEFAULT}.
     *
     * @param page           the answer to {@code GET /}
     * @param path           the path of the WebSocket, such as {@code /ws}
     * @param origins        the origins of pages that may connect
     * @param handlerFactory creates the handler of a WebSocket, on its loop's thread
     * @return as {@link #handlerFactory(Page, String, OriginPolicy, WebSocketConfig, Function)}
     */
    public static Function<Connection, ConnectionHandler> handlerFactory(Page page, String path, OriginPolicy origins,
            Function<? super WebSocket, ? extends WebSocketHandler> handlerFactory) {
        return handlerFactory(page, path, origins, WebSocketConfig.DEFAULT, handlerFactory);
    }

    /**
     * Returns a handler factory for {@link io.github.epoll4j.reactor.Reactor#listen(java.net.SocketAddress, Function)},
     * or for a layer such as TLS below it. The idle and message timeouts of the connections are those of HTTP, until
     * the handshake: then {@link WebSocketConfig#pingInterval()} takes the place of the idle timeouts.
     *
     * @param page           the answer to {@code GET /}
     * @param path           the path of the WebSocket, such as {@code /ws}
     * @param origins        the origins of pages that may connect
     * @param config         the limits
     * @param handlerFactory creates the handler of a WebSocket, on its loop's thread
     * @return the factory
     */
    public static Function<Connection, ConnectionHandler> handlerFactory(Page page, String path, OriginPolicy origins,
            WebSocketConfig config, Function<? super WebSocket, ? extends WebSocketHandler> handlerFactory) {
        Objects.requireNonNull(page);
        Objects.requireNonNull(path);
        Objects.requireNonNull(origins);
        Objects.requireNonNull(handlerFactory);
        WebSocketDecoderConfig decoderConfig = Frames.decoderConfig(config.maxFrameBytes());
        return connection -> new HttpHandler(connection, page, path, origins,
                () -> new WebSocketConnection(connection, config, decoderConfig, handlerFactory),
                config.pingInterval());
    }
}
