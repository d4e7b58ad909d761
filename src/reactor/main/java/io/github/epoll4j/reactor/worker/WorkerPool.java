package io.github.epoll4j.reactor.worker;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.loop.EventLoop;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Boss and workers: an {@link EventLoop} waits, and the threads of an executor do the work that takes long.
 *
 * <p>At most as many tasks as there are workers are in flight at the executor. The rest wait here, first in, first out:
 * each task that ends submits the next.
 *
 * <p>A descriptor has one owner at a time. From the moment that it is ready until a worker has handled it the loop does
 * not watch it. Then it is watched again, and events that came meanwhile are reported at once. Descriptors and
 * connections wait however many they are, as each of them waits at most once: nothing is dropped, and the loop never
 * waits. The queue's capacity is for {@link #submit}.
 *
 * {@snippet :
 * try (var pool = WorkerPool.open(8, 1024); var reactor = Reactor.open()) {
 *     reactor.listen(address, connection -> pool.handler(new SlowHandler()));
 *     reactor.awaitClose();
 * }
 * }
 *
 * <p>Thread-safe; several loops can share a pool. Ownership: the caller closes it, before its loops or after.
 */
public final class WorkerPool implements AutoCloseable {
    private final Executor executor;
    /** The executor if this pool has opened it; null if it is the caller's. */
    private final ExecutorService owned;
    private final int workers;
    private final int queueCapacity;

    private final Object lock = new Object();
    /** Not empty only while {@link #inFlight} is at its limit. Guarded by the lock, as are the next ones. */
    private final Queue<Work> waiting = new ArrayDeque<>();
    /** The threads that run work at this moment. */
    private final Set<Thread> threads = new HashSet<>();
    private int inFlight;
    private boolean isClosed;
    private boolean isClosedNow;

    /** One piece of work. Each time that it is executed exactly one of the two methods is called; they do not throw. */
    interface Work {
        /** Does it, on a worker. */
        void run();

        /**
         * Ends it without doing it, on any thread.
         *
         * @param refusal the exception of the executor that refused it; null if the pool is closed
         */
        void abandon(Throwable refusal);
    }

    private WorkerPool(Executor executor, ExecutorService owned, int workers, int queueCapacity) {
        this.executor = Objects.requireNonNull(executor);
        this.owned = owned;
        this.workers = workers;
        this.queueCapacity = queueCapacity;
    }

    /**
     * Opens a pool of platform threads named {@code worker-0} and so on, which keep the program running until the pool
     * is closed.
     *
     * @param workers       the number of threads, and so of tasks at once
     * @param queueCapacity the number of tasks that may wait; at that {@link #submit} refuses more
     * @return the pool, to be closed by the caller
     * @throws IllegalArgumentException if either number is not above 0
     */
    public static WorkerPool open(int workers, int queueCapacity) {
        return open(workers, queueCapacity, Thread.ofPlatform().name("worker-", 0).factory());
    }

    /**
     * Opens a pool with threads of the caller's kind.
     *
     * @param workers       the number of threads, and so of tasks at once
     * @param queueCapacity the number of tasks that may wait; at that {@link #submit} refuses more
     * @param threads       creates the threads, platform or virtual ones
     * @return the pool, to be closed by the caller
     * @throws IllegalArgumentException if either number is not above 0
     */
    public static WorkerPool open(int workers, int queueCapacity, ThreadFactory threads) {
        requireAboveZero(workers, queueCapacity);
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                workers, workers, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        boolean isStarted = false;
        try {
            isStarted = executor.prestartAllCoreThreads() == workers;
        } finally {
            if (!isStarted) {
                executor.shutdown();
            }
        }
        if (!isStarted) {
            throw new NullPointerException("the factory created no thread");
        }
        return new WorkerPool(executor, executor, workers, queueCapacity);
    }

    /**
     * Opens a pool that uses an executor of the caller's, such as one that the program has for other work too.
     *
     * @param executor      runs every task that it accepts, on other threads than the caller's. It is not closed with
     *     the pool, and should be closed after it. Work that it refuses ends with the exception that it throws
     * @param workers       the greatest number of tasks in flight at the executor
     * @param queueCapacity the number of tasks that may wait in this pool; at that {@link #submit} refuses more
     * @return the pool, to be closed by the caller
     * @throws IllegalArgumentException if either number is not above 0
     */
    public static WorkerPool on(Executor executor, int workers, int queueCapacity) {
        requireAboveZero(workers, queueCapacity);
        return new WorkerPool(executor, null, workers, queueCapacity);
    }

