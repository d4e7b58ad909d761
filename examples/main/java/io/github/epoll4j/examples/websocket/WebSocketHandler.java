package io.github.epoll4j.examples.websocket;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Handles the events of a {@link WebSocket}, on its connection's loop, one call after the other. If a call throws, the
 * connection ends with the exception as the cause, which is reported as one of a {@link
 * io.github.epoll4j.reactor.ConnectionHandler}.
 */
public interface WebSocketHandler {
    /**
     * Handles the end of the handshake.
     *
     * @param webSocket the WebSocket
     * @throws IOException to end the connection
     */
    default void onOpen(WebSocket webSocket) throws IOException {
    }

    /**
     * Handles a message of text. Unless overridden, it is refused with the code 1003.
     *
     * @param webSocket the WebSocket
     * @param text      the whole message
     * @throws IOException to end the connection
     */
    default void onText(WebSocket webSocket, String text) throws IOException {
        webSocket.close(WebSocket.UNSUPPORTED, "no text is expected");
    }

    /**
     * Handles a message of bytes. Unless overridden, it is refused with the code 1003.
     *
     * @param webSocket the WebSocket
     * @param bytes     the whole message, which belongs to the handler
     * @throws IOException to end the connection
     */
    default void onBinary(WebSocket webSocket, ByteBuffer bytes) throws IOException {
        webSocket.close(WebSocket.UNSUPPORTED, "only text is expected");
    }

    /**
     * Handles the wish to end the connection, since the server is being drained. Unless overridden, it is closed with
     * the code 1001.
     *
     * @param webSocket the WebSocket
     * @throws IOException to end the connection
     */
    default void onDrain(WebSocket webSocket) throws IOException {
        webSocket.close(WebSocket.GOING_AWAY, "the server ends");
    }

    /**
     * Handles the end of the connection. It is called once, whatever the end.
     *
     * @param webSocket the WebSocket
     * @param cause     null if one side has closed it in good order; a {@link WebSocketException} if the client has
     *     violated the protocol; otherwise as for a {@link io.github.epoll4j.reactor.ConnectionHandler}
     */
    default void onClosed(WebSocket webSocket, Throwable cause) {
    }
}
