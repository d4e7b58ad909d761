package io.github.epoll4j.reactor;

/**
 * A task that an {@link EventLoop} runs when its time has come.
 *
 * <p>Not thread-safe: for the loop's thread.
 */
public final class LoopTimer {
    static final int NOWHERE = -1;
    static final long ONCE = 0;

    final Runnable task;
    final long periodNanos;
    long deadlineNanos;
    /** Its place in the heap; NOWHERE when it is not in it. */
    int place = NOWHERE;
    /** Later created, later run, of one deadline. */
    long order;
    /** While its task runs, until it is cancelled. */
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
     * Cancels the timer: it runs no more. From its own task it ends a periodic one.
     *
     * @return true if this call cancelled it; false if it has run for the last time, or was cancelled before
     * @throws IllegalStateException if this is not the loop's thread
     */
    public boolean cancel() {
        return loop.cancel(this);
    }
}
