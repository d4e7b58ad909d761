package io.github.epoll4j.reactor;

import io.github.epoll4j.ErrnoException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** The loops of a reactor and their threads, and the choice among them. Thread-safe. */
final class LoopGroup {
    private final List<LoopConnections> loops = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger nextHome = new AtomicInteger();
    private final CountDownLatch running;
    private final Runnable whenOneEnds;
    /** What the first loop that failed has thrown. */
    private volatile Throwable failure;

    /** Opens the loops; a task is run on the thread of each that ends, also if its wait has failed. */
    LoopGroup(int count, Mechanism mechanism, FailureHandler failures, Runnable whenOneEnds) throws ErrnoException {
        this.whenOneEnds = whenOneEnds;
        running = new CountDownLatch(count);
        List<EventLoop> opened = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                opened.add(EventLoop.open(mechanism, failures));
                LoopConnections loop = new LoopConnections(opened.getLast());
                loops.add(loop);
                threads.add(Thread.ofPlatform().name("reactor-loop-" + i).unstarted(() -> run(loop)));
            }
        } catch (Throwable e) {
            opened.forEach(EventLoop::close);
            throw e;
        }
    }

    void start() {
        for (int i = 0; i < threads.size(); i++) {
            loops.get(i).loop().give(threads.get(i)); // from now on nobody else is taken for it
        }
        try {
            threads.forEach(Thread::start);
        } catch (Throwable e) { // no memory for a thread
            close(Duration.ZERO);
            for (int i = 0; i < threads.size(); i++) {
                if (threads.get(i).getState() == Thread.State.NEW) {
                    loops.get(i).loop().close();
                }
            }
            throw e;
        }
    }

    private void run(LoopConnections connections) {
        EventLoop loop = connections.loop();
        Throwable cause = null;
        try {
            loop.run();
        } catch (Throwable e) {
            cause = e;
            failed(e);
            if (e != loop.fatal()) {
                loop.report(this, e);
            }
        } finally {
            release(connections, cause);
        }
    }

    /** A loop has failed: the whole reactor ends, with that cause. */
    private synchronized void failed(Throwable cause) {
        if (failure == null) {
            failure = cause;
            loops.forEach(connections -> connections.failed(cause));
        }
    }

    /** After a loop has ended: each step is taken whatever those before it throw. */
    private void release(LoopConnections connections, Throwable cause) {
        try {
            whenOneEnds.run();
        } finally {
            try {
                connections.closeNow(cause);
            } finally {
                try {
                    connections.loop().close();
                } finally {
                    running.countDown();
                }
            }
        }
    }

    List<LoopConnections> all() {
        return loops;
    }

    /** The loops in turn, for connections. */
    LoopConnections next() {
        return inTurn(next);
    }

    /** The loops in turn, for what accepts or receives. */
    LoopConnections nextHome() {
        return inTurn(nextHome);
    }

    private LoopConnections inTurn(AtomicInteger turn) {
        return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
    }

    /** The loop with the fewest connections, among equals in turn. */
    LoopConnections least() {
        int start = next.getAndIncrement();
        LoopConnections least = null;
        for (int i = 0; i < loops.size(); i++) {
            LoopConnections candidate = loops.get(Math.floorMod(start + i, loops.size()));
            if (least == null || candidate.load() < least.load()) {
                least = candidate;
            }
        }
        return least;
    }

    /** Whether the calling thread is one of a loop. */
    boolean contains(Thread thread) {
        return threads.contains(thread);
    }

    /** Reports a failure that belongs to no loop. */
    void report(Object source, Throwable e) {
        loops.getFirst().loop().report(source, e);
    }

    /** Lets each loop flush its connections for a time, and stop. */
    void close(Duration grace) {
        for (LoopConnections connections : loops) {
            EventLoop loop = connections.loop();
            try {
                loop.execute(() -> {
                    loop.schedule(grace, () -> connections.closeNow(null));
                    connections.close(loop::stop);
                });
            } catch (RejectedExecutionException e) {
                continue; // that loop has ended
            }
        }
    }

    /** Waits for the threads, whatever interrupts the wait. */
    void join() {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until all loops have ended, and throws what has ended the first one that failed. */
    void awaitEnd() throws InterruptedException, ErrnoException {
        running.await();
        switch (failure) {
            case null -> { }
            case ErrnoException e -> throw e;
            case Error e -> throw e;
            case RuntimeException e -> throw e;
            case Throwable e -> throw new IllegalStateException("a loop has failed", e);
        }
    }
}
