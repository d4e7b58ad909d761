package io.github.epoll4j.reactor;

import java.time.Duration;
import java.util.Objects;

/**
 * The limits and timeouts of a connection. Begin with {@link #DEFAULT} and change what is to be different.
 *
 * {@snippet :
 * var config = ConnectionConfig.DEFAULT.withIdleTimeout(Duration.ofMinutes(1)).withQueueLimit(1 << 20);
 * }
 *
 * <p>For a peer that does not read, at most the high-water mark and the answers to one buffer are queued: its own bytes
 * are not read until the low-water mark is reached. A handler that writes without being asked can go beyond, up to the
 * limit, where the connection ends.
 *
 * <p>A timeout calls {@link ConnectionHandler#onTimeout}: never early, and at most an eighth late. They cost nothing
 * for each event, as a timer checks the connections from time to time.
 *
 * @param budget the bytes of a connection that are read, and those that are written, in one iteration of the loop
 *     before others have their share; above 0
 * @param lowWaterMark the pending bytes at which {@link ConnectionHandler#onWritable} is called and an automatic pause
 *     ends
 * @param highWaterMark the pending bytes above which the connection is not writable, and reading pauses
 * @param queueLimit the pending bytes, without files, above which the connection ends, unless a single write exceeds
 *     it; at least the high-water mark
 * @param autoPause whether reading pauses while more than the high-water mark is pending; false for a relay, which
 *     pauses the other side
 * @param trigger the way the descriptor is watched
 * @param readIdleTimeout the longest time without a byte from the peer; zero is disabled. It does not run while nothing
 *     is read: when reading is paused, and after the peer's end of the stream
 * @param writeIdleTimeout the longest time in which the socket takes no byte, because none is written or the peer reads
 *     none; zero is disabled
 * @param idleTimeout the longest time without a byte in either direction; zero is disabled
 * @param messageTimeout the longest time between the first and the last byte of a message, see {@link
 *     Connection#inMessage}; a peer that sends byte by byte does not extend it. Zero is disabled
 * @param closeTimeout the longest time in which a peer takes and acknowledges nothing of what {@link
 *     Connection#close()} has to deliver; zero is without limit
 */
