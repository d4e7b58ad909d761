package io.github.epoll4j.reactor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The connections of a loop that have an idle timeout, and the timer that looks at them all, sixteen times in the
 * shortest one; it is there only while they are. A timeout is found at most two looks late. For the loop's thread.
 */
final class IdleConnections {
    private static final int LOOKS = 16;
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final EventLoop loop;
    private final List<IdleWatch> watches = new ArrayList<>();
    private LoopTimer timer;
    private long periodNanos;

    IdleConnections(EventLoop loop) {
        this.loop = loop;
    }

    void add(StreamConnection connection) {
        IdleWatch watch = new IdleWatch(connection, System.nanoTime());
        watch.place = watches.size();
        watches.add(watch);
        connection.idle = watch;
        long period = Math.max(SHORTEST_NANOS, shortestNanos(connection.config) / LOOKS);
        if (timer == null || period < periodNanos) {
            cancelTimer();
            periodNanos = period;
            Duration between = Duration.ofNanos(period);
            timer = loop.scheduleAtFixedRate(between, between, this::look);
        }
    }

    private static long shortestNanos(ConnectionConfig config) {
        return Math.min(nanos(config.idleTimeout()),
                Math.min(nanos(config.readIdleTimeout()), nanos(config.writeIdleTimeout())));
    }

    private static long nanos(Duration timeout) {
        return timeout.isZero() ? Long.MAX_VALUE : TimeUnit.NANOSECONDS.convert(timeout);
    }

    /** The last one takes the place that becomes free. */
    void remove(IdleWatch watch) {
        IdleWatch last = watches.removeLast();
        if (last != watch) {
            watches.set(watch.place, last);
            last.place = watch.place;
        }
        if (watches.isEmpty()) {
            cancelTimer();
        }
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void look() {
        long now = System.nanoTime();
        // from the end: who ends gives its place to one that was looked at already
        for (int i = watches.size() - 1; i >= 0; i--) {
            watches.get(i).look(now);
        }
    }
}
