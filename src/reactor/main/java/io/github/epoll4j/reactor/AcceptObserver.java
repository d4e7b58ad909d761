package io.github.epoll4j.reactor;

import io.github.epoll4j.ErrnoException;

/**
 * Notified when a {@link Listener} cannot serve clients, on the thread of the loop that accepts. With a placement in
 * which each loop accepts, each notifies for itself. An exception is reported to the
 * {@link io.github.epoll4j.reactor.loop.FailureHandler}.
 */
public interface AcceptObserver {
    /** Does nothing. */
    AcceptObserver NONE = new AcceptObserver() {
    };

    /**
     * Handles a pause: the listener accepts nothing for a while, and clients wait in the kernel's queue.
     *
     * @param listener the listener
     * @param cause    the failure of accept4; null if the listener has as many connections as it may have
     */
    default void paused(Listener listener, ErrnoException cause) {
    }

    /**
     * Handles the end of a pause: one of the connections has ended, or, after a shortage, accepting has succeeded for a
     * second.
     *
     * @param listener the listener
     */
    default void resumed(Listener listener) {
    }

    /**
     * Handles connections that were accepted and closed at once.
     *
     * @param listener the listener
     * @param count    the number that it has refused since it was opened, see {@link Listener#refused()}
     */
    default void refused(Listener listener, long count) {
    }
}
