package io.github.epoll4j.reactor;

import java.time.Duration;
import java.util.Locale;

/**
 * What {@link LoopMetrics} said at one moment, or what has happened between two: some components count what has
 * happened, others tell what there is.
 *
 * {@snippet :
 * LoopSnapshot before = loop.metrics().snapshot();
 * // a while later
 * LoopSnapshot interval = loop.metrics().snapshot().since(before);
 * double messagesPerSecond = interval.perSecond(interval.events());
 * }
 *
 * @param time              how long the counting took: since the loop was opened, or between two snapshots
 * @param turns             how often the loop returned from its wait
 * @param events            the events that waits reported
 * @param emptyWaits        the waits that reported nothing
 * @param wakeups           the times when a task from another thread woke the loop
 * @param tasks             the tasks that were run
 * @param waitingTasks      the tasks that waited to be run at the end
 * @param timers            the runs of timers
 * @param latestTimer       the longest time between a timer's deadline and its run, since the loop was opened
 * @param staleEvents       the events that were dropped
 * @param acceptPauses      the pauses of listeners, for want of descriptors or memory or at their maximum
 * @param acceptsRefused    the connections that were closed at once
 * @param bytesRead         the bytes that connections read
 * @param bytesWritten      the bytes that the sockets of connections took
 * @param connectionsOpened the connections that were opened
 * @param connections       the connections that were open at the end
 * @param queuedBytes       the bytes in outbound queues at the end
 */
public record LoopSnapshot(Duration time, long turns, long events, long emptyWaits, long wakeups, long tasks,
        int waitingTasks, long timers, Duration latestTimer, long staleEvents, long acceptPauses, long acceptsRefused,
        long bytesRead, long bytesWritten, long connectionsOpened, long connections, long queuedBytes) {
    private static final double NANOS_PER_SECOND = 1e9;

    /**
     * Tells what has happened since an earlier snapshot of the same loop. What tells what there is, and the latest
     * timer, stay as they are.
     *
     * @param earlier the snapshot that was taken before
     * @return the differences
     */
    public LoopSnapshot since(LoopSnapshot earlier) {
        return new LoopSnapshot(time.minus(earlier.time), turns - earlier.turns, events - earlier.events,
                emptyWaits - earlier.emptyWaits, wakeups - earlier.wakeups, tasks - earlier.tasks, waitingTasks,
                timers - earlier.timers, latestTimer, staleEvents - earlier.staleEvents,
                acceptPauses - earlier.acceptPauses, acceptsRefused - earlier.acceptsRefused,
                bytesRead - earlier.bytesRead, bytesWritten - earlier.bytesWritten,
                connectionsOpened - earlier.connectionsOpened, connections, queuedBytes);
    }

    /**
     * Gives the rate of something that was counted in this snapshot's time.
     *
     * @param count how often it happened
     * @return how often it happened in each second; 0 if no time has passed
     */
    public double perSecond(long count) {
        return time.isZero() ? 0 : count / (time.toNanos() / NANOS_PER_SECOND);
    }

    /**
     * Describes the counts in one line.
     *
     * @return such as {@code 2.500 s: 12 turns (3 empty), 9 events (0 stale), …}
     */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d.%03d s: ", time.toSeconds(), time.toMillisPart())
                + turns + " turns (" + emptyWaits + " empty), "
                + events + " events (" + staleEvents + " stale), "
                + wakeups + " wake-ups, "
                + tasks + " tasks (" + waitingTasks + " wait), "
                + timers + " timers (latest by " + latestTimer.toNanos() / 1000 + " us), "
                + connections + " connections (" + connectionsOpened + " opened, " + acceptsRefused + " refused, "
                + acceptPauses + " pauses), "
                + bytesRead + " bytes read, " + bytesWritten + " written, " + queuedBytes + " queued";
    }
}
