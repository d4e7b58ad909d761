package io.github.epoll4j.reactor;

import java.util.Objects;

/**
 * How a {@link Listener} accepts. Begin with {@link #DEFAULT}, and change what is to be different.
 *
 * {@snippet :
 * var config = ListenerConfig.DEFAULT.withMaxConnections(10_000).withAcceptPolicy(AcceptPolicy.SHED);
 * }
 *
 * @param connections    the limits of each connection
 * @param placement      how connections are spread over the loops
 * @param acceptPolicy   what happens to clients that cannot be served
 * @param maxConnections how many connections of this listener may be open at a time; 0 for no limit
 * @param backlog        how many clients may wait in the kernel's queue; 0 for as many as the system allows
 * @param acceptObserver what is told when not everybody is served
 */
public record ListenerConfig(ConnectionConfig connections, Placement placement, AcceptPolicy acceptPolicy,
        int maxConnections, int backlog, AcceptObserver acceptObserver) {
    /** Connections as {@link ConnectionConfig#DEFAULT}, in turn on each loop, without a limit; clients wait. */
    public static final ListenerConfig DEFAULT = new ListenerConfig(
            ConnectionConfig.DEFAULT, Placement.ROUND_ROBIN, AcceptPolicy.PAUSE, 0, 0, AcceptObserver.NONE);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a number is negative
     */
    public ListenerConfig {
        Objects.requireNonNull(connections);
        Objects.requireNonNull(placement);
        Objects.requireNonNull(acceptPolicy);
        Objects.requireNonNull(acceptObserver);
        if (maxConnections < 0 || backlog < 0) {
            throw new IllegalArgumentException("maximum of connections " + maxConnections + ", backlog " + backlog);
        }
    }

    /**
     * Changes the limits of each connection.
     *
     * @param newConnections the limits
     * @return a configuration with them
     */
    public ListenerConfig withConnections(ConnectionConfig newConnections) {
        return new ListenerConfig(newConnections, placement, acceptPolicy, maxConnections, backlog, acceptObserver);
    }

    /**
     * Changes how connections are spread over the loops.
     *
     * @param newPlacement the placement
     * @return a configuration with it
     */
    public ListenerConfig withPlacement(Placement newPlacement) {
        return new ListenerConfig(connections, newPlacement, acceptPolicy, maxConnections, backlog, acceptObserver);
    }

    /**
     * Changes what happens to clients that cannot be served.
     *
     * @param newPolicy the policy
     * @return a configuration with it
     */
    public ListenerConfig withAcceptPolicy(AcceptPolicy newPolicy) {
        return new ListenerConfig(connections, placement, newPolicy, maxConnections, backlog, acceptObserver);
    }

    /**
     * Changes how many connections may be open at a time.
     *
     * @param newMaximum their number; 0 for no limit
     * @return a configuration with it
     * @throws IllegalArgumentException if it is negative
     */
    public ListenerConfig withMaxConnections(int newMaximum) {
        return new ListenerConfig(connections, placement, acceptPolicy, newMaximum, backlog, acceptObserver);
    }

    /**
     * Changes how many clients may wait in the kernel's queue.
     *
     * @param newBacklog their number, which the kernel caps (net.core.somaxconn); 0 for as many as the system allows
     * @return a configuration with it
     * @throws IllegalArgumentException if it is negative
     */
    public ListenerConfig withBacklog(int newBacklog) {
        return new ListenerConfig(connections, placement, acceptPolicy, maxConnections, newBacklog, acceptObserver);
    }

    /**
     * Changes what is told when not everybody is served.
     *
     * @param newObserver the observer
     * @return a configuration with it
     */
    public ListenerConfig withAcceptObserver(AcceptObserver newObserver) {
        return new ListenerConfig(connections, placement, acceptPolicy, maxConnections, backlog, newObserver);
    }
}
