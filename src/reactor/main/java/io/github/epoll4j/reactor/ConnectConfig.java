package io.github.epoll4j.reactor;

import io.github.epoll4j.net.SocketSetting;
import io.github.epoll4j.reactor.loop.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * The way {@link Reactor#connect} connects. Begin with {@link #DEFAULT} and change what is to be different.
 *
 * {@snippet :
 * var config = ConnectConfig.DEFAULT.withTimeout(Duration.ofSeconds(5)).withLoop(connection.loop());
 * }
 *
 * @param connections the limits and timeouts of the connection
 * @param timeout the longest time that all attempts may take together; zero for as long as the kernel tries, which is
 *     about two minutes
 * @param loop the loop of the connection, one of the reactor's; null for the calling thread's loop, and on other
 *     threads for the next one in turn
 * @param options the options to set on the socket before it connects
 */
public record ConnectConfig(ConnectionConfig connections, Duration timeout, EventLoop loop,
        List<SocketSetting<?>> options) {
    /** A connection as {@link ConnectionConfig#DEFAULT}, on the calling loop or the next one; 30 seconds. */
    public static final ConnectConfig DEFAULT = new ConnectConfig(ConnectionConfig.DEFAULT, Duration.ofSeconds(30),
            null, List.of());

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if the timeout is negative, or SO_LINGER above zero is among the options, as
     *     close(2) would block the loop
     */
    public ConnectConfig {
        Objects.requireNonNull(connections);
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("negative timeout: " + timeout);
        }
        options = List.copyOf(options);
        options.forEach(Options::requireNoLinger);
    }

    /**
     * Returns this configuration with more options of the socket.
     *
     * @param settings the options, such as {@code TCP_KEEPALIVE.with(true)}
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ConnectConfig withOptions(SocketSetting<?>... settings) {
        return withOptions(Options.join(options, settings));
    }

    /**
     * Returns this configuration with another configuration of the connection.
     *
     * @param connections the limits and timeouts of the connection
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ConnectConfig withConnections(ConnectionConfig connections) {
        return new ConnectConfig(connections, timeout, loop, options);
    }

    /**
     * Returns this configuration with another timeout.
     *
     * @param timeout the longest time that all attempts may take together; zero for as long as the kernel tries, which
     *     is about two minutes
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ConnectConfig withTimeout(Duration timeout) {
        return new ConnectConfig(connections, timeout, loop, options);
    }

    /**
     * Returns this configuration with another loop.
     *
     * @param loop the loop of the connection, one of the reactor's; null for the calling thread's loop, and on other
     *     threads for the next one in turn
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ConnectConfig withLoop(EventLoop loop) {
        return new ConnectConfig(connections, timeout, loop, options);
    }

    /**
     * Returns this configuration with another list of options.
     *
     * @param options the options to set on the socket before it connects
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ConnectConfig withOptions(List<SocketSetting<?>> options) {
        return new ConnectConfig(connections, timeout, loop, options);
    }
}
