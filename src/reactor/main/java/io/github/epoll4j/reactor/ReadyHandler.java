package io.github.epoll4j.reactor;

import java.io.IOException;

/** What a loop calls when a registered descriptor is ready; on the loop's thread, and never twice at once. */
@FunctionalInterface
public interface ReadyHandler {
    /**
     * Handles readiness. It may change or cancel this registration and any other, and make new ones.
     *
     * @param registration the registration that is ready
     * @param events       what is ready, in epoll's bits whatever the mechanism, see
     *     {@link io.github.epoll4j.epoll.EpollFlags}
     * @throws IOException if the descriptor is of no use any more: the loop cancels the registration, and reports the
     *     exception once
     */
    void ready(Registration registration, int events) throws IOException;
}