public record ConnectionConfig(int budget, int lowWaterMark, int highWaterMark, int queueLimit, boolean autoPause,
        Trigger trigger, Duration readIdleTimeout, Duration writeIdleTimeout, Duration idleTimeout,
        Duration messageTimeout, Duration closeTimeout) {
    /**
     * 256 KB in each iteration; reading pauses above 256 KB and resumes at 64 KB. The queue limit is 16 MB. The trigger
     * is {@link Trigger#LEVEL}. No timeout is set but that of a close, which waits for 30 seconds without progress.
     */
    public static final ConnectionConfig DEFAULT = new ConnectionConfig(256 << 10, 64 << 10, 256 << 10, 16 << 20,
            true, Trigger.LEVEL, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(30));

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if the budget is not above 0, or not 0 &lt;= low &lt;= high &lt;= limit, or a
     *     timeout is negative
     */
    public ConnectionConfig {
        if (budget <= 0 || lowWaterMark < 0 || lowWaterMark > highWaterMark || highWaterMark > queueLimit) {
            throw new IllegalArgumentException("budget " + budget + ", water marks " + lowWaterMark + " and "
                    + highWaterMark + ", queue limit " + queueLimit);
        }
        Objects.requireNonNull(trigger);
        requireNotNegative(readIdleTimeout);
        requireNotNegative(writeIdleTimeout);
        requireNotNegative(idleTimeout);
        requireNotNegative(messageTimeout);
        requireNotNegative(closeTimeout);
    }

    private static void requireNotNegative(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("negative timeout: " + timeout);
        }
    }

    boolean hasTimeout() {
        return readIdleTimeout.isPositive() || writeIdleTimeout.isPositive() || idleTimeout.isPositive()
                || messageTimeout.isPositive();
    }

    /**
     * Returns this configuration with other water marks.
     *
     * @param low  the pending bytes at which {@link ConnectionHandler#onWritable} is called
     * @param high the pending bytes above which the connection is not writable
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ConnectionConfig withWaterMarks(int low, int high) {
        return new ConnectionConfig(budget, low, high, queueLimit, autoPause, trigger, readIdleTimeout,
                writeIdleTimeout, idleTimeout, messageTimeout, closeTimeout);
    }

    /**
     * Returns this configuration with another budget.
     *
     * @param budget the bytes of a connection that are read, and those that are written, in one iteration of the loop
     *     before others have their share; above 0
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ConnectionConfig withBudget(int budget) {
        return new ConnectionConfig(budget, lowWaterMark, highWaterMark, queueLimit, autoPause, trigger,
                readIdleTimeout, writeIdleTimeout, idleTimeout, messageTimeout, closeTimeout);
    }

    /**
     * Returns this configuration with another queue limit.
     *
     * @param queueLimit the pending bytes, without files, above which the connection ends, unless a single write
     *     exceeds it; at least the high-water mark
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ConnectionConfig withQueueLimit(int queueLimit) {
        return new ConnectionConfig(budget, lowWaterMark, highWaterMark, queueLimit, autoPause, trigger,
                readIdleTimeout, writeIdleTimeout, idleTimeout, messageTimeout, closeTimeout);
    }

    /**
     * Returns this configuration with another automatic pause.
     *
     * @param autoPause whether reading pauses while more than the high-water mark is pending; false for a relay, which
     *     pauses the other side
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ConnectionConfig withAutoPause(boolean autoPause) {
        return new ConnectionConfig(budget, lowWaterMark, highWaterMark, queueLimit, autoPause, trigger,
                readIdleTimeout, writeIdleTimeout, idleTimeout, messageTimeout, closeTimeout);
    }

    /**
     * Returns this configuration with another trigger.
     *
     * @param trigger the way the descriptor is watched
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ConnectionConfig withTrigger(Trigger trigger) {
        return new ConnectionConfig(budget, lowWaterMark, highWaterMark, queueLimit, autoPause, trigger,
                readIdleTimeout, writeIdleTimeout, idleTimeout, messageTimeout, closeTimeout);
    }

    /**
     * Returns this configuration with another read idle timeout.
     *
     * @param readIdleTimeout the longest time without a byte from the peer; zero is disabled. It does not run while
     *     nothing is read: when reading is paused, and after the peer's end of the stream
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ConnectionConfig withReadIdleTimeout(Duration readIdleTimeout) {
        return new ConnectionConfig(budget, lowWaterMark, highWaterMark, queueLimit, autoPause, trigger,
                readIdleTimeout, writeIdleTimeout, idleTimeout, messageTimeout, closeTimeout);
    }

    /**
     * Returns this configuration with another write idle timeout.
     *
     * @param writeIdleTimeout the longest time in which the socket takes no byte, because none is written or the peer
     *     reads none; zero is disabled
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ConnectionConfig withWriteIdleTimeout(Duration writeIdleTimeout) {
        return new ConnectionConfig(budget, lowWaterMark, highWaterMark, queueLimit, autoPause, trigger,
                readIdleTimeout, writeIdleTimeout, idleTimeout, messageTimeout, closeTimeout);
    }

    /**
     * Returns this configuration with another idle timeout.
     *
     * @param idleTimeout the longest time without a byte in either direction; zero is disabled
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ConnectionConfig withIdleTimeout(Duration idleTimeout) {
        return new ConnectionConfig(budget, lowWaterMark, highWaterMark, queueLimit, autoPause, trigger,
                readIdleTimeout, writeIdleTimeout, idleTimeout, messageTimeout, closeTimeout);
    }

    /**
     * Returns this configuration with another message timeout.
     *
     * @param messageTimeout the longest time between the first and the last byte of a message, see {@link
     *     Connection#inMessage}; a peer that sends byte by byte does not extend it. Zero is disabled
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ConnectionConfig withMessageTimeout(Duration messageTimeout) {
        return new ConnectionConfig(budget, lowWaterMark, highWaterMark, queueLimit, autoPause, trigger,
                readIdleTimeout, writeIdleTimeout, idleTimeout, messageTimeout, closeTimeout);
    }

    /**
     * Returns this configuration with another close timeout.
     *
     * @param closeTimeout the longest time in which a peer takes and acknowledges nothing of what {@link
     *     Connection#close()} has to deliver; zero is without limit
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ConnectionConfig withCloseTimeout(Duration closeTimeout) {
        return new ConnectionConfig(budget, lowWaterMark, highWaterMark, queueLimit, autoPause, trigger,
                readIdleTimeout, writeIdleTimeout, idleTimeout, messageTimeout, closeTimeout);
    }
}
