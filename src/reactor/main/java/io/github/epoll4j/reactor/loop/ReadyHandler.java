package io.github.epoll4j.reactor.loop;

import java.io.IOException;

/** Handles the readiness of a registered descriptor, on the loop's thread. */
@FunctionalInterface
public interface ReadyHandler {
    /**
     * Handles readiness. It may change or cancel this registration and any other, and make new ones.
     *
     * @param registration the registration that is ready
     * @param events       the events that are ready, in epoll's bits whatever the mechanism, see
     *     {@link io.github.epoll4j.epoll.EpollFlags}
     * @throws IOException to end the registration: the loop cancels it, and reports the exception once
     */
    void ready(Registration registration, int events) throws IOException;
}
