package io.github.epoll4j.reactor;

import java.time.Duration;

/**
 * The counters of connections and listeners at one moment, or their difference between two; see
 * {@link Reactor#metrics()}.
 *
 * @param time           the time since the reactor was opened, or between the two moments
 * @param opened         the connections that were opened
 * @param open           the connections that are open now
 * @param bytesRead      the bytes that connections have read
 * @param bytesWritten   the bytes that their sockets have taken
 * @param queuedBytes    the bytes that wait now because peers do not take them
 * @param acceptPauses   the pauses of listeners, for want of descriptors or memory, or at their limit of connections
 * @param acceptsRefused the connections that listeners have closed at once
 */
public record ConnectionMetrics(Duration time, long opened, long open, long bytesRead, long bytesWritten,
        long queuedBytes, long acceptPauses, long acceptsRefused) {
    /**
     * Returns the difference from an earlier moment of the same reactor. The values of this moment, {@code open} and
     * {@code queuedBytes}, stay as they are.
     *
     * @param earlier the counters of the earlier moment
     * @return the differences
     */
    public ConnectionMetrics since(ConnectionMetrics earlier) {
        return new ConnectionMetrics(time.minus(earlier.time), opened - earlier.opened, open,
                bytesRead - earlier.bytesRead, bytesWritten - earlier.bytesWritten, queuedBytes,
                acceptPauses - earlier.acceptPauses, acceptsRefused - earlier.acceptsRefused);
    }

    ConnectionMetrics plus(ConnectionMetrics other) {
        return new ConnectionMetrics(time, opened + other.opened, open + other.open, bytesRead + other.bytesRead,
                bytesWritten + other.bytesWritten, queuedBytes + other.queuedBytes, acceptPauses + other.acceptPauses,
                acceptsRefused + other.acceptsRefused);
    }
}