    private static void requireAboveZero(int workers, int queueCapacity) {
        if (workers <= 0 || queueCapacity <= 0) {
            throw new IllegalArgumentException("workers: " + workers + ", queue capacity: " + queueCapacity);
        }
    }

    /** Executes work when a worker is free, after the work that waits; abandons it if the pool is closed. */
    void execute(Work work) {
        if (!add(work, Integer.MAX_VALUE)) {
            work.abandon(null);
        }
    }

    /** Returns false if the pool is closed, or if as many tasks as the capacity wait. */
    private boolean add(Work work, int capacity) {
        synchronized (lock) {
            if (isClosed || waiting.size() >= capacity) {
                return false;
            }
            if (inFlight == workers) {
                waiting.add(work);
                return true;
            }
            inFlight++;
        }
        start(work);
        return true;
    }

    /** Hands work to the executor; if it is refused, the next that waits. */
    private void start(Work first) {
        Work work = first;
        while (work != null) {
            Work current = work;
            try {
                executor.execute(() -> run(current));
                return;
            } catch (Throwable e) { // also for want of memory: without this the pool would have one worker less
                work = next();
                current.abandon(e);
            }
        }
    }

    private void run(Work work) {
        try {
            if (enter()) {
                work.run();
            } else {
                work.abandon(null);
            }
        } finally {
            leave();
            start(next());
        }
    }

    private boolean enter() {
        synchronized (lock) {
            threads.add(Thread.currentThread());
            return !isClosedNow;
        }
    }

    private void leave() {
        synchronized (lock) {
            threads.remove(Thread.currentThread());
            if (isClosedNow) {
                Thread.interrupted(); // it was for the work, and the thread may be the caller's executor's
            }
        }
    }

    /** Ends a task in flight; returns the next, which is in flight then, or null if none waits. */
    private Work next() {
        synchronized (lock) {
            Work next = waiting.poll();
            if (next == null) {
                inFlight--;
                endIfIdle();
            }
            return next;
        }
    }

    /** Guarded by the lock. */
    private void endIfIdle() {
        if (isClosed && inFlight == 0) {
            if (owned != null) {
                owned.shutdown();
            }
            lock.notifyAll();
        }
    }

    /**
     * Registers a descriptor with a loop, and has workers handle it when it is ready.
     *
     * @param loop     watches it; this must be its thread
     * @param fd       any descriptor that the loop can watch, borrowed until {@link WorkHandler#onEnded}
     * @param interest the events to watch for, see {@link io.github.epoll4j.epoll.EpollFlags}; EPOLLONESHOT is added
     * @param handler  called by a worker when the descriptor is ready
     * @return the registration; it ends with its loop, if not before
     * @throws ErrnoException as {@link EventLoop#register}
     * @throws IllegalStateException if this is not the loop's thread, or the loop or this pool is closed
     */
    public WorkRegistration register(EventLoop loop, int fd, int interest, WorkHandler handler) throws ErrnoException {
        requireOpen();
        WorkRegistration registration = new WorkRegistration(this, loop, fd, interest, Objects.requireNonNull(handler));
        registration.start();
        return registration;
    }

    /**
     * Has a worker do something, and passes the result to a loop.
     *
     * @param loop   the loop on whose thread the result is handled
     * @param work   called by a worker; it may block
     * @param onLoop called once on the loop's thread, unless the loop has stopped, with the work's result and null; or
     *     with null and what the work has thrown, a {@link CancellationException} if the pool was closed before it
     *     began, or the exception of the executor that refused it
     * @param <T>    the type of the result
     * @return false if the queue is full: nothing happens then
     * @throws IllegalStateException if this pool is closed
     */
    public <T> boolean submit(
            EventLoop loop, Callable<? extends T> work, BiConsumer<? super T, ? super Throwable> onLoop) {
        boolean isAdded = add(new Submission<>(Objects.requireNonNull(loop), Objects.requireNonNull(work),
                Objects.requireNonNull(onLoop)), queueCapacity);
        if (!isAdded) {
            requireOpen();
        }
        return isAdded;
    }

    /** Work with a result. */
    private record Submission<T>(
            EventLoop loop, Callable<? extends T> work, BiConsumer<? super T, ? super Throwable> onLoop)
            implements Work {
        @Override
        public void run() {
            try {
                T value = work.call();
                deliver(value, null);
            } catch (Throwable e) {
                deliver(null, e);
            }
        }

        @Override
        public void abandon(Throwable refusal) {
            deliver(null, refusal == null ? closed() : refusal);
        }

        private void deliver(T value, Throwable cause) {
            try {
                loop.execute(() -> onLoop.accept(value, cause));
            } catch (RejectedExecutionException e) {
                return; // the loop has stopped
            }
        }
    }

