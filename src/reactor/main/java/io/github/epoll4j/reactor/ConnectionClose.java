package io.github.epoll4j.reactor;

import java.time.Duration;

/** The time that a connection has for an orderly close: for its flush, and then for the peer's end of the stream. */
final class ConnectionClose {
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final StreamConnection connection;
    private boolean isLingering;
    /** Null while nothing bounds the flush. */
    private LoopTimer timer;

    ConnectionClose(StreamConnection connection) {
        this.connection = connection;
        if (connection.config.closeTimeout().isPositive() && !connection.output().isEmpty()) {
            boundFlush();
        }
    }

    /** While the peer reads some of it in each of these times, the flush goes on. */
    private void boundFlush() {
        Duration timeout = connection.config.closeTimeout();
        int queued = connection.output().queued();
        timer = connection.loop().schedule(timeout, () -> {
            if (connection.output().queued() < queued) {
                boundFlush();
            } else {
                connection.end(new IdleTimeoutException(IdleTimeoutException.Kind.CLOSE, timeout));
            }
        });
    }

    /** All is flushed: waits for the peer's end, so that bytes of its that come late do not reset the connection. */
    void linger() {
        if (!isLingering) {
            isLingering = true;
            cancel();
            timer = connection.loop().schedule(LINGER, () -> connection.end(null));
        }
    }

    void cancel() {
        if (timer != null) {
            timer.cancel();
        }
    }
}
