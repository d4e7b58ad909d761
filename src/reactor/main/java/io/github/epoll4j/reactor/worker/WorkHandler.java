package io.github.epoll4j.reactor.worker;

import java.io.IOException;

/** Handles a registered descriptor on the workers of a {@link WorkerPool}; never twice at once for one registration. */
@FunctionalInterface
public interface WorkHandler {
    /**
     * Handles readiness, on a worker; it may block. The loop does not watch the descriptor meanwhile. When this returns
     * the loop watches it again, and events that came meanwhile are reported at once.
     *
     * @param registration the registration that is ready
     * @param events       the events that are ready, in epoll's bits, see {@link io.github.epoll4j.epoll.EpollFlags}
     * @throws IOException to end the registration: it is reported once
     */
    void work(WorkRegistration registration, int events) throws IOException;

    /**
     * Handles the end of the registration. The loop does not watch the descriptor any more and no worker has it, so
     * that it can be closed here. Called once, on the loop's thread, or where it ended if the loop has stopped.
     *
     * @param registration the registration
     * @param cause        the failure that ended it: of a worker, of the loop, or a {@link
     *     java.util.concurrent.CancellationException} if the pool is closed; null if it was cancelled, or the loop has
     *     stopped in good order
     */
    default void onEnded(WorkRegistration registration, Throwable cause) {
    }
}
