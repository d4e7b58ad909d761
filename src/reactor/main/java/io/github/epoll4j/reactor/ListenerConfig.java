package io.github.epoll4j.reactor;

import io.github.epoll4j.net.SocketSetting;
import java.util.List;
import java.util.Objects;

/**
 * The way a {@link Listener} accepts. Begin with {@link #DEFAULT} and change what is to be different.
 *
 * {@snippet :
 * var config = ListenerConfig.DEFAULT.withMaxConnections(10_000).withAcceptPolicy(AcceptPolicy.SHED);
 * }
 *
 * @param connections the limits and timeouts of each connection
 * @param placement the way connections are spread over the loops
 * @param acceptPolicy the treatment of clients that cannot be served
 * @param maxConnections the most connections of this listener that may be open at a time; 0 for no limit
 * @param maxConnectionsPerAddress the most connections from one source IP address that may be open at a time; 0 for no
 *     limit. More are closed at once, whatever the policy
 * @param backlog the most clients that may wait in the kernel's queue, which the kernel caps (net.core.somaxconn); 0
 *     for as many as the system allows
 * @param options the options to set on the listening socket before it listens; accepted sockets inherit most of them
 * @param acceptObserver notified when clients cannot be served
 */
public record ListenerConfig(ConnectionConfig connections, Placement placement, AcceptPolicy acceptPolicy,
        int maxConnections, int maxConnectionsPerAddress, int backlog, List<SocketSetting<?>> options,
        AcceptObserver acceptObserver) {
    /** Connections as {@link ConnectionConfig#DEFAULT}, in turn on each loop, without a limit; clients wait. */
    public static final ListenerConfig DEFAULT = new ListenerConfig(ConnectionConfig.DEFAULT, Placement.ROUND_ROBIN,
            AcceptPolicy.PAUSE, 0, 0, 0, List.of(), AcceptObserver.NONE);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a number is negative, or SO_LINGER above zero is among the options, as
     *     close(2) would block the loop
     */
    public ListenerConfig {
        Objects.requireNonNull(connections);
        Objects.requireNonNull(placement);
        Objects.requireNonNull(acceptPolicy);
        Objects.requireNonNull(acceptObserver);
        if (maxConnections < 0 || maxConnectionsPerAddress < 0 || backlog < 0) {
            throw new IllegalArgumentException("limit of connections " + maxConnections + ", per address "
                    + maxConnectionsPerAddress + ", backlog " + backlog);
        }
        options = List.copyOf(options);
        options.forEach(Options::requireNoLinger);
    }

    /**
     * Returns this configuration with more options of the listening socket.
     *
     * @param settings the options, such as {@code TCP_DEFER_ACCEPT.with(…)}
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ListenerConfig withOptions(SocketSetting<?>... settings) {
        return withOptions(Options.join(options, settings));
    }

    /**
     * Returns this configuration with another configuration of connections.
     *
     * @param connections the limits and timeouts of each connection
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ListenerConfig withConnections(ConnectionConfig connections) {
        return new ListenerConfig(connections, placement, acceptPolicy, maxConnections, maxConnectionsPerAddress,
                backlog, options, acceptObserver);
    }

    /**
     * Returns this configuration with another placement.
     *
     * @param placement the way connections are spread over the loops
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ListenerConfig withPlacement(Placement placement) {
        return new ListenerConfig(connections, placement, acceptPolicy, maxConnections, maxConnectionsPerAddress,
                backlog, options, acceptObserver);
    }

    /**
     * Returns this configuration with another accept policy.
     *
     * @param acceptPolicy the treatment of clients that cannot be served
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ListenerConfig withAcceptPolicy(AcceptPolicy acceptPolicy) {
        return new ListenerConfig(connections, placement, acceptPolicy, maxConnections, maxConnectionsPerAddress,
                backlog, options, acceptObserver);
    }

    /**
     * Returns this configuration with another limit of connections.
     *
     * @param maxConnections the most connections of this listener that may be open at a time; 0 for no limit
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ListenerConfig withMaxConnections(int maxConnections) {
        return new ListenerConfig(connections, placement, acceptPolicy, maxConnections, maxConnectionsPerAddress,
                backlog, options, acceptObserver);
    }

    /**
     * Returns this configuration with another limit of connections per source address.
     *
     * @param maxConnectionsPerAddress the most connections from one source IP address that may be open at a time; 0 for
     *     no limit. More are closed at once, whatever the policy
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ListenerConfig withMaxConnectionsPerAddress(int maxConnectionsPerAddress) {
        return new ListenerConfig(connections, placement, acceptPolicy, maxConnections, maxConnectionsPerAddress,
                backlog, options, acceptObserver);
    }

    /**
     * Returns this configuration with another backlog.
     *
     * @param backlog the most clients that may wait in the kernel's queue, which the kernel caps (net.core.somaxconn);
     *     0 for as many as the system allows
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ListenerConfig withBacklog(int backlog) {
        return new ListenerConfig(connections, placement, acceptPolicy, maxConnections, maxConnectionsPerAddress,
                backlog, options, acceptObserver);
    }

    /**
     * Returns this configuration with another list of options.
     *
     * @param options the options to set on the listening socket before it listens; accepted sockets inherit most of
     *     them
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ListenerConfig withOptions(List<SocketSetting<?>> options) {
        return new ListenerConfig(connections, placement, acceptPolicy, maxConnections, maxConnectionsPerAddress,
                backlog, options, acceptObserver);
    }

    /**
     * Returns this configuration with another observer.
     *
     * @param acceptObserver notified when clients cannot be served
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ListenerConfig withAcceptObserver(AcceptObserver acceptObserver) {
        return new ListenerConfig(connections, placement, acceptPolicy, maxConnections, maxConnectionsPerAddress,
                backlog, options, acceptObserver);
    }
}
