package io.github.epoll4j.reactor.loop;

import java.time.Duration;

/**
 * A task that an {@link EventLoop} runs at a time.
 *
 * <p>Not thread-safe: for the loop's thread.
 */
public final class LoopTimer {
    static final int NOT_QUEUED = -1;
    static final long ONCE = 0;

    final Runnable task;
    final long periodNanos;
    long deadlineNanos;
    /** The index in the heap; NOT_QUEUED when it is not in it. */
    int index = NOT_QUEUED;
    /** Of two timers with one deadline, the one with the lower number runs first. */
    long order;
    /** True while the task runs, until the timer is cancelled or restarted. */
    boolean isRunning;
    private final EventLoop loop;

    LoopTimer(EventLoop loop, Runnable task, long deadlineNanos, long periodNanos) {
        this.loop = loop;
        this.task = task;
        this.deadlineNanos = deadlineNanos;
        this.periodNanos = periodNanos;
    }

    /** Compares as {@link System#nanoTime()} is to be compared. */
    boolean isBefore(LoopTimer other) {
        long difference = deadlineNanos - other.deadlineNanos;
        return difference != 0 ? difference < 0 : order < other.order;
    }

    /**
     * Cancels the timer: it does not run again. Called by its own task it ends a periodic one.
     *
     * @return true if this call cancelled it; false if it has run for the last time, or was cancelled before
     * @throws IllegalStateException if this is not the loop's thread
     */
    public boolean cancel() {
        return loop.cancel(this);
    }

    /**
     * Runs the task after a delay from now, in place of the next run; also if the timer has run or was cancelled. A
     * periodic timer goes on from there.
     *
     * @param delay the time from now, zero or more
     * @throws IllegalArgumentException if the delay is negative
     * @throws IllegalStateException if this is not the loop's thread
     */
    public void restart(Duration delay) {
        loop.restart(this, delay);
    }

    /**
     * Returns the time until the next run.
     *
     * @return the time from now, zero if the timer is due; null if it does not run again
     */
    public Duration remaining() {
        return index == NOT_QUEUED ? null : Duration.ofNanos(Math.max(0, deadlineNanos - loop.nanoTime()));
    }
}
