package io.github.epoll4j.reactor;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.epoll.EpollFlags;

/**
 * A descriptor that an {@link EventLoop} watches, and its handler.
 *
 * <p>Not thread-safe: for the loop's thread, inside a handler or a task, also inside its own handler and in that of
 * another registration. Ownership: the descriptor is borrowed; {@link #cancel()} before it is closed.
 */
public final class Registration {
    final int fd;
    final ReadyHandler handler;
    /** What the loop's table calls this: slot and generation. */
    final long cookie;
    int interest;
    boolean valid = true;
    private final EventLoop loop;

    Registration(EventLoop loop, int fd, int interest, ReadyHandler handler, long cookie) {
        this.loop = loop;
        this.fd = fd;
        this.interest = interest;
        this.handler = handler;
        this.cookie = cookie;
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
     * Tells what is watched for.
     *
     * @return the mask, see {@link io.github.epoll4j.epoll.EpollFlags}
     */
    public int interest() {
        return interest;
    }

    /**
     * Changes what is watched for. It looks at the descriptor afresh, so it arms a one-shot registration again, and
     * reports what is ready already. Setting what a level- or edge-triggered registration has is no system call.
     *
     * @param newInterest the mask, see {@link io.github.epoll4j.epoll.EpollFlags}; 0 for nothing but errors and
     *     hang-ups (on select: for nothing)
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalStateException if this registration is cancelled, or this is not the loop's thread, or the loop is
     *     closed
     */
    public void interest(int newInterest) throws ErrnoException {
        loop.change(this, newInterest);
    }

    /**
     * Ends the registration: its handler is called no more, not even for an event that a wait has already reported.
     * Cancelling again does nothing.
     *
     * @throws IllegalStateException if this is not the loop's thread
     */
    public void cancel() {
        loop.cancel(this);
    }

    /**
     * Tells whether {@link #cancel()} was not called yet.
     *
     * @return true while the descriptor is watched
     */
    public boolean isValid() {
        return valid;
    }

    /**
     * Describes the registration for a log.
     *
     * @return such as {@code Registration[fd=7, EPOLLIN]}
     */
    @Override
    public String toString() {
        return "Registration[fd=" + fd + ", "
                + (valid ? EpollFlags.toString(interest) : "cancelled") + "]";
    }
}
