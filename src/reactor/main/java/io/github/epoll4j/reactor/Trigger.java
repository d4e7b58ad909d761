package io.github.epoll4j.reactor;

import io.github.epoll4j.reactor.loop.Mechanism;

/** The way a connection's descriptor is watched. Its handler sees no difference. */
public enum Trigger {
    /** Level-triggered: reported while it is ready; the interest follows what the connection waits for. The default. */
    LEVEL,
    /**
     * Edge-triggered: reported when something has happened; one registration for all events, which is not changed
     * later. With {@link Mechanism#EPOLL} alone. Bytes that arrive while reading is paused wake the loop once.
     */
    EDGE,
    /** One-shot: reported once, and armed again by a system call after each event; with every mechanism. */
    ONESHOT;

    void requireSupport(Mechanism mechanism) {
        if (this == EDGE && mechanism != Mechanism.EPOLL) {
            throw new UnsupportedOperationException("Trigger.EDGE needs Mechanism.EPOLL, not " + mechanism);
        }
    }
}
