package io.github.epoll4j.wait;

import io.github.epoll4j.OwnedFd;

/** A thread that waits for a descriptor: an entry in the list of that descriptor. */
final class Waiter {
    /** The result of a wait that a close ended. */
    static final int CLOSED = Integer.MIN_VALUE;

    final Thread thread;
    /** Null if the descriptor is borrowed. */
    final OwnedFd owner;
    final int fd;
    final int events;
    Waiter previous;
    Waiter next;
    /**
     * 0 while the thread waits; then the mask, {@code -errno} or {@link #CLOSED}. Written once, after the waiter has
     * left the list.
     */
    volatile int result;

    Waiter(Thread thread, OwnedFd owner, int fd, int events) {
        this.thread = thread;
        this.owner = owner;
        this.fd = fd;
        this.events = events;
    }
}
