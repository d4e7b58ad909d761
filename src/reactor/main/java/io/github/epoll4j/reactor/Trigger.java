package io.github.epoll4j.reactor;

/** How a connection's descriptor is watched; what its handler sees is the same. */
public enum Trigger {
    /** Reported for as long as it is ready: what is watched for follows what is wanted. The default. */
    LEVEL,
    /**
     * Reported when something new has happened: one registration for everything, and none of its changes afterwards;
     * with {@link Mechanism#EPOLL} alone. Bytes that arrive while reading is paused wake the loop once.
     */
    EDGE,
    /** Reported once, and then not until it is armed again, which is a call for each event; with every mechanism. */
    ONESHOT;

    void requireSupport(Mechanism mechanism) {
        if (this == EDGE && mechanism != Mechanism.EPOLL) {
            throw new UnsupportedOperationException("Trigger.EDGE needs Mechanism.EPOLL, not " + mechanism);
        }
    }
}
