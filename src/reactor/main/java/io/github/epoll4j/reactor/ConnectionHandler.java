package io.github.epoll4j.reactor;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Handles the events of a {@link Connection}, on its loop's thread, one call after the other.
 *
 * <p>The first call is {@link #onOpen}, the last is {@link #onClosed}, each once; {@link #onClosed} alone if the
 * handler factory has ended the connection, or if the loop could not watch it. If a call throws, the bytes that it
 * wrote before are flushed once, the connection ends with the exception as the cause, and the exception is reported
 * once to the loop's {@link io.github.epoll4j.reactor.loop.FailureHandler}; other connections are not affected.
 */
@FunctionalInterface
public interface ConnectionHandler {
    /**
     * Handles the opening of the connection, or the replacement of its handler by this one.
     *
     * @param connection the connection
     * @throws IOException to end the connection
     */
    default void onOpen(Connection connection) throws IOException {
    }

    /**
     * Handles bytes that have arrived. Bytes from the position to the limit that the call leaves unread stay with the
     * connection: the next call has them in front of new ones. It comes when new bytes arrive, when reading resumes,
     * also after an automatic pause, and after a replacement of the handler.
     *
     * @param connection the connection
     * @param data       the bytes, at least one, in a buffer that belongs to the loop and is valid during this call, in
     *     big-endian order; a socket's is direct. Only its position may be moved. If 64 KB are left unread while
     *     reading is not paused, the connection ends
     * @throws IOException to end the connection
     */
    void onData(Connection connection, ByteBuffer data) throws IOException;

    /**
     * Handles the return of the pending bytes from above the high-water mark to the low one. It is called also when
     * they were dropped, since the peer takes no more, while bytes that came before are still to be read.
     *
     * @param connection the connection
     * @throws IOException to end the connection
     */
    default void onWritable(Connection connection) throws IOException {
    }

    /**
     * Handles the peer's end of the stream; each handler is notified, also one that comes later. The peer may read on.
     * Unless overridden, the connection is closed when all bytes that were written are flushed.
     *
     * @param connection the connection
     * @param rest       the bytes that earlier calls have left unread; mostly none
     * @throws IOException to end the connection
     */
    default void onInputClosed(Connection connection, ByteBuffer rest) throws IOException {
        connection.close();
    }

    /**
     * Handles a timeout of {@link ConnectionConfig}. It may write, such as an answer 408 or a heartbeat.
     *
     * @param connection the connection
     * @param timeout    the timeout
     * @return true to keep the connection: this timeout starts anew, others run on. False, as by default, to end it:
     *     bytes that this call has written are flushed, and {@link #onClosed} gets the timeout as the cause
     * @throws IOException to end the connection
     */
    default boolean onTimeout(Connection connection, IdleTimeoutException timeout) throws IOException {
        return false;
    }

    /**
     * Handles the wish to end the connection, since its listener or the reactor is being drained. Unless overridden,
     * the connection is closed when all bytes that were written are flushed. A handler that is in the middle of a
     * message may close it later, within the grace time. A relay may prefer to reset it, as an end of the stream would
     * look like a complete one.
     *
     * @param connection the connection
     * @throws IOException to end the connection
     */
    default void onDrain(Connection connection) throws IOException {
        connection.close();
    }

    /**
     * Handles the end of the connection. Its socket is closed already.
     *
     * @param connection the connection
     * @param cause      the failure that ended it, such as an {@link io.github.epoll4j.ErrnoException} with ECONNRESET
     *     (EPIPE if the peer's end of the stream had come before the reset); null if this end or both closed it in good
     *     order
     */
    default void onClosed(Connection connection, Throwable cause) {
    }
}
