package io.github.epoll4j.reactor;

import io.github.epoll4j.ErrnoException;

/**
 * What is told when a {@link Listener} cannot serve everybody; on the thread of the loop that accepts. With a placement
 * that accepts on each loop, each tells for itself. An exception is reported to the {@link FailureHandler}.
 */
public interface AcceptObserver {
    /** Takes no note. */
    AcceptObserver NONE = new AcceptObserver() {
    };

    /**
     * The listener has stopped accepting for a while; clients wait in the kernel's queue.
     *
     * @param listener the listener
     * @param cause    what accept4 answered; null if the listener has as many connections as it may
     */
    default void paused(Listener listener, ErrnoException cause) {
    }

    /**
     * What {@link #paused} told is over: one of the connections has ended, or, after a shortage, accepting has gone
     * well for a second.
     *
     * @param listener the listener
     */
    default void resumed(Listener listener) {
    }

    /**
     * Connections were accepted and closed at once.
     *
     * @param listener the listener
     * @param count    how many it has refused since it was opened, see {@link Listener#refused()}
     */
    default void refused(Listener listener, long count) {
    }
}
