package io.github.epoll4j.reactor;

/**
 * The treatment of clients that a {@link Listener} cannot serve, as no descriptor is left or its limit of connections
 * is reached.
 */
public enum AcceptPolicy {
    /** Clients wait in the kernel's queue until they can be served. */
    PAUSE,
    /**
     * Clients are accepted and closed at once, so that they can try elsewhere. For a shortage of descriptors each loop
     * that accepts holds one in reserve; where it cannot be opened again, and where memory is short, clients wait as
     * with {@link #PAUSE}.
     */
    SHED
}
