package io.github.epoll4j.examples.reverse;

import io.github.epoll4j.epoll.EpollInstance;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The thread that works: it takes chunks from one ring, and puts them into the other. It parks while there is nothing
 * to take, or no free slot, until the I/O thread wakes it; it wakes the I/O thread by the epoll instance. It knows no
 * descriptor, so it cannot write to one that was closed meanwhile and whose number is another client's now.
 */
final class Worker implements Runnable {
    private final Ring requests;
    private final Ring answers;
    private final EpollInstance epoll;
    private final Consumer<byte[]> work;
    private final Thread thread;
    private volatile long processed;
    private volatile boolean isEnding;
    private volatile boolean isOver;

    Worker(Ring requests, Ring answers, EpollInstance epoll, Consumer<byte[]> work) {
        this.requests = requests;
        this.answers = answers;
        this.epoll = epoll;
        this.work = work;
        this.thread = Thread.ofPlatform().name("reverse-worker").unstarted(this);
    }

    void start() {
        thread.start();
    }

    @Override
    public void run() {
        try {
            for (Chunk chunk = take(); chunk != null; chunk = take()) {
                work.accept(chunk.bytes());
                processed = processed + 1; // this thread alone writes it
                put(chunk);
            }
        } finally {
            isOver = true;
            epoll.wakeup(); // also after a fault: the I/O thread must not wait for answers
        }
    }

    /** Returns null when the ring is empty and will remain so. */
    private Chunk take() {
        while (true) {
            boolean isLast = isEnding; // read before the ring: nothing is added after it was set
            Chunk chunk = requests.poll();
            if (chunk != null || isLast) {
                return chunk;
            }
            LockSupport.park(this);
        }
    }

    private void put(Chunk chunk) {
        while (!answers.offer(chunk) && !isEnding) {
            LockSupport.park(this);
        }
        epoll.wakeup();
    }

    /** Notifies it of a chunk, or of a free slot; if it does not park, its next park returns at once. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** Returns whether it works no more; the I/O thread is notified when that becomes true. */
    boolean isOver() {
        return isOver;
    }

    long processed() {
        return processed;
    }

    /** Ends it when it has worked on all requests, and waits for that. */
    void end() {
        isEnding = true;
        wake();
        boolean isInterrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