    /**
     * Returns a handler that passes the calls of one connection to workers: one at a time, in their order. It is for
     * any implementation of {@link Connection}, as the first handler or as a replacement:
     *
     * <ul>
     * <li>Bytes are copied out of the loop's buffer, and reading is paused while a call waits or runs. As on the loop,
     *     bytes that a call leaves unread, up to 64 KB, are in front of the next ones, and are given again when reading
     *     resumes.
     * <li>The connection that the calls have as their argument forwards to the real one. Pause and resume reading, and
     *     replace the handler, by that one: the new handler is called by workers, too. Code that has to run on the
     *     loop's thread goes to {@code connection.loop().execute}.
     * <li>It writes as any other thread does. Completions are called on the loop's thread.
     * <li>A timeout starts anew while a worker has the connection. When a worker handles one and returns false, bytes
     *     that it has written are sent, and the connection ends.
     * <li>If a call throws, the connection ends, as it does for a handler on the loop.
     * </ul>
     *
     * @param handler the handler of one connection, whose calls may block
     * @return the handler for that connection; connections that share a handler need one each
     * @throws IllegalStateException if this pool is closed
     */
    public ConnectionHandler handler(ConnectionHandler handler) {
        requireOpen();
        return new PooledHandler(this, Objects.requireNonNull(handler));
    }

    private void requireOpen() {
        synchronized (lock) {
            if (isClosed) {
                throw closed();
            }
        }
    }

    /** Returns the exception for work that the closed pool does not do; it is an IllegalStateException. */
    static CancellationException closed() {
        return new CancellationException("WorkerPool is closed");
    }

    /**
     * Returns the greatest number of tasks in flight.
     *
     * @return the number that the pool was opened with
     */
    public int workers() {
        return workers;
    }

    /**
     * Returns the number of waiting tasks at which {@link #submit} refuses more.
     *
     * @return the number that the pool was opened with
     */
    public int queueCapacity() {
        return queueCapacity;
    }

    /**
     * Returns the number of tasks that wait for a worker.
     *
     * @return the number now: submitted ones, and as many descriptors and connections as there are
     */
    public int waiting() {
        synchronized (lock) {
            return waiting.size();
        }
    }

    /**
     * Returns the number of tasks that the executor was given and has not ended.
     *
     * @return the number now, at most {@link #workers()}
     */
    public int inFlight() {
        synchronized (lock) {
            return inFlight;
        }
    }

    /**
     * Closes the pool: accepts nothing more, does the work that waits, and waits until all is done and its own threads
     * have ended. On a thread that does work of this pool it does not wait. Closing again only waits.
     *
     * <p>A descriptor that becomes ready afterwards ends, as does a connection when something happens on it. On a
     * loop's thread this waits for ever if some work waits for that loop, such as for a future that the loop completes:
     * there use {@link #closeNow()}, or another thread.
     */
    @Override
    public void close() {
        boolean isInterrupted = false;
        synchronized (lock) {
            isClosed = true;
            endIfIdle();
            if (threads.contains(Thread.currentThread())) {
                return;
            }
            while (inFlight > 0) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    isInterrupted = true;
                }
            }
        }
        if (owned != null) {
            owned.close(); // its threads are about to end
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Closes the pool without doing the work that waits, and interrupts the work that runs; does not wait for it.
     * Descriptors and connections whose work waits end. So does work that the executor has accepted and not begun, when
     * it begins.
     *
     * @return the number of tasks that waited
     */
    public int closeNow() {
        List<Work> left;
        synchronized (lock) {
            isClosed = true;
            isClosedNow = true;
            left = List.copyOf(waiting);
            waiting.clear();
            threads.forEach(Thread::interrupt);
            endIfIdle();
        }
        left.forEach(work -> work.abandon(null));
        return left.size();
    }

    /**
     * Describes the pool for a log.
     *
     * @return such as {@code WorkerPool[8 workers, 3 in flight, 0 waiting]}
     */
    @Override
    public String toString() {
        synchronized (lock) {
            return "WorkerPool[" + workers + " workers, " + inFlight + " in flight, " + waiting.size() + " waiting"
                    + (isClosed ? ", closed]" : "]");
        }
    }
}
