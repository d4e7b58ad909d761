package io.github.epoll4j.reactor.loop;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Tasks from any thread for one loop, first in, first out. A thread that adds one has to wake the loop only if the loop
 * sleeps or is about to, and only once.
 */
final class TaskQueue {
    private static final int AWAKE = 0;
    private static final int ASLEEP = 1;
    /** The last tasks run: only the loop's thread may add. */
    private static final int STOPPED = 2;
    private static final int FINISHED = 3;

    /** The number of tasks that run in one iteration before other work has its share. */
    private static final int BUDGET = 1024;

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger state = new AtomicInteger(ASLEEP);

    /** Adds a task; returns true if the caller has to wake the loop. */
    boolean add(Runnable task, boolean isLoopThread) {
        tasks.add(task);
        int before = state.get();
        boolean isRefused = before == FINISHED || before == STOPPED && !isLoopThread;
        if (isRefused && tasks.remove(task)) {
            throw new RejectedExecutionException("the loop has stopped");
        }
        return before == ASLEEP && state.compareAndSet(ASLEEP, AWAKE);
    }

    /** Runs the oldest tasks, as many as one iteration may run. */
    void run(EventLoop loop) {
        for (int i = 0; i < BUDGET; i++) {
            Runnable task = tasks.poll();
            if (task == null) {
                return;
            }
            loop.runTask(task);
        }
    }

    /** Runs tasks until there are none. */
    void runAll(EventLoop loop) {
        Runnable task;
        while ((task = tasks.poll()) != null) {
            loop.runTask(task);
        }
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

    /** After the loop slept. */
    void awake() {
        state.compareAndSet(ASLEEP, AWAKE);
    }

    /** Refuses tasks of other threads from here on; returns true at the first call. */
    boolean stop() {
        return !isStopped() && state.getAndSet(STOPPED) < STOPPED;
    }

    /** Refuses all tasks from here on. */
    void finish() {
        state.set(FINISHED);
    }

    boolean isStopped() {
        return state.get() >= STOPPED;
    }

    /** Returns whether a step runs, or is about to since a task was added. For any thread. */
    boolean isAwake() {
        int current = state.get();
        return current == AWAKE || current == STOPPED;
    }

    /** Returns whether all tasks are refused. For any thread. */
    boolean isFinished() {
        return state.get() == FINISHED;
    }
}
