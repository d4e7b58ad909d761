package io.github.epoll4j.reactor;

import java.time.Duration;
import java.util.Objects;

/**
 * The limits of a connection, and how it is watched.
 *
 * {@snippet :
 * var config = ConnectionConfig.DEFAULT.withIdleTimeout(Duration.ofMinutes(1)).withQueueLimit(1 << 20);
 * }
 *
 * <p>Not more than the high-water mark is queued for a peer that does not read, and one buffer's answers: its own bytes
 * are not read until the queue has fallen to the low-water mark. A handler that writes without being asked can go
 * beyond, up to the limit, where the connection ends.
 *
 * <p>An idle timeout ends the connection with an {@link IdleTimeoutException}: never early, and at most an eighth late.
 * Of several, the first one counts. They cost nothing for each event: a timer looks at the connections now and then.
 *
 * @param readBudget       how many bytes of a connection are read in one turn of the loop before others have theirs
 * @param lowWaterMark     the bytes in the queue at which reading goes on, and {@link ConnectionHandler#onWritable} is
 *     called
 * @param highWaterMark    the bytes in the queue above which reading pauses
 * @param queueLimit       the bytes in the queue above which the connection is closed
 * @param trigger          how its descriptor is watched
 * @param readIdleTimeout  how long no byte may come; zero for any time. It does not run while nothing is read: when
 *     reading is paused by the handler or a full queue, and when the peer has sent its end
 * @param writeIdleTimeout how long the socket may take no byte, because none is written or because the peer reads none;
 *     zero for any time
 * @param idleTimeout      how long no byte may move either way; zero for any time
 * @param closeTimeout     how long the peer may read nothing of what {@link Connection#close()} has to flush; zero for
 *     any time
 */
public record ConnectionConfig(int readBudget, int lowWaterMark, int highWaterMark, int queueLimit, Trigger trigger,
        Duration readIdleTimeout, Duration writeIdleTimeout, Duration idleTimeout, Duration closeTimeout) {
    /**
     * 256 KB each turn; reading pauses above 256 KB and goes on at 64 KB; the end is at 16 MB; level-triggered; no idle
     * timeouts; a close waits for 30 seconds without progress.
     */
    public static final ConnectionConfig DEFAULT = new ConnectionConfig(256 << 10, 64 << 10, 256 << 10, 16 << 20,
            Trigger.LEVEL, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(30));

    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException if the budget is not above 0, or not 0 &lt;= low &lt;= high &lt;= limit, or a
     *     timeout is negative
     */
    public ConnectionConfig {
        if (readBudget <= 0 || lowWaterMark < 0 || lowWaterMark > highWaterMark || highWaterMark > queueLimit) {
            throw new IllegalArgumentException("read budget " + readBudget + ", water marks " + lowWaterMark + " and "
                    + highWaterMark + ", limit " + queueLimit);
        }
        Objects.requireNonNull(trigger);
        requirePositive(readIdleTimeout);
        requirePositive(writeIdleTimeout);
        requirePositive(idleTimeout);
        requirePositive(closeTimeout);
    }

    private static void requirePositive(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("negative timeout: " + timeout);
        }
    }

    boolean hasIdleTimeout() {
        return readIdleTimeout.isPositive() || writeIdleTimeout.isPositive() || idleTimeout.isPositive();
    }

    /**
     * Changes the read budget.
     *
     * @param bytes how many are read in one turn, above 0
     * @return this configuration with it
     */
    public ConnectionConfig withReadBudget(int bytes) {
        return new ConnectionConfig(bytes, lowWaterMark, highWaterMark, queueLimit, trigger,
                readIdleTimeout, writeIdleTimeout, idleTimeout, closeTimeout);
    }

    /**
     * Changes the water marks.
     *
     * @param low  the bytes in the queue at which reading goes on
     * @param high the bytes in the queue above which reading pauses
     * @return this configuration with them
     */
    public ConnectionConfig withWaterMarks(int low, int high) {
        return new ConnectionConfig(readBudget, low, high, queueLimit, trigger,
                readIdleTimeout, writeIdleTimeout, idleTimeout, closeTimeout);
    }

    /**
     * Changes the limit of the queue.
     *
     * @param bytes above how many the connection is closed, at least the high-water mark
     * @return this configuration with it
     */
    public ConnectionConfig withQueueLimit(int bytes) {
        return new ConnectionConfig(readBudget, lowWaterMark, highWaterMark, bytes, trigger,
                readIdleTimeout, writeIdleTimeout, idleTimeout, closeTimeout);
    }

    /**
     * Changes how the descriptor is watched.
     *
     * @param newTrigger how
     * @return this configuration with it
     */
    public ConnectionConfig withTrigger(Trigger newTrigger) {
        return new ConnectionConfig(readBudget, lowWaterMark, highWaterMark, queueLimit, newTrigger,
                readIdleTimeout, writeIdleTimeout, idleTimeout, closeTimeout);
    }

    /**
     * Changes how long no byte may come.
     *
     * @param timeout the time; zero for any
     * @return this configuration with it
     */
    public ConnectionConfig withReadIdleTimeout(Duration timeout) {
        return new ConnectionConfig(readBudget, lowWaterMark, highWaterMark, queueLimit, trigger,
                timeout, writeIdleTimeout, idleTimeout, closeTimeout);
    }

    /**
     * Changes how long the socket may take no byte.
     *
     * @param timeout the time; zero for any
     * @return this configuration with it
     */
    public ConnectionConfig withWriteIdleTimeout(Duration timeout) {
        return new ConnectionConfig(readBudget, lowWaterMark, highWaterMark, queueLimit, trigger,
                readIdleTimeout, timeout, idleTimeout, closeTimeout);
    }

    /**
     * Changes how long no byte may move either way.
     *
     * @param timeout the time; zero for any
     * @return this configuration with it
     */
    public ConnectionConfig withIdleTimeout(Duration timeout) {
        return new ConnectionConfig(readBudget, lowWaterMark, highWaterMark, queueLimit, trigger,
                readIdleTimeout, writeIdleTimeout, timeout, closeTimeout);
    }

    /**
     * Changes how long a peer may read nothing of what a close has to flush.
     *
     * @param timeout the time; zero for any
     * @return this configuration with it
     */
    public ConnectionConfig withCloseTimeout(Duration timeout) {
        return new ConnectionConfig(readBudget, lowWaterMark, highWaterMark, queueLimit, trigger,
                readIdleTimeout, writeIdleTimeout, idleTimeout, timeout);
    }
}
