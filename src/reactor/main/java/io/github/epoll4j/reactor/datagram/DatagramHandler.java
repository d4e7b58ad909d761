package io.github.epoll4j.reactor.datagram;

import io.github.epoll4j.ErrnoException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Handles the events of a {@link DatagramEndpoint}. Its methods are called on the loop's thread, one call after the
 * other; the last is {@link #onClosed}, once.
 *
 * <p>Whatever a method throws, errors and undeclared exceptions included, ends the endpoint with it as the cause. It is
 * reported once to the loop's {@link io.github.epoll4j.reactor.loop.FailureHandler}, with the endpoint as the source.
 */
@FunctionalInterface
public interface DatagramHandler {
    /**
     * Handles a datagram, which may be empty. {@link DatagramEndpoint#currentDatagram()} has further facts about it.
     *
     * @param endpoint the endpoint
     * @param data     the bytes, in a direct buffer of the loop that is reused after the call; in big-endian order at
     *     the beginning of each call. Its limit must not be raised, as the bytes beyond are those of other peers
     * @param sender   the sender; usually the same object as before if the same peer sends again
     * @throws IOException to end the endpoint
     */
    void onDatagram(DatagramEndpoint endpoint, ByteBuffer data, InetSocketAddress sender) throws IOException;

    /**
     * Handles the end of a congestion: the socket had refused a datagram, and the queue is empty again.
     *
     * @param endpoint the endpoint
     * @throws IOException to end the endpoint
     */
    default void onWritable(DatagramEndpoint endpoint) throws IOException {
    }

    /**
     * Handles an error of one datagram that was sent or should have been. The endpoint stays open. Never called inside
     * a call of {@link DatagramEndpoint#send}.
     *
     * @param endpoint the endpoint
     * @param error    EMSGSIZE for a datagram that is too long; ECONNREFUSED, on a connected endpoint, if no socket has
     *     the peer's port; EACCES, EAFNOSUPPORT, EHOSTUNREACH, EINVAL, ENETUNREACH, EPERM, ENOBUFS and others of udp(7)
     * @throws IOException to end the endpoint
     */
    default void onError(DatagramEndpoint endpoint, ErrnoException error) throws IOException {
    }

    /**
     * Handles the end of the endpoint. Its socket is closed.
     *
     * @param endpoint the endpoint
     * @param cause    the exception that ended it, or the failure that ended its loop; null if it was closed, or the
     *     loop was stopped, in good order
     */
    default void onClosed(DatagramEndpoint endpoint, Throwable cause) {
    }
}
