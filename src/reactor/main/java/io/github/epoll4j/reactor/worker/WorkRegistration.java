package io.github.epoll4j.reactor.worker;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.Registration;
import java.util.function.Consumer;

/**
 * A descriptor that an {@link EventLoop} watches for a {@link WorkerPool}. While it waits for a worker, or one has it,
 * the loop does not watch it.
 *
 * <p>Thread-safe. Ownership: the descriptor is borrowed until {@link WorkHandler#onEnded}.
 */
public final class WorkRegistration {
    private final WorkerPool pool;
    private final EventLoop loop;
    private final int fd;
    private final WorkHandler handler;
    private final WorkerPool.Work work = new WorkerPool.Work() {
        @Override
        public void run() {
            runHandler();
        }

        @Override
        public void abandon(Throwable refusal) {
            if (refusal == null) {
                end(WorkerPool.closed());
            } else {
                fail(refusal);
            }
            onLoop(returned);
        }
    };
    private final Runnable returned = this::returned;
    private final Consumer<Throwable> stopListener = this::loopStopped;
    /** For the loop's thread. */
    private Registration registration;
    private volatile int interest;
    /** The events that are handled; written by the loop before a worker has the descriptor. */
    private int events;
    /** Whether it waits for a worker, or one has it. Guarded by this object, as are the next ones. */
    private boolean isInFlight;
    private boolean isEnding;
    private Throwable cause;
    private boolean isEnded;

    WorkRegistration(WorkerPool pool, EventLoop loop, int fd, int interest, WorkHandler handler) {
        this.pool = pool;
        this.loop = loop;
        this.fd = fd;
        this.interest = interest | EPOLLONESHOT;
        this.handler = handler;
    }

    /** On the loop's thread. */
    void start() throws ErrnoException {
        registration = loop.register(fd, interest, (ready, mask) -> ready(mask));
        loop.addStopListener(stopListener);
    }

    private void ready(int mask) {
        synchronized (this) {
            if (isInFlight || isEnding) {
                return; // a handler of the same batch has armed it or cancelled it: it is settled when it is back
            }
            isInFlight = true;
        }
        events = mask;
        pool.execute(work);
    }

    /** On a worker. */
    private void runHandler() {
        if (isValid()) {
            try {
                handler.work(this, events);
            } catch (Throwable e) {
                fail(e);
            }
        }
        onLoop(returned);
    }

    private void returned() {
        synchronized (this) {
            isInFlight = false;
        }
        settle();
    }

    private void loopStopped(Throwable failure) {
        end(failure);
        settle();
    }

    /** On the loop's thread, or on any when the loop has stopped: watches the descriptor again, or ends. */
    private void settle() {
        boolean isToBeWatched;
        boolean isToBeEnded;
        synchronized (this) {
            boolean isHere = !isInFlight && !isEnded;
            isToBeWatched = isHere && !isEnding;
            isToBeEnded = isHere && isEnding;
            isEnded |= isToBeEnded; // by one caller alone
        }
        if (isToBeWatched && loop.inLoop()) { // else the stop listener, which is about to be called, ends it
            watch();
        } else if (isToBeEnded) {
            ended();
        }
    }

    private void watch() {
        try {
            registration.interest(interest);
        } catch (IllegalStateException e) {
            return; // the loop is closing, and calls the stop listener
        } catch (Throwable e) {
            fail(e);
            settle();
        }
    }

    private void ended() {
        if (loop.inLoop()) {
            registration.cancel();
            loop.removeStopListener(stopListener);
        }
        try {
            handler.onEnded(this, cause);
        } catch (Throwable e) { // the caller may be another handler, which has called cancel(), or a worker
            loop.reportFailure(handler, e);
        }
    }

    private void fail(Throwable failure) {
        end(failure);
        onLoop(() -> loop.reportFailure(handler, failure));
    }

    private synchronized void end(Throwable why) {
        if (!isEnding) {
            cause = why;
            isEnding = true;
        }
    }

    private void onLoop(Runnable action) {
        if (!loop.runInLoop(action)) { // the loop has stopped
            action.run();
        }
    }

    /**
     * Returns the descriptor.
     *
     * @return its number, borrowed
     */
    public int fd() {
        return fd;
    }

    /**
     * Returns the loop that watches the descriptor.
     *
     * @return the loop
     */
    public EventLoop loop() {
        return loop;
    }

    /**
     * Returns the events that are watched for while no worker has the descriptor.
     *
     * @return the mask, see {@link io.github.epoll4j.epoll.EpollFlags}; it has EPOLLONESHOT
     */
    public int interest() {
        return interest;
    }

    /**
     * Changes the events that are watched for; in the handler, from the moment that it returns.
     *
     * @param newInterest the mask, see {@link io.github.epoll4j.epoll.EpollFlags}; EPOLLONESHOT is added. If the loop
     *     cannot watch for it, the registration ends
     */
    public void interest(int newInterest) {
        interest = newInterest | EPOLLONESHOT;
        onLoop(this::settle);
    }

    /**
     * Ends the registration: no work begins any more, and when the work that runs is done {@link WorkHandler#onEnded}
     * is called. Cancelling again does nothing.
     */
    public void cancel() {
        end(null);
        onLoop(this::settle);
    }

    /**
     * Returns whether the registration was not ended.
     *
     * @return false from the moment that it is cancelled, that its work fails, or that its loop stops
     */
    public synchronized boolean isValid() {
        return !isEnding;
    }

    /**
     * Describes the registration for a log.
     *
     * @return such as {@code WorkRegistration[fd=7]}
     */
    @Override
    public String toString() {
        return "WorkRegistration[fd=" + fd + (isValid() ? "]" : ", ended]");
    }
}
