package io.github.epoll4j.reactor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * What an {@link EventLoop} has done since it was opened: counters that only grow, but for two that say so, for any
 * thread to read while the loop runs. Each is right by itself; two that are read one after the other may belong to
 * different moments.
 */
public final class LoopMetrics {
    private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int TURNS = 0;
    private static final int EVENTS = 1;
    private static final int EMPTY_WAITS = 2;
    private static final int TASKS = 3;
    private static final int TIMERS = 4;
    private static final int LATEST_TIMER = 5;
    private static final int STALE_EVENTS = 6;
    private static final int ACCEPT_PAUSES = 7;
    private static final int BYTES_READ = 8;
    private static final int BYTES_WRITTEN = 9;
    private static final int CONNECTIONS = 10;
    private static final int QUEUED_BYTES = 11;

    /** Written by the loop's thread alone, so that no counter needs an atomic addition. */
    private final long[] counts = new long[12];
    private final LongAdder wakeups = new LongAdder();

    LoopMetrics() {
    }

    private void add(int which, long amount) {
        COUNTS.setOpaque(counts, which, counts[which] + amount);
    }

    private long read(int which) {
        return (long) COUNTS.getOpaque(counts, which);
    }

    void turn(int events) {
        add(TURNS, 1);
        if (events == 0) {
            add(EMPTY_WAITS, 1);
        } else {
            add(EVENTS, events);
        }
    }

    void task() {
        add(TASKS, 1);
    }

    void timerRun(long lateNanos) {
        add(TIMERS, 1);
        if (lateNanos > counts[LATEST_TIMER]) {
            add(LATEST_TIMER, lateNanos - counts[LATEST_TIMER]);
        }
    }

    void staleEvent() {
        add(STALE_EVENTS, 1);
    }

    void acceptPause() {
        add(ACCEPT_PAUSES, 1);
    }

    void received(int bytes) {
        add(BYTES_READ, bytes);
    }

    void sent(int bytes) {
        add(BYTES_WRITTEN, bytes);
    }

    void connections(int change) {
        add(CONNECTIONS, change);
    }

    void queued(int change) {
        add(QUEUED_BYTES, change);
    }

    void wakeup() {
        wakeups.increment();
    }

    /**
     * Counts the turns of the loop.
     *
     * @return how often it has returned from its wait
     */
    public long turns() {
        return read(TURNS);
    }

    /**
     * Counts the events that waits reported.
     *
     * @return their number, stale ones included
     */
    public long events() {
        return read(EVENTS);
    }

    /**
     * Counts the waits that reported nothing: timers, wake-ups and timeouts.
     *
     * @return their number
     */
    public long emptyWaits() {
        return read(EMPTY_WAITS);
    }

    /**
     * Counts the times when a task from another thread woke the loop.
     *
     * @return their number; tasks that come while it is awake need none
     */
    public long wakeups() {
        return wakeups.sum();
    }

    /**
     * Counts the tasks that were run.
     *
     * @return their number
     */
    public long tasks() {
        return read(TASKS);
    }

    /**
     * Counts the runs of timers.
     *
     * @return their number
     */
    public long timers() {
        return read(TIMERS);
    }

    /**
     * Tells how late the latest timer was.
     *
     * @return the longest time between a deadline and its run
     */
    public Duration latestTimer() {
        return Duration.ofNanos(read(LATEST_TIMER));
    }

    /**
     * Counts the events that were dropped, because their registration was cancelled earlier in the batch.
     *
     * @return their number
     */
    public long staleEvents() {
        return read(STALE_EVENTS);
    }

    /**
     * Counts the pauses of listeners that could not accept, since no descriptor or memory was left.
     *
     * @return their number
     */
    public long acceptPauses() {
        return read(ACCEPT_PAUSES);
    }

    /**
     * Counts the bytes that were read from connections.
     *
     * @return their number
     */
    public long bytesRead() {
        return read(BYTES_READ);
    }

    /**
     * Counts the bytes that the sockets of connections took.
     *
     * @return their number
     */
    public long bytesWritten() {
        return read(BYTES_WRITTEN);
    }

    /**
     * Counts the connections that are open now.
     *
     * @return their number, which also falls
     */
    public long connections() {
        return read(CONNECTIONS);
    }

    /**
     * Counts the bytes that wait in the queues of all connections now.
     *
     * @return their number, which also falls
     */
    public long queuedBytes() {
        return read(QUEUED_BYTES);
    }
}
