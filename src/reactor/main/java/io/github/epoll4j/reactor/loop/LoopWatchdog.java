package io.github.epoll4j.reactor.loop;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that logs blocked loops. A loop is blocked while handlers, tasks and timers of one iteration run for longer
 * than a limit. Each such iteration is logged once, as a warning with the stack of the loop's thread, to the
 * {@link System.Logger} named {@code io.github.epoll4j.reactor}. A loop that waits for events is not blocked, however
 * long it waits.
 *
 * <p>The thread samples the loops, which do nothing for it. It ends when all loops are closed, and does not keep the
 * program running.
 *
 * <p>Thread-safe. Ownership: the loops stay the caller's.
 */
public final class LoopWatchdog implements AutoCloseable {
    private static final int SAMPLES_PER_LIMIT = 8;
    private static final long SHORTEST_PERIOD_NANOS = 1_000_000;

    private final long limitNanos;
    private final long periodNanos;
    private final List<Sample> samples;
    private final Thread thread;
    private volatile boolean isClosed;

    private LoopWatchdog(Duration limit, Collection<EventLoop> loops) {
        limitNanos = TimeUnit.NANOSECONDS.convert(limit);
        periodNanos = Math.max(limitNanos / SAMPLES_PER_LIMIT, SHORTEST_PERIOD_NANOS);
        samples = loops.stream().map(Sample::new).toList();
        thread = Thread.ofPlatform().daemon().name("loop-watchdog").unstarted(this::watch);
    }

    /**
     * Starts to watch loops.
     *
     * @param limit the time in one iteration, its wait aside, after which a loop is logged; above zero
     * @param loops the loops, which may be started later
     * @return the watchdog; it need not be closed
     * @throws IllegalArgumentException if the limit is not above zero
     */
    public static LoopWatchdog start(Duration limit, Collection<EventLoop> loops) {
        if (!limit.isPositive()) {
            throw new IllegalArgumentException("a limit must be above zero: " + limit);
        }
        LoopWatchdog watchdog = new LoopWatchdog(limit, loops);
        watchdog.thread.start();
        return watchdog;
    }

    Thread thread() {
        return thread;
    }

    private void watch() {
        long before = System.nanoTime();
        while (!isClosed && !samples.stream().allMatch(sample -> sample.loop.isFinished())) {
            LockSupport.parkNanos(this, periodNanos);
            long now = System.nanoTime();
            // after a long time the whole program may have been stopped, not a loop
            long elapsed = Math.min(now - before, 2 * periodNanos);
            before = now;
            for (Sample sample : samples) {
                sample.take(elapsed, limitNanos);
            }
        }
    }

    /** Ends the thread soon. Closing again does nothing. */
    @Override
    public void close() {
        isClosed = true;
        LockSupport.unpark(thread);
    }

    /** The last look at a loop. For the watchdog's thread. */
    private static final class Sample {
        private final EventLoop loop;
        private long iterations;
        /** The wake-ups distinguish a loop that has slept since from one that is in the same step. */
        private long wakeups;
        private boolean isAwake;
        private boolean isLogged;
        private long blockedNanos;

        Sample(EventLoop loop) {
            this.loop = loop;
        }

        void take(long elapsedNanos, long limitNanos) {
            if (!isSameStep()) {
                LoopMetrics metrics = loop.metrics();
                iterations = metrics.iterations();
                wakeups = metrics.wakeups();
                isAwake = loop.isAwake();
                isLogged = false;
                blockedNanos = 0;
                return;
            }
            blockedNanos += elapsedNanos;
            if (blockedNanos >= limitNanos && !isLogged) {
                log();
            }
        }

        /** Returns whether the loop is awake, and has been since the last look. */
        private boolean isSameStep() {
            LoopMetrics metrics = loop.metrics();
            return isAwake && loop.isAwake() && metrics.iterations() == iterations && metrics.wakeups() == wakeups;
        }

        private void log() {
            Thread blocked = loop.thread();
            if (blocked == null) {
                return;
            }
            Throwable stack = new Throwable("stack of " + blocked.getName());
            stack.setStackTrace(blocked.getStackTrace());
            if (!isSameStep()) {
                return; // the stack may be that of a later step
            }
            isLogged = true;
            try {
                System.getLogger("io.github.epoll4j.reactor").log(System.Logger.Level.WARNING,
                        loop + " is blocked for more than " + Duration.ofNanos(blockedNanos), stack);
            } catch (Throwable e) {
                return; // the log itself has failed
            }
        }
    }
}
