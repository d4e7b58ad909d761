package io.github.epoll4j.reactor;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.LoopWatchdog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** The loops of a reactor, and the choice among them. Thread-safe. */
final class LoopGroup {
    private final List<LoopContext> contexts = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger nextAcceptor = new AtomicInteger();
    private final Runnable whenOneStops;
    /** The failure of the first loop that failed. */
    private volatile Throwable failure;

    /**
     * Opens the loops.
     *
     * @param whenOneStops run on the thread of each loop that stops, also if its wait has failed
     */
    LoopGroup(ReactorConfig config, Runnable whenOneStops) throws ErrnoException {
        this.whenOneStops = whenOneStops;
        try {
            for (int i = 0; i < config.loops(); i++) {
                contexts.add(new LoopContext(EventLoop.open(config.mechanism(), config.failureHandler())));
            }
        } catch (Throwable e) { // no descriptor is left
            loops().forEach(EventLoop::close);
            throw e;
        }
    }

    /** Starts the threads, from the one that has opened the loops; closes the loops and waits if that fails. */
    void start(ReactorConfig config) {
        ThreadFactory factory = config.threadFactory() != null ? config.threadFactory()
                : Thread.ofPlatform().daemon(false).name(config.name(), 0).factory();
        for (LoopContext context : contexts) {
            context.start();
            context.loop().addStopListener(this::loopStopped);
        }
        try {
            for (EventLoop loop : loops()) {
                threads.add(loop.start(factory));
            }
            if (config.blockedLoopLimit().isPositive()) {
                LoopWatchdog.start(config.blockedLoopLimit(), loops()); // it ends with the loops
            }
        } catch (Throwable e) { // no memory for a thread
            loops().forEach(EventLoop::close);
            join();
            throw e;
        }
    }

    /** On the thread of a loop, before its connections are ended: the whole reactor closes, with the same cause. */
    private void loopStopped(Throwable cause) {
        if (cause != null) {
            failed(cause);
        }
        whenOneStops.run();
    }

    private synchronized void failed(Throwable cause) {
        if (failure == null) {
            failure = cause;
            contexts.forEach(context -> context.failed(cause));
        }
    }

    List<LoopContext> contexts() {
        return contexts;
    }

    List<EventLoop> loops() {
        return contexts.stream().map(LoopContext::loop).toList();
    }

    /** Returns the next context in turn, for a connection. */
    LoopContext next() {
        return inTurn(next);
    }

    /** Returns the next context in turn, for an acceptor or a datagram endpoint. */
    LoopContext nextAcceptor() {
        return inTurn(nextAcceptor);
    }

    private LoopContext inTurn(AtomicInteger counter) {
        return contexts.get(Math.floorMod(counter.getAndIncrement(), contexts.size()));
    }

    /** Returns the context with the fewest connections, among equals in turn. */
    LoopContext least() {
        int start = next.getAndIncrement();
        LoopContext least = null;
        for (int i = 0; i < contexts.size(); i++) {
            LoopContext candidate = contexts.get(Math.floorMod(start + i, contexts.size()));
            if (least == null || candidate.load() < least.load()) {
                least = candidate;
            }
        }
        return least;
    }

    /** Returns the context of the calling thread's loop; null on other threads. */
    LoopContext current() {
        for (LoopContext context : contexts) {
            if (context.loop().inLoop()) {
                return context;
            }
        }
        return null;
    }

    /**
     * Returns the context of a loop.
     *
     * @throws IllegalArgumentException if it is not one of these
     */
    LoopContext context(EventLoop loop) {
        for (LoopContext context : contexts) {
            if (context.loop() == loop) {
                return context;
            }
        }
        throw new IllegalArgumentException("not a loop of this reactor: " + loop);
    }

    ConnectionMetrics metrics() {
        return contexts.stream().map(LoopContext::metrics).reduce(ConnectionMetrics::plus).orElseThrow();
    }

    /** Drains the connections of each loop, ends them after a time, and stops the loops. */
    void close(Duration grace) {
        for (LoopContext context : contexts) {
            EventLoop loop = context.loop();
            try {
                loop.execute(() -> { // also on its own thread, where a handler may be running
                    loop.schedule(grace, () -> context.closeNow(null));
                    context.close(() -> loop.stop(failure));
                });
            } catch (RejectedExecutionException e) {
                continue; // that loop has stopped
            }
        }
    }

    /** Waits for the threads, and ignores interrupts meanwhile. */
    void join() {
        boolean isInterrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    isInterrupted = true;
                }
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the threads, and throws the failure of the first loop that failed. */
    void awaitEnd() throws InterruptedException, ErrnoException {
        for (Thread thread : threads) {
            thread.join();
        }
        switch (failure) {
            case null -> { }
            case ErrnoException e -> throw e;
            case Error e -> throw e;
            case RuntimeException e -> throw e;
            case Throwable e -> throw new IllegalStateException("a loop has failed", e);
        }
    }
}
