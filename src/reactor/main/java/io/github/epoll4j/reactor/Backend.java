package io.github.epoll4j.reactor;

import io.github.epoll4j.ErrnoException;

/**
 * What a loop waits with. Masks are epoll's, whatever the mechanism; a cookie comes back with each event.
 *
 * <p>All but {@link #wakeup()} is for the loop's thread.
 */
sealed interface Backend extends AutoCloseable permits EpollBackend, PollBackend, SelectBackend {
    /** Waits without limit. */
    long NO_LIMIT = -1;

    /** Opens a back end. */
    static Backend open(Mechanism mechanism) throws ErrnoException {
        return switch (mechanism) {
            case EPOLL -> new EpollBackend();
            case POLL -> new PollBackend();
            case SELECT -> new SelectBackend();
        };
    }

    /** Watches a descriptor. */
    void add(int fd, int interest, long cookie) throws ErrnoException;

    /** Watches it for something else; arms one-shot again. */
    void modify(int fd, int interest, long cookie) throws ErrnoException;

    /** Watches it no longer; a descriptor that was closed already is no error. */
    void remove(int fd);

    /** Waits; -1 nanoseconds is no limit. Returns how many events there are; 0 also after a wake-up. */
    int await(long timeoutNanos) throws ErrnoException;

    /** The cookie of an event of the last wait. */
    long cookie(int index);

    /** The mask of an event of the last wait. */
    int events(int index);

    /** Ends the wait, from any thread. */
    void wakeup();

    /** The descriptor to wait for in another loop, where the mechanism has one. */
    default int fd() {
        throw new UnsupportedOperationException("only Mechanism.EPOLL has a descriptor to wait for");
    }

    @Override
    void close();
}
