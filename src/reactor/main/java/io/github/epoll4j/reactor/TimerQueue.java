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
        size++;
        siftUp(size - 1, timer);
    }

    /** Removes a timer; false if it is not here. */
    private boolean remove(LoopTimer timer) {
        int place = timer.place;
        if (place < 0) {
            return false;
        }
        timer.place = LoopTimer.NOWHERE;
        size--;
        LoopTimer last = heap[size];
        heap[size] = null;
        if (last != timer) {
            siftDown(place, last);
            if (last.place == place) {
                siftUp(place, last);
            }
        }
        return true;
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

    private void siftUp(int from, LoopTimer timer) {
        int place = from;
        while (place > 0 && timer.isBefore(heap[(place - 1) / 2])) {
            put(place, heap[(place - 1) / 2]);
            place = (place - 1) / 2;
        }
        put(place, timer);
    }

    private void siftDown(int from, LoopTimer timer) {
        int place = from;
        while (2 * place + 1 < size) {
            int child = 2 * place + 1;
            if (child + 1 < size && heap[child + 1].isBefore(heap[child])) {
                child++;
            }
            if (!heap[child].isBefore(timer)) {
                break;
            }
            put(place, heap[child]);
            place = child;
        }
        put(place, timer);
    }

    private void put(int place, LoopTimer timer) {
        heap[place] = timer;
        timer.place = place;
    }
}
