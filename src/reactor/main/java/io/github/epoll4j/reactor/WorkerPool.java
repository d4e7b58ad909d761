package io.github.epoll4j.reactor;

import io.github.epoll4j.ErrnoException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;

/**
 * Boss and workers: an {@link EventLoop} waits, and threads of this pool do what takes long.
 *
 * <p>A descriptor has one owner at a time. From the moment that it is ready until a worker is done with it the loop
 * does not watch it; then it is watched again, and what arrived meanwhile is reported at once. When as many as the
 * queue holds wait for a worker, further ones stay unwatched, and are queued in their order when there is room: nothing
 * is dropped, and the boss never waits.
 *
 * {@snippet :
 * try (var pool = WorkerPool.open(8, 1024)) {
 *     reactor.listen(address, connection -> pool.handler(new SlowHandler()));
 *     reactor.awaitClose();
 * }
 * }
 *
 * <p>Thread-safe; several loops can share a pool. Ownership: the caller closes it, before its loops or after.
 */
public final class WorkerPool implements AutoCloseable {
    private final WorkQueue queue;
    private final int queueCapacity;
    private final List<Thread> threads = new ArrayList<>();

    private WorkerPool(int workers, int queueCapacity, ThreadFactory factory) {
        this.queueCapacity = queueCapacity;
        this.queue = new WorkQueue(queueCapacity);
        for (int i = 0; i < workers; i++) {
            threads.add(Objects.requireNonNull(factory.newThread(this::work), "the factory made no thread"));
        }
        try {
            threads.forEach(Thread::start);
        } catch (Throwable e) {
            queue.close(); // those that have started end
            throw e;
        }
    }

    /**
     * Opens a pool of platform threads named {@code worker-0} and so on, which keep the program running until the pool
     * is closed.
     *
     * @param workers       how many threads, and so how much work at once
     * @param queueCapacity how much waits for a worker at most
     * @return the pool, to be closed by the caller
     * @throws IllegalArgumentException if either number is not above 0
     */
    public static WorkerPool open(int workers, int queueCapacity) {
        return open(workers, queueCapacity, Thread.ofPlatform().name("worker-", 0).factory());
    }

    /**
     * Opens a pool.
     *
     * @param workers       how many threads, and so how much work at once
     * @param queueCapacity how much waits for a worker at most
     * @param threads       makes the threads, platform or virtual ones
     * @return the pool, to be closed by the caller
     * @throws IllegalArgumentException if either number is not above 0
     */
    public static WorkerPool open(int workers, int queueCapacity, ThreadFactory threads) {
        if (workers <= 0 || queueCapacity <= 0) {
            throw new IllegalArgumentException("workers: " + workers + ", queue capacity: " + queueCapacity);
        }
        return new WorkerPool(workers, queueCapacity, Objects.requireNonNull(threads));
    }

    private void work() {
        Work work = queue.take();
        while (work != null) {
            try {
                work.run();
            } catch (Throwable e) { // such as an OutOfMemoryError of the hand-over: the next work needs this thread
                Thread thread = Thread.currentThread();
                thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            } finally {
                queue.done();
            }
            work = queue.take();
        }
    }

    /**
     * Watches a descriptor, and lets workers handle what is ready.
     *
     * @param loop     what watches it; this must be its thread
     * @param fd       any descriptor that the loop can watch, borrowed until {@link WorkHandler#onEnded}
     * @param interest what to watch for, see {@link io.github.epoll4j.epoll.EpollFlags}; EPOLLONESHOT is added
     * @param handler  what a worker calls when it is ready
     * @return the registration
     * @throws ErrnoException as {@link EventLoop#register}
     * @throws IllegalStateException if this is not the loop's thread, or the loop or this pool is closed
     */
    public WorkRegistration register(EventLoop loop, int fd, int interest, WorkHandler handler) throws ErrnoException {
        requireOpen();
        WorkRegistration registration =
                new WorkRegistration(loop, queue, fd, interest, Objects.requireNonNull(handler));
        registration.start();
        return registration;
    }

    /**
     * Lets a worker do something, and gives the result to a loop.
     *
     * @param loop   on whose thread the result is taken
     * @param work   what a worker does; it may block
     * @param onLoop what takes the result, or the failure, unless the loop has stopped
     * @param <T>    what the work makes
     * @return false if the queue is full: nothing happens then
     * @throws IllegalStateException if this pool is closed
     */
    public <T> boolean submit(EventLoop loop, Callable<T> work, WorkResult<T> onLoop) {
        boolean isAdded =
                queue.add(new Submission<>(loop, Objects.requireNonNull(work), Objects.requireNonNull(onLoop)));
        if (!isAdded) {
            requireOpen();
        }
        return isAdded;
    }

    /** Work with a result. */
    private record Submission<T>(EventLoop loop, Callable<T> callable, WorkResult<T> result) implements Work {
        @Override
        public void run() {
            try {
                T value = callable.call();
                deliver(value, null);
            } catch (Throwable e) {
                deliver(null, e);
            }
        }

        @Override
        public void abandon() {
            deliver(null, new CancellationException("WorkerPool is closed"));
        }

        private void deliver(T value, Throwable cause) {
            try {
                loop.execute(() -> result.done(value, cause));
            } catch (RejectedExecutionException e) {
                return; // the loop has stopped, and nobody wants to know
            }
        }
    }

    /**
     * Lets workers make the calls of a connection's handler: one at a time, and in order. Bytes are copied out of the
     * loop's buffer, and nothing more is read from that connection until a worker has handled them.
     *
     * @param handler the handler of one connection, whose calls may block
     * @return the handler to give to the connection; one for each, also if they share the other
     * @throws IllegalStateException if this pool is closed
     */
    public ConnectionHandler handler(ConnectionHandler handler) {
        requireOpen();
        return new PooledHandler(queue, Objects.requireNonNull(handler));
    }

    private void requireOpen() {
        if (queue.isClosed()) {
            throw new IllegalStateException("WorkerPool is closed");
        }
    }

    /**
     * Tells how many threads there are.
     *
     * @return the number that the pool was opened with
     */
    public int workers() {
        return threads.size();
    }

    /**
     * Tells how much waits for a worker at most.
     *
     * @return the number that the pool was opened with
     */
    public int queueCapacity() {
        return queueCapacity;
    }

    /**
     * Counts what waits in the queue.
     *
     * @return the number now, at most {@link #queueCapacity()}
     */
    public int queued() {
        return queue.queued();
    }

    /**
     * Counts the descriptors and connections that wait for room in the queue.
     *
     * @return the number now
     */
    public int parked() {
        return queue.parked();
    }

    /**
     * Counts what workers do.
     *
     * @return the number now, at most {@link #workers()}
     */
    public int running() {
        return queue.running();
    }

    /**
     * Closes the pool: takes nothing more, does what waits, and waits for all that; on a thread of the pool it waits
     * for nothing. On a loop's thread this waits for ever if some work waits for that loop, such as for a future that
     * the loop completes: there use {@link #closeNow()}, or another thread. A descriptor that becomes ready afterwards
     * ends, as does a connection when something happens on it. Closing again only waits.
     */
    @Override
    public void close() {
        queue.close();
        if (threads.contains(Thread.currentThread())) {
            return;
        }
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

    /**
     * Closes the pool without doing what waits, and interrupts the workers; does not wait for them. Descriptors and
     * connections whose work waited end.
     *
     * @return how much is not done
     */
    public int closeNow() {
        List<Work> waiting = queue.closeAndClear();
        threads.forEach(Thread::interrupt);
        waiting.forEach(Work::abandon);
        return waiting.size();
    }
}
