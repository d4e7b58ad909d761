package io.github.epoll4j.reactor.loop;

import io.github.epoll4j.reactor.loop.poller.Poller;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Timers by deadline, and those of one deadline in the order of their creation. A binary heap in which each timer knows
 * its index: cancelling is as cheap as adding, O(log n).
 */
final class TimerQueue {
    private final LongSupplier clock;
    private LoopTimer[] heap = new LoopTimer[16];
    private int size;
    private long created;

    TimerQueue(LongSupplier clock) {
        this.clock = clock;
    }

    /** Adds a timer that runs after a delay, and then each period, or ONCE. */
    LoopTimer schedule(EventLoop loop, Duration delay, long periodNanos, Runnable task) {
        LoopTimer timer = new LoopTimer(loop, Objects.requireNonNull(task), deadline(delay), periodNanos);
        add(timer);
        return timer;
    }

    /** Moves a timer's next run, or adds the timer again. */
    void restart(LoopTimer timer, Duration delay) {
        long deadline = deadline(delay);
        remove(timer);
        timer.isRunning = false;
        timer.deadlineNanos = deadline;
        add(timer);
    }

    private long deadline(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("negative delay: " + delay);
        }
        // a quarter of the range, so that differences of deadlines never overflow
        return clock.getAsLong() + Math.min(TimeUnit.NANOSECONDS.convert(delay), Long.MAX_VALUE / 4);
    }

    /** Cancels a timer; returns false if it would not have run again. */
    boolean cancel(LoopTimer timer) {
        boolean wasPeriodic = timer.isRunning && timer.periodNanos != LoopTimer.ONCE;
        timer.isRunning = false;
        return remove(timer) || wasPeriodic;
    }

    /** Cancels all. */
    void clear() {
        while (size > 0) {
            cancel(heap[size - 1]);
        }
    }

    /** Returns the time until the first is due, from 0 up; no limit if there is none. */
    long nanosToFirst() {
        return size == 0 ? Poller.NO_LIMIT : Math.max(0, heap[0].deadlineNanos - clock.getAsLong());
    }

    /** Returns the timer that is due next, or null. */
    private LoopTimer first() {
        return size == 0 ? null : heap[0];
    }

    private void add(LoopTimer timer) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        timer.order = created++;
        int index = indexAbove(size, timer);
        moveUp(size, index, timer);
    }

    /** Removes a timer; false if it is not here. */
    private boolean remove(LoopTimer timer) {
        int hole = timer.index;
        if (hole < 0) {
            return false;
        }
        LoopTimer last = heap[size - 1];
        int index = indexAbove(hole, last);
        if (index == hole) {
            index = indexBelow(hole, last);
        }
        moveLast(hole, index, timer);
        return true;
    }

    // The heap changes in the two methods that call nothing, and so cannot meet a StackOverflowError half-way: a caller
    // may be deep in a handler's recursion.

    /** Adds a timer at an index on the way from a free one to the root; those between move down by one. */
    private void moveUp(int free, int index, LoopTimer timer) {
        int at = free;
        while (at != index) {
            LoopTimer parent = heap[(at - 1) / 2];
            heap[at] = parent;
            parent.index = at;
            at = (at - 1) / 2;
        }
        heap[at] = timer;
        timer.index = at;
        size++;
    }

    /** Removes a timer; the last one goes to an index above or below, and those between move towards the hole. */
    private void moveLast(int hole, int index, LoopTimer timer) {
        size--;
        LoopTimer moving = heap[size];
        heap[size] = null;
        timer.index = LoopTimer.NOT_QUEUED;
        if (hole == size) {
            return;
        }
        int at = hole;
        while (at > index) { // upwards: the parents come down
            heap[at] = heap[(at - 1) / 2];
            heap[at].index = at;
            at = (at - 1) / 2;
        }
        for (at = index; at > hole; at = (at - 1) / 2) { // downwards, from below: the children go up
            LoopTimer displaced = heap[at];
            heap[at] = moving;
            moving.index = at;
            moving = displaced;
        }
        heap[at] = moving;
        moving.index = at;
    }

    private int indexAbove(int from, LoopTimer timer) {
        int index = from;
        while (index > 0 && timer.isBefore(heap[(index - 1) / 2])) {
            index = (index - 1) / 2;
        }
        return index;
    }

    /** Returns the index for the last timer at or below one that becomes free. */
    private int indexBelow(int from, LoopTimer last) {
        int index = from;
        while (2 * index + 1 < size - 1) {
            int child = 2 * index + 1;
            if (child + 1 < size - 1 && heap[child + 1].isBefore(heap[child])) {
                child++;
            }
            if (!heap[child].isBefore(last)) {
                break;
            }
            index = child;
        }
        return index;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Runs the timers that are due, and adds periodic ones again; those that are added meanwhile wait. */
    void runDue(EventLoop loop) {
        long now = clock.getAsLong();
        long newest = created;
        LoopTimer due = first();
        while (due != null && due.deadlineNanos - now <= 0 && due.order < newest) {
            remove(due);
            due.isRunning = true;
            loop.runTimer(due.task, now - due.deadlineNanos);
            if (due.isRunning && due.periodNanos != LoopTimer.ONCE) {
                long missed = (now - due.deadlineNanos) / due.periodNanos;
                due.deadlineNanos += (missed + 1) * due.periodNanos;
                add(due);
            }
            due.isRunning = false;
            due = first();
        }
    }
}
