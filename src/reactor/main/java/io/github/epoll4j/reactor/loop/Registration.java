package io.github.epoll4j.reactor.loop;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;

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
    /** Slot and generation in the loop's table. */
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
     * Returns the descriptor.
     *
     * @return its number, borrowed
     */
    public int fd() {
        return fd;
    }

    /**
     * Returns the loop that the descriptor is registered with.
     *
     * @return the loop
     */
    public EventLoop loop() {
        return loop;
    }

    /**
     * Returns the events that are watched for.
     *
     * @return the mask, see {@link io.github.epoll4j.epoll.EpollFlags}
     */
    public int interest() {
        return interest;
    }

    /**
     * Changes the events that are watched for, which arms a one-shot registration again. Events that are ready already
     * are reported by the next wait. The mask of a level- or edge-triggered registration is set without a system call
     * if it has not changed; {@link #rearm()} makes one.
     *
     * @param newInterest the mask, see {@link io.github.epoll4j.epoll.EpollFlags}; 0 for errors and hang-ups alone (on
     *     select: for nothing)
     * @throws ErrnoException ENOMEM and others of epoll_ctl(2)
     * @throws IllegalStateException if this registration is cancelled, or this is not the loop's thread, or the loop is
     *     closed
     */
    public void interest(int newInterest) throws ErrnoException {
        if (!valid || newInterest != interest || (newInterest & EPOLLONESHOT) != 0) {
            loop.change(this, newInterest);
        }
    }

    /**
     * Registers the same events again: an edge-triggered registration reports what is ready now once more, and a
     * one-shot one is armed.
     *
     * @throws ErrnoException as {@link #interest(int)}
     * @throws IllegalStateException as {@link #interest(int)}
     */
    public void rearm() throws ErrnoException {
        loop.change(this, interest);
    }

    /**
     * Cancels the registration: its handler is not called any more, not even for an event that a wait has already
     * reported. Cancelling again does nothing.
     *
     * @throws IllegalStateException if this is not the loop's thread
     */
    public void cancel() {
        loop.cancel(this);
    }

    /**
     * Returns whether the registration is not cancelled.
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
