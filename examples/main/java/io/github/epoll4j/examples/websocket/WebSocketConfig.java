package io.github.epoll4j.examples.websocket;

import java.time.Duration;

/**
 * The limits of a WebSocket. The limit of the bytes that wait for a slow client is that of the connection, {@link
 * io.github.epoll4j.reactor.ConnectionConfig#queueLimit()}.
 *
 * @param maxFrameBytes   the most bytes of a client's frame, at most 60 KB
 * @param maxMessageBytes the most bytes of a client's message, of one or several frames
 * @param pingInterval    the silence of a client after which it is sent a ping; after as much again the connection
 *     ends. Zero is disabled
 */
public record WebSocketConfig(int maxFrameBytes, int maxMessageBytes, Duration pingInterval) {
    /** Frames of 16 KB, messages of 64 KB, a ping after 20 seconds of silence. */
    public static final WebSocketConfig DEFAULT = new WebSocketConfig(16 << 10, 64 << 10, Duration.ofSeconds(20));

    private static final int MAX_FRAME_BYTES = 60 << 10; // a connection keeps less than 64 KB that are not handled

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a limit is not above 0, the one of frames is too large, or the interval is
     *     negative
     */
    public WebSocketConfig {
        if (maxFrameBytes <= 0 || maxFrameBytes > MAX_FRAME_BYTES || maxMessageBytes <= 0
                || pingInterval.isNegative()) {
            throw new IllegalArgumentException("frames of " + maxFrameBytes + " bytes, messages of " + maxMessageBytes
                    + " bytes, a ping after " + pingInterval);
        }
    }

    /**
     * Returns this configuration with other limits.
     *
     * @param frameBytes   the most bytes of a client's frame
     * @param messageBytes the most bytes of a client's message
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public WebSocketConfig withLimits(int frameBytes, int messageBytes) {
        return new WebSocketConfig(frameBytes, messageBytes, pingInterval);
    }

    /**
     * Returns this configuration with another interval.
     *
     * @param interval the silence of a client after which it is sent a ping; zero is disabled
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public WebSocketConfig withPingInterval(Duration interval) {
        return new WebSocketConfig(maxFrameBytes, maxMessageBytes, interval);
    }
}
