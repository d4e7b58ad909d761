package io.github.epoll4j.reactor;

/** The way a {@link Listener} spreads its connections over the loops. A connection stays on its loop. */
public enum Placement {
    /** One loop accepts, and the connections go to all loops in turn. */
    ROUND_ROBIN,
    /**
     * One loop accepts, and each connection goes to the loop that has the fewest at that moment. All connections of the
     * reactor count; among equals the loops take turns.
     */
    LEAST_CONNECTIONS,
    /**
     * Each loop has a listening socket of its own on the same port (SO_REUSEPORT). The kernel chooses by a hash of the
     * addresses: even over many connections, not over few, and a loop that does not accept keeps its clients waiting.
     * For TCP alone. When the listener is closed while another process listens on the port, the clients whose handshake
     * is not complete are reset.
     */
    REUSEPORT,
    /**
     * The loops share one listening socket (EPOLLEXCLUSIVE): the loop that is awake first accepts, and not all are
     * woken for one connection. The kernel promises no even spread: an idle server's connections may all come to one
     * loop. With {@link io.github.epoll4j.reactor.loop.Mechanism#EPOLL} alone.
     */
    EXCLUSIVE;

    /** Returns whether each loop accepts, and keeps its connections. */
    boolean isOnEachLoop() {
        return this == REUSEPORT || this == EXCLUSIVE;
    }
}
