package io.github.epoll4j.reactor.loop;

import java.time.Duration;
import java.util.Locale;

/**
 * The counters of an {@link EventLoop} at one moment, or their difference between two.
 *
 * {@snippet :
 * LoopMetrics before = loop.metrics();
 * // a while later
 * LoopMetrics interval = loop.metrics().since(before);
 * double eventsPerSecond = interval.perSecond(interval.events());
 * }
 *
 * @param time         the time since the loop was opened, or between the two moments
 * @param iterations   the number of waits that returned
 * @param events       the events that waits reported, stale ones included
 * @param emptyWaits   the waits that reported none: timers, wake-ups and timeouts
 * @param staleEvents  the events that were dropped, as their registration was cancelled earlier in the iteration
 * @param wakeups      the wake-ups by tasks of other threads; a task that comes while the loop is awake needs none
 * @param tasks        the tasks that were run
 * @param waitingTasks the tasks that wait to be run now
 * @param timers       the runs of timers
 * @param latestTimer  the longest time between a timer's deadline and its run, since the loop was opened
 */
public record LoopMetrics(Duration time, long iterations, long events, long emptyWaits, long staleEvents, long wakeups,
        long tasks, int waitingTasks, long timers, Duration latestTimer) {
    private static final double NANOS_PER_SECOND = 1e9;

    /**
     * Returns the difference from an earlier moment of the same loop. Waiting tasks and the latest timer stay as they
     * are.
     *
     * @param earlier the counters of the earlier moment
     * @return the differences
     */
    public LoopMetrics since(LoopMetrics earlier) {
        return new LoopMetrics(time.minus(earlier.time), iterations - earlier.iterations, events - earlier.events,
                emptyWaits - earlier.emptyWaits, staleEvents - earlier.staleEvents, wakeups - earlier.wakeups,
                tasks - earlier.tasks, waitingTasks, timers - earlier.timers, latestTimer);
    }

    /**
     * Returns the rate of something that was counted in this time.
     *
     * @param count the number of times that it happened
     * @return the number per second; 0 if no time has passed
     */
    public double perSecond(long count) {
        return time.isZero() ? 0 : count / (time.toNanos() / NANOS_PER_SECOND);
    }

    /**
     * Describes the counters in one line.
     *
     * @return such as {@code 2.500 s: 12 iterations (3 empty), 9 events (0 stale), …}
     */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d.%03d s: ", time.toSeconds(), time.toMillisPart())
                + iterations + " iterations (" + emptyWaits + " empty), "
                + events + " events (" + staleEvents + " stale), "
                + wakeups + " wake-ups, "
                + tasks + " tasks (" + waitingTasks + " wait), "
                + timers + " timers (latest by " + latestTimer.toNanos() / 1000 + " us)";
    }
}
