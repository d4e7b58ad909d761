package io.github.epoll4j.reactor;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;

import io.github.epoll4j.ErrnoException;
import java.util.concurrent.RejectedExecutionException;

/**
 * A descriptor that an {@link EventLoop} watches for a {@link WorkerPool}. While it waits for a worker, or one works on
 * it, the loop does not watch it.
 *
 * <p>Thread-safe. Ownership: the descriptor is borrowed until {@link WorkHandler#onEnded}.
 */
public final class WorkRegistration {
    private final EventLoop loop;
    private final WorkQueue queue;
    private final int fd;
    private final WorkHandler handler;
    /** Made once, so that handing over makes no object. */
    private final Work work = new Work() {
        @Override
        public void run() {
            workOnce();
        }

        @Override
        public void abandon() {
            end(new IllegalStateException("WorkerPool is closed"));
            onLoop(WorkRegistration.this::returned);
        }
    };
    private final Runnable returned = this::returned;
    private volatile int interest;
    private volatile boolean isEnding;
    private volatile Throwable cause;
    private int events;
    /** It is queued, or a worker has it; guarded by this object, as is the next: in the end no thread is the loop's. */
    private boolean isAway;
    private boolean isOver;
    /** For the loop's thread. */
    private Registration registration;

    WorkRegistration(EventLoop loop, WorkQueue queue, int fd, int interest, WorkHandler handler) {
        this.loop = loop;
        this.queue = queue;
        this.fd = fd;
        this.interest = interest | EPOLLONESHOT;
        this.handler = handler;
    }

    /** On the loop's thread. */
    void start() throws ErrnoException {
        registration = loop.register(fd, interest, (ready, mask) -> ready(mask));
    }

    private void ready(int mask) {
        if (!takeAway()) {
            return; // armed again in the batch of its own event: a worker has it, and it is armed when it is back
        }
        events = mask;
        if (!queue.addOrPark(work)) {
            work.abandon();
        }
    }

    /** On a worker. */
    private void workOnce() {
        if (!isEnding) {
            try {
                handler.work(this, events);
            } catch (Throwable e) {
                end(e);
                onLoop(() -> loop.report(handler, e));
            }
        }
        onLoop(returned);
    }

    /** Returns false if it is away already. */
    private synchronized boolean takeAway() {
        boolean isFirst = !isAway;
        isAway = true;
        return isFirst;
    }

    private synchronized void giveBack() {
        isAway = false;
    }

    private synchronized boolean isHere() {
        return !isAway && !isOver;
    }

    /** True for one caller alone, who ends it. */
    private synchronized boolean isToBeEnded() {
        boolean isNow = isEnding && isHere();
        isOver |= isNow;
        return isNow;
    }

    /** On the loop's thread, or any when the loop has ended: the descriptor is back. */
    private void returned() {
        giveBack();
        settle();
    }

    /** On the loop's thread, or any when the loop has ended: watches the descriptor again, or ends. */
    private void settle() {
        try {
            if (isHere() && !isEnding) {
                registration.interest(interest);
            }
        } catch (ErrnoException e) {
            end(e);
            loop.report(handler, e);
        } catch (IllegalStateException e) {
            end(e); // the loop has stopped
        }
        if (!isToBeEnded()) {
            return;
        }
        if (loop.inLoop()) {
            registration.cancel();
        }
        try {
            handler.onEnded(this, cause);
        } catch (Throwable e) { // the caller may be another handler, which has called cancel(), or a worker
            loop.report(handler, e);
        }
    }

    private synchronized void end(Throwable why) {
        if (!isEnding) {
            cause = why;
            isEnding = true;
        }
    }

    private void onLoop(Runnable action) {
        if (loop.inLoop()) {
            action.run();
            return;
        }
        try {
            loop.execute(action);
        } catch (RejectedExecutionException e) {
            action.run();
        }
    }

    /**
     * Tells which descriptor this is.
     *
     * @return its number, borrowed
     */
    public int fd() {
        return fd;
    }

    /**
     * Tells the loop that watches.
     *
     * @return the loop
     */
    public EventLoop loop() {
        return loop;
    }

    /**
     * Tells what is watched for while nobody works.
     *
     * @return the mask, see {@link io.github.epoll4j.epoll.EpollFlags}; it has EPOLLONESHOT
     */
    public int interest() {
        return interest;
    }

    /**
     * Changes what is watched for; from the handler, when the work is done.
     *
     * @param newInterest the mask, see {@link io.github.epoll4j.epoll.EpollFlags}; EPOLLONESHOT is added
     */
    public void interest(int newInterest) {
        interest = newInterest | EPOLLONESHOT;
        onLoop(this::settle);
    }

    /**
     * Ends the registration: no work begins any more, and when that which runs is done {@link WorkHandler#onEnded} is
     * called. Cancelling again does nothing.
     */
    public void cancel() {
        end(null);
        onLoop(this::settle);
    }

    /**
     * Tells whether the registration has not been ended.
     *
     * @return false from the moment that it is cancelled, or its work fails
     */
    public boolean isValid() {
        return !isEnding;
    }

    /**
     * Describes the registration for a log.
     *
     * @return such as {@code WorkRegistration[fd=7]}
     */
    @Override
    public String toString() {
        return "WorkRegistration[fd=" + fd + (isEnding ? ", ended]" : "]");
    }
}
