package io.github.epoll4j.reactor;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Timers by deadline, and those of one deadline in the order of their creation: a binary heap in which each timer knows
 * its place, so that cancelling is as cheap as adding, O(log n).
 */
final class TimerQueue {
    private LoopTimer[] heap = new LoopTimer[16];
    private int size;
    private long created;

    /** Makes a timer that runs after a delay, and then each period, or ONCE. */
    LoopTimer schedule(EventLoop loop, Duration delay, long periodNanos, Runnable task) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("negative delay: " + delay);
        }
        // a quarter of the range, so that differences of deadlines never overflow
        long delayNanos = Math.min(TimeUnit.NANOSECONDS.convert(delay), Long.MAX_VALUE / 4);
        LoopTimer timer = new LoopTimer(
                loop, Objects.requireNonNull(task), System.nanoTime() + delayNanos, periodNanos);
        add(timer);
        return timer;
    }

    /** Cancels a timer; false if it is to run no more anyway. */
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

    /** The time until the first is due, from 0 up; no limit if there is none. */
    long nanosToFirst() {
        return size == 0 ? Backend.NO_LIMIT : Math.max(0, heap[0].deadlineNanos - System.nanoTime());
    }

    /** The timer that is due next, or null. */
    private LoopTimer first() {
        return size == 0 ? null : heap[0];
    }

    private void add(LoopTimer timer) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        timer.order = created++;
        int place = placeAbove(size, timer);
        moveUp(size, place, timer);
    }

    /** Removes a timer; false if it is not here. */
    private boolean remove(LoopTimer timer) {
        int hole = timer.place;
        if (hole < 0) {
            return false;
        }
        LoopTimer last = heap[size - 1];
        int place = placeAbove(hole, last);
        if (place == hole) {
            place = placeBelow(hole, last);
        }
        moveLast(hole, place, timer);
        return true;
    }

    // The heap changes in the two methods that call nothing, and so cannot meet a StackOverflowError half-way: a caller
    // may be deep in a handler's recursion.

    /** Adds a timer at a place on the way from a free one to the root; those between move down by one. */
    private void moveUp(int free, int place, LoopTimer timer) {
        int at = free;
        while (at != place) {
            LoopTimer parent = heap[(at - 1) / 2];
            heap[at] = parent;
            parent.place = at;
            at = (at - 1) / 2;
        }
        heap[at] = timer;
        timer.place = at;
        size++;
    }

    /** Removes a timer; the last one goes to a place above or below, and those between move by one towards the hole. */
    private void moveLast(int hole, int place, LoopTimer timer) {
        size--;
        LoopTimer moving = heap[size];
        heap[size] = null;
        timer.place = LoopTimer.NOWHERE;
        if (hole == size) {
            return;
        }
        int at = hole;
        while (at > place) { // upwards: the parents come down
            heap[at] = heap[(at - 1) / 2];
            heap[at].place = at;
            at = (at - 1) / 2;
        }
        for (at = place; at > hole; at = (at - 1) / 2) { // downwards, from below: the children go up
            LoopTimer displaced = heap[at];
            heap[at] = moving;
            moving.place = at;
            moving = displaced;
        }
        heap[at] = moving;
        moving.place = at;
    }

    private int placeAbove(int from, LoopTimer timer) {
        int place = from;
        while (place > 0 && timer.isBefore(heap[(place - 1) / 2])) {
            place = (place - 1) / 2;
        }
        return place;
    }

    /** Where the last timer belongs below a place that becomes free. */
    private int placeBelow(int from, LoopTimer last) {
        int place = from;
        while (2 * place + 1 < size - 1) {
            int child = 2 * place + 1;
            if (child + 1 < size - 1 && heap[child + 1].isBefore(heap[child])) {
                child++;
            }
            if (!heap[child].isBefore(last)) {
                break;
            }
            place = child;
        }
        return place;
    }

    /** Runs those that are due, and puts periodic ones back; those that are added meanwhile are for the next time. */
    void runDue(LoopMetrics metrics, BiConsumer<Object, Throwable> report) {
        if (size == 0) {
            return;
        }
        long now = System.nanoTime();
        long newest = created;
        LoopTimer due = first();
        while (due != null && due.deadlineNanos - now <= 0 && due.order < newest) {
            remove(due);
            metrics.timerRun(now - due.deadlineNanos);
            due.isRunning = true;
            try {
                due.task.run();
            } catch (Throwable e) {
                report.accept(due.task, e);
            }
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
