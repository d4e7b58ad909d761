package io.github.epoll4j.reactor;

/**
 * The limits of a connection.
 *
 * <p>Not more than the high-water mark is queued for a peer that does not read, and one buffer's answers: its own bytes
 * are not read until the queue has fallen to the low-water mark. A handler that writes without being asked can go
 * beyond, up to the limit, where the connection ends.
 *
 * @param readBudget    how many bytes of a connection are read in one turn of the loop before others have theirs
 * @param lowWaterMark  the bytes in the queue at which reading goes on, and {@link ConnectionHandler#onWritable} is
 *     called
 * @param highWaterMark the bytes in the queue above which reading pauses
 * @param queueLimit    the bytes in the queue above which the connection is closed
 */
public record ConnectionConfig(int readBudget, int lowWaterMark, int highWaterMark, int queueLimit) {
    /** 256 KB each turn; reading pauses above 256 KB and goes on at 64 KB; the end is at 16 MB. */
    public static final ConnectionConfig DEFAULT = new ConnectionConfig(256 << 10, 64 << 10, 256 << 10, 16 << 20);

    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException if the budget is not above 0, or not 0 &lt;= low &lt;= high &lt;= limit
     */
    public ConnectionConfig {
        if (readBudget <= 0 || lowWaterMark < 0 || lowWaterMark > highWaterMark || highWaterMark > queueLimit) {
            throw new IllegalArgumentException("read budget " + readBudget + ", water marks " + lowWaterMark + " and "
                    + highWaterMark + ", limit " + queueLimit);
        }
    }
}
