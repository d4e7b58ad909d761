package io.github.epoll4j.reactor;

import io.github.epoll4j.reactor.IdleTimeoutException.Kind;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.LoopTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The idle and message timeouts of a loop's connections. A timer checks them all, sixteen times in the shortest
 * timeout, so that an event costs no look at the clock: it sets a mark, and the next check, which is later than the
 * event, takes its own time as that of the event. So no timeout comes early, and each at most two checks late. For the
 * loop's thread.
 */
final class IdleTimeouts {
    private static final int CHECKS = 16;
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** The times of one connection. */
    static final class Entry {
        boolean wasRead;
        boolean wasWritten;
        private final StreamConnection connection;
        private int index;
        private long lastReadNanos;
        private long lastWrittenNanos;
        private long lastMovedNanos;
        private boolean isInMessage;
        private boolean hasMessageTime;
        private long messageNanos;

        private Entry(StreamConnection connection) {
            this.connection = connection;
        }

        /** Begins the time of a message, unless it runs; or ends it. */
        void inMessage(boolean isInside) {
            isInMessage = isInside;
            hasMessageTime &= isInside;
        }

        private void restart(long now) {
            lastReadNanos = now;
            lastWrittenNanos = now;
            lastMovedNanos = now;
            hasMessageTime = false;
        }

        private void check(long now) {
            if (wasRead || wasWritten) {
                lastMovedNanos = now;
            }
            if (wasRead || !connection.isReading()) {
                lastReadNanos = now;
            }
            if (wasWritten) {
                lastWrittenNanos = now;
            }
            wasRead = false;
            wasWritten = false;
            if (isInMessage && !hasMessageTime) {
                hasMessageTime = true;
                messageNanos = now;
            }
            ConnectionConfig config = connection.config();
            // one in each check, as the handler may end the connection: its time starts anew, the others run on
            if (isOver(now - lastReadNanos, config.readIdleTimeout(), Kind.READ)) {
                lastReadNanos = now;
            } else if (isOver(now - lastWrittenNanos, config.writeIdleTimeout(), Kind.WRITE)) {
                lastWrittenNanos = now;
            } else if (isOver(now - lastMovedNanos, config.idleTimeout(), Kind.BOTH)) {
                lastMovedNanos = now;
            } else if (isInMessage && isOver(now - messageNanos, config.messageTimeout(), Kind.MESSAGE)) {
                hasMessageTime = false;
            }
        }

        private boolean isOver(long nanos, Duration timeout, Kind kind) {
            boolean isOver = timeout.isPositive() && nanos >= TimeUnit.NANOSECONDS.convert(timeout);
            if (isOver) {
                connection.timedOut(new IdleTimeoutException(kind, timeout));
            }
            return isOver;
        }
    }

    private final EventLoop loop;
    private final List<Entry> entries = new ArrayList<>();
    /** Null while no connection has a timeout. */
    private LoopTimer timer;
    private long periodNanos;

    IdleTimeouts(EventLoop loop) {
        this.loop = loop;
    }

    /** Adds a connection, whose times begin now. */
    Entry add(StreamConnection connection) {
        Entry entry = new Entry(connection);
        entry.restart(loop.nanoTime());
        entry.index = entries.size();
        entries.add(entry);
        long period = Math.max(SHORTEST_NANOS, shortestNanos(connection.config()) / CHECKS);
        if (timer == null || period < periodNanos) {
            cancelTimer();
            periodNanos = period;
            Duration between = Duration.ofNanos(period);
            timer = loop.scheduleAtFixedRate(between, between, this::check);
        }
        return entry;
    }

    private static long shortestNanos(ConnectionConfig config) {
        return Math.min(Math.min(nanos(config.idleTimeout()), nanos(config.messageTimeout())),
                Math.min(nanos(config.readIdleTimeout()), nanos(config.writeIdleTimeout())));
    }

    private static long nanos(Duration timeout) {
        return timeout.isZero() ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.convert(timeout);
    }

    /** Removes an entry; the last one moves to its index. */
    void remove(Entry entry) {
        Entry last = entries.removeLast();
        if (last != entry) {
            entries.set(entry.index, last);
            last.index = entry.index;
        }
        if (entries.isEmpty()) {
            cancelTimer();
        }
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void check() {
        long now = loop.nanoTime();
        // from the end: an entry that is removed is replaced by one that was checked already
        for (int i = entries.size() - 1; i >= 0; i--) {
            if (i < entries.size()) { // a handler may have ended several connections
                entries.get(i).check(now);
            }
        }
    }
}
