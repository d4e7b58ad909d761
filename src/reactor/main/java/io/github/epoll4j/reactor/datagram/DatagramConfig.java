package io.github.epoll4j.reactor.datagram;

import io.github.epoll4j.net.SocketSetting;
import java.util.List;
import java.util.stream.Stream;

/**
 * The limits and socket options of a {@link DatagramEndpoint}. Begin with {@link #DEFAULT} and change what is to be
 * different.
 *
 * {@snippet :
 * var config = DatagramConfig.DEFAULT.withQueueLimit(4 << 20).withOptions(SO_RCVBUF.with(1 << 20));
 * }
 *
 * @param budget the datagrams that are received, and the queued ones that are sent, in one iteration of the loop before
 *     others have their share; above 0
 * @param queueLimit the bytes that may be queued for a socket that takes none, each datagram counted with its length
 *     and {@value #OVERHEAD} more; more are dropped
 * @param options the options to set on the socket before it is bound or connected
 */
public record DatagramConfig(int budget, int queueLimit, List<SocketSetting<?>> options) {
    /** The bytes that a queued datagram costs beside its own. */
    public static final int OVERHEAD = 128;
    /** 64 datagrams in each iteration; 1 MB may be queued; the system's options. */
    public static final DatagramConfig DEFAULT = new DatagramConfig(64, 1 << 20, List.of());

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if the budget is not above 0, or the limit is negative
     */
    public DatagramConfig {
        if (budget <= 0 || queueLimit < 0) {
            throw new IllegalArgumentException("budget " + budget + ", queue limit " + queueLimit);
        }
        options = List.copyOf(options);
    }

    /**
     * Returns this configuration with another budget.
     *
     * @param budget the datagrams that are received, and the queued ones that are sent, in one iteration of the loop
     *     before others have their share; above 0
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public DatagramConfig withBudget(int budget) {
        return new DatagramConfig(budget, queueLimit, options);
    }

    /**
     * Returns this configuration with another queue limit.
     *
     * @param queueLimit the bytes that may be queued; 0 to drop each datagram that the socket does not take at once
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public DatagramConfig withQueueLimit(int queueLimit) {
        return new DatagramConfig(budget, queueLimit, options);
    }

    /**
     * Returns this configuration with more options.
     *
     * @param settings the options, such as {@code SO_RCVBUF.with(1 << 20)}
     * @return the new configuration
     */
    public DatagramConfig withOptions(SocketSetting<?>... settings) {
        return withOptions(Stream.concat(options.stream(), Stream.of(settings)).toList());
    }

    /**
     * Returns this configuration with another list of options.
     *
     * @param options the options to set on the socket before it is bound or connected
     * @return the new configuration
     */
    public DatagramConfig withOptions(List<SocketSetting<?>> options) {
        return new DatagramConfig(budget, queueLimit, options);
    }
}
