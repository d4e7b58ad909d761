package io.github.epoll4j.reactor.loop.poller;

import io.github.epoll4j.ErrnoException;

/**
 * A mechanism that waits for descriptors. Event masks are epoll's, whatever the mechanism; a cookie comes back with
 * each event.
 *
 * <p>All but {@link #wakeup()} is for the loop's thread.
 */
public sealed interface Poller extends AutoCloseable permits EpollPoller, PollPoller, SelectPoller {
    /** A wait without limit. */
    long NO_LIMIT = -1;

    /** Adds a descriptor. */
    void add(int fd, int events, long cookie) throws ErrnoException;

    /** Changes the events of a descriptor; arms a one-shot one again. */
    void modify(int fd, int events, long cookie) throws ErrnoException;

    /** Removes a descriptor; one that was closed already is no error. */
    void remove(int fd);

    /** Waits; -1 nanoseconds is no limit. Returns the number of events; 0 also after a wake-up. */
    int await(long timeoutNanos) throws ErrnoException;

    /** Returns the cookie of an event of the last wait. */
    long cookie(int index);

    /** Returns the mask of an event of the last wait. */
    int events(int index);

    /** Ends the wait, from any thread. */
    void wakeup();

    /** Returns the descriptor to wait for in another loop, where the mechanism has one. */
    default int fd() {
        throw new UnsupportedOperationException("only Mechanism.EPOLL has a descriptor to wait for");
    }

    @Override
    void close();
}
