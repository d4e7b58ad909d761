package io.github.epoll4j.examples.http;

/**
 * The fields of a request that asks to change the protocol, RFC 9110, 7.8, and those of WebSocket, RFC 6455, 4.1.
 *
 * @param protocol         the value of Upgrade, such as {@code websocket}
 * @param isInConnection   true if Connection names Upgrade, as it has to
 * @param host             the value of Host; null for none, likewise the others
 * @param origin           the value of Origin
 * @param webSocketKey     the value of Sec-WebSocket-Key
 * @param webSocketVersion the value of Sec-WebSocket-Version
 */
public record Upgrade(String protocol, boolean isInConnection, String host, String origin, String webSocketKey,
        String webSocketVersion) {
}
