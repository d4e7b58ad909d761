package io.github.epoll4j.reactor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * What an {@link EventLoop} has done since it was opened, and what is in its hands.
 *
 * <p>Thread-safe: counters for any thread to read while the loop runs. Each is right by itself; two that are read one
 * after the other may belong to different moments. {@link #snapshot()} keeps all of them, to be compared with later
 * ones.
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
    private static final int ACCEPTS_REFUSED = 8;
    private static final int BYTES_READ = 9;
    private static final int BYTES_WRITTEN = 10;
    private static final int CONNECTIONS_OPENED = 11;
    private static final int CONNECTIONS_CLOSED = 12;
    private static final int QUEUED_BYTES = 13;

    /** Written by the loop's thread alone, so that no counter needs an atomic addition. */
    private final long[] counts = new long[14];
    private final LongAdder wakeups = new LongAdder();
    private final TaskQueue taskQueue;
    private final long startNanos = System.nanoTime();

    LoopMetrics(TaskQueue taskQueue) {
        this.taskQueue = taskQueue;
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

    void acceptRefused() {
        add(ACCEPTS_REFUSED, 1);
    }

    void bytesRead(long count) {
        add(BYTES_READ, count);
    }

    void bytesWritten(long count) {
        add(BYTES_WRITTEN, count);
    }

    void connectionOpened() {
        add(CONNECTIONS_OPENED, 1);
    }

    void connectionClosed() {
        add(CONNECTIONS_CLOSED, 1);
    }

    /** So many bytes more, or less, wait in the outbound queues of connections. */
    void queued(long delta) {
        add(QUEUED_BYTES, delta);
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
     * Counts the tasks that wait to be run. It walks through them.
     *
     * @return their number now
     */
    public int waitingTasks() {
        return taskQueue.size();
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
     * Counts the pauses of listeners that could not accept, since no descriptor or memory was left, or their maximum of
     * connections was reached.
     *
     * @return their number
     */
    public long acceptPauses() {
        return read(ACCEPT_PAUSES);
    }

    /**
     * Counts the connections that listeners have accepted and closed at once, as their policy is to shed.
     *
     * @return their number
     */
    public long acceptsRefused() {
        return read(ACCEPTS_REFUSED);
    }

    /**
     * Counts the bytes that connections have read.
     *
     * @return their number
     */
    public long bytesRead() {
        return read(BYTES_READ);
    }

    /**
     * Counts the bytes that the sockets of connections have taken.
     *
     * @return their number
     */
    public long bytesWritten() {
        return read(BYTES_WRITTEN);
    }

    /**
     * Counts the connections that were opened, whether they live still or not.
     *
     * @return their number
     */
    public long connectionsOpened() {
        return read(CONNECTIONS_OPENED);
    }

    /**
     * Counts the connections that are open.
     *
     * @return their number now
     */
    public long connections() {
        long closed = read(CONNECTIONS_CLOSED); // first, so that the difference is never negative
        return read(CONNECTIONS_OPENED) - closed;
    }

    /**
     * Counts the bytes that wait in the outbound queues of connections, because their peers do not take them.
     *
     * @return their number now
     */
    public long queuedBytes() {
        return read(QUEUED_BYTES);
    }

    /**
     * Keeps what all counters say now.
     *
     * @return the counts since the loop was opened
     */
    public LoopSnapshot snapshot() {
        return new LoopSnapshot(Duration.ofNanos(System.nanoTime() - startNanos), turns(), events(), emptyWaits(),
                wakeups(), tasks(), waitingTasks(), timers(), latestTimer(), staleEvents(), acceptPauses(),
                acceptsRefused(), bytesRead(), bytesWritten(), connectionsOpened(), connections(), queuedBytes());
    }

    /**
     * Describes the counters for a log.
     *
     * @return as {@link LoopSnapshot#toString()}
     */
    @Override
    public String toString() {
        return snapshot().toString();
    }
}
