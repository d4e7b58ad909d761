package io.github.epoll4j.reactor;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * When bytes last moved on a connection with an idle timeout. An event leaves a mark; what time that was is decided at
 * the next look, which is later than the event, so that the connection never ends early.
 */
final class IdleWatch {
    boolean wasRead;
    boolean wasWritten;
    /** Its place among {@link IdleConnections}. */
    int place;
    private final StreamConnection connection;
    private long lastReadNanos;
    private long lastWrittenNanos;
    private long lastMovedNanos;

    IdleWatch(StreamConnection connection, long now) {
        this.connection = connection;
        lastReadNanos = now;
        lastWrittenNanos = now;
        lastMovedNanos = now;
    }

    void look(long now) {
        if (wasRead || wasWritten) {
            lastMovedNanos = now;
        }
        if (wasRead || !connection.input().isReading()) {
            lastReadNanos = now;
        }
        if (wasWritten) {
            lastWrittenNanos = now;
        }
        wasRead = false;
        wasWritten = false;
        ConnectionConfig config = connection.config;
        endIf(now - lastReadNanos, config.readIdleTimeout(), IdleTimeoutException.Kind.READ);
        endIf(now - lastWrittenNanos, config.writeIdleTimeout(), IdleTimeoutException.Kind.WRITE);
        endIf(now - lastMovedNanos, config.idleTimeout(), IdleTimeoutException.Kind.BOTH);
    }

    private void endIf(long idleNanos, Duration timeout, IdleTimeoutException.Kind kind) {
        if (timeout.isPositive() && idleNanos >= TimeUnit.NANOSECONDS.convert(timeout)) {
            connection.end(new IdleTimeoutException(kind, timeout));
        }
    }
}
