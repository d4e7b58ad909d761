package io.github.epoll4j.reactor;

/** How a {@link Listener} spreads its connections over the loops; a connection stays where it was placed. */
public enum Placement {
    /** One loop accepts, and gives the connections to all in turn. */
    ROUND_ROBIN,
    /**
     * One loop accepts, and gives each connection to the loop that has the fewest at that moment, those of other
     * listeners and those that the reactor opened itself included; among equals in turn.
     */
    LEAST_CONNECTIONS,
    /**
     * Each loop has a listening socket of its own on the same port (SO_REUSEPORT). The kernel chooses by a hash of the
     * addresses: even over many connections, not over few, and a loop that does not accept keeps its clients waiting.
     * For TCP alone.
     */
    REUSEPORT,
    /**
     * The loops share one listening socket (EPOLLEXCLUSIVE): who is awake first accepts, and not all are woken for one
     * connection. The kernel promises no even spread: an idle server's connections may all come to one loop. With
     * {@link Mechanism#EPOLL} alone.
     */
    EXCLUSIVE;

    /** Whether each loop accepts what it keeps. */
    boolean isOnEachLoop() {
        return this == REUSEPORT || this == EXCLUSIVE;
    }
}
