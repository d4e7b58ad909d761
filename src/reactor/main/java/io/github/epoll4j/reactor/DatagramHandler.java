package io.github.epoll4j.reactor;

import io.github.epoll4j.ErrnoException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * What happens at a {@link DatagramEndpoint}; called on its loop's thread, one call after the other, last
 * {@link #onClosed}, once. An exception closes the endpoint with it as the cause, and is reported once to the loop's
 * {@link FailureHandler}.
 */
@FunctionalInterface
public interface DatagramHandler {
    /**
     * A datagram has arrived. It may be empty.
     *
     * @param endpoint the endpoint
     * @param data     the bytes, in a direct buffer that belongs to the loop, in big-endian order at the beginning of
     *     each call: what is left in it after the call is gone
     * @param sender   who sent it; the same object as before when the same peer sends again, as a rule
     * @throws IOException to close the endpoint
     */
    void onDatagram(DatagramEndpoint endpoint, ByteBuffer data, InetSocketAddress sender) throws IOException;

    /**
     * The queue of datagrams that the socket did not take is empty again.
     *
     * @param endpoint the endpoint
     * @throws IOException to close it
     */
    default void onWritable(DatagramEndpoint endpoint) throws IOException {
    }

    /**
     * A datagram was not sent, or news of one that was have come back; the endpoint goes on. Never called inside a call
     * of {@link DatagramEndpoint#send}.
     *
     * @param endpoint the endpoint
     * @param error    EMSGSIZE for a datagram that is too long; ECONNREFUSED, in connected mode, if nobody listens at
     *     the peer's port; EACCES, EAFNOSUPPORT, EHOSTUNREACH, ENETUNREACH, EPERM, ENOBUFS and others of udp(7)
     * @throws IOException to close the endpoint
     */
    default void onError(DatagramEndpoint endpoint, ErrnoException error) throws IOException {
    }

    /**
     * The endpoint is closed, and its socket with it.
     *
     * @param endpoint the endpoint
     * @param cause    the exception that ended it; null if it was closed in good order
     */
    default void onClosed(DatagramEndpoint endpoint, Throwable cause) {
    }
}
