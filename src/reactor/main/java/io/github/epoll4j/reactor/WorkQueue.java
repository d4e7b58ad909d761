package io.github.epoll4j.reactor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits for a worker: a queue with a limit, and those who stay parked until there is room, in their order. Each
 * parked one is a descriptor that is disarmed, so that there are never more than there are descriptors.
 */
final class WorkQueue {
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition available = lock.newCondition();
    private final Queue<Work> queue = new ArrayDeque<>();
    private final Queue<Work> parked = new ArrayDeque<>();
    private int running;
    private boolean isClosed;

    WorkQueue(int capacity) {
        this.capacity = capacity;
    }

    /** Queues work, or parks it if the queue is full; false if it is closed. */
    boolean addOrPark(Work work) {
        return add(work, true);
    }

    /** Queues work; false if the queue is full or closed. */
    boolean add(Work work) {
        return add(work, false);
    }

    private boolean add(Work work, boolean mayPark) {
        lock.lock();
        try {
            boolean isFull = queue.size() == capacity;
            if (isClosed || isFull && !mayPark) {
                return false;
            }
            (isFull ? parked : queue).add(work);
            available.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the oldest work when there is some; null if there is none and the queue is closed. */
    Work take() {
        lock.lock();
        try {
            while (queue.isEmpty() && !isClosed) {
                available.awaitUninterruptibly();
            }
            Work work = queue.poll();
            if (!parked.isEmpty()) {
                queue.add(parked.poll());
            }
            running += work == null ? 0 : 1;
            return work;
        } finally {
            lock.unlock();
        }
    }

    /** What was taken is done. */
    void done() {
        lock.lock();
        running--;
        lock.unlock();
    }

    /** From here on nothing is added. */
    void close() {
        lock.lock();
        try {
            isClosed = true;
            available.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** From here on nothing is added; gives what waited. */
    List<Work> closeAndClear() {
        lock.lock();
        try {
            close();
            List<Work> waiting = new ArrayList<>(queue);
            waiting.addAll(parked);
            queue.clear();
            parked.clear();
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return isClosed;
        } finally {
            lock.unlock();
        }
    }

    int queued() {
        lock.lock();
        try {
            return queue.size();
        } finally {
            lock.unlock();
        }
    }

    int parked() {
        lock.lock();
        try {
            return parked.size();
        } finally {
            lock.unlock();
        }
    }

    int running() {
        lock.lock();
        try {
            return running;
        } finally {
            lock.unlock();
        }
    }
}
