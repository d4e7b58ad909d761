package io.github.epoll4j.reactor;

import java.io.IOException;

/** What a {@link WorkerPool} calls when a registered descriptor is ready; never twice at once for one registration. */
@FunctionalInterface
public interface WorkHandler {
    /**
     * Does the work, on a worker; it may block. Nobody else is told of this descriptor meanwhile. When this returns the
     * loop watches the descriptor again, and what arrived meanwhile is reported at once.
     *
     * @param registration the registration that is ready
     * @param events       what is ready, in epoll's bits, see {@link io.github.epoll4j.epoll.EpollFlags}
     * @throws IOException to end the registration: it is reported once
     */
    void work(WorkRegistration registration, int events) throws IOException;

    /**
     * The registration has ended: the loop does not watch the descriptor any more and no worker works on it, so that it
     * can be closed here. Called once, on the loop's thread, or where it ended if the loop has stopped.
     *
     * @param registration the registration
     * @param cause        what ended it; null if it was cancelled
     */
    default void onEnded(WorkRegistration registration, Throwable cause) {
    }
}
