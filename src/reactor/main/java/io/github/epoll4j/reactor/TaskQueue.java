package io.github.epoll4j.reactor;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * Tasks from any thread for one loop, first in, first out; and whether the one who adds has to wake the loop: only if
 * it sleeps, or is about to, and only once.
 */
final class TaskQueue {
    private static final int AWAKE = 0;
    private static final int ASLEEP = 1;
    private static final int STOPPED = 2;

    /** How many run in one turn before others have theirs. */
    private static final int BUDGET = 1024;

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger state = new AtomicInteger(ASLEEP);
    /** For the loop's thread. */
    private boolean isRunningLast;

    /** Adds a task; true if the caller has to wake the loop. */
    boolean add(Runnable task) {
        tasks.add(task);
        int before = state.get();
        if (before == STOPPED && tasks.remove(task)) {
            throw new RejectedExecutionException("the loop has stopped");
        }
        return before == ASLEEP && state.compareAndSet(ASLEEP, AWAKE);
    }

    /** Runs the oldest tasks, as many as a turn may. */
    void run(LoopMetrics metrics, BiConsumer<Object, Throwable> report) {
        for (int i = 0; i < BUDGET; i++) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            metrics.task();
            try {
                task.run();
            } catch (Throwable e) {
                report.accept(task, e);
            }
        }
    }

    /** From here on tasks are refused; those that came before run, whatever the others throw. */
    void stopAndRun(LoopMetrics metrics, BiConsumer<Object, Throwable> report) {
        state.set(STOPPED);
        isRunningLast = true;
        try {
            Runnable task;
            while ((task = tasks.poll()) != null) {
                metrics.task();
                try {
                    task.run();
                } catch (Throwable e) {
                    report.accept(task, e);
                }
            }
        } finally {
            isRunningLast = false;
        }
    }

    /** Adds a task of the loop's own while the last ones run; false before and after. */
    boolean addLast(Runnable task) {
        return isRunningLast && tasks.add(task);
    }

    boolean isEmpty() {
        return tasks.isEmpty();
    }

    int size() {
        return tasks.size();
    }

    /** Before the loop sleeps: a task that is added from here on wakes it. Ask {@link #isEmpty()} afterwards. */
    void sleep() {
        state.compareAndSet(AWAKE, ASLEEP);
    }

    /** After it slept. */
    void awake() {
        state.compareAndSet(ASLEEP, AWAKE);
    }

    boolean isStopped() {
        return state.get() == STOPPED;
    }
}
