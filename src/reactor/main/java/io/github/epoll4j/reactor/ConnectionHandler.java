package io.github.epoll4j.reactor;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What happens on a connection; called on its loop's thread, one call after the other.
 *
 * <p>First {@link #onOpen}, last {@link #onClosed}, each once; {@link #onClosed} alone if the function that has made
 * the handler has closed or ended the connection, or if the loop could not watch it. An exception closes this
 * connection with it as the cause, and is reported once to the loop's {@link FailureHandler}; other connections do not
 * notice.
 */
public interface ConnectionHandler {
    /**
     * The connection is open.
     *
     * @param connection the connection
     * @throws IOException to close it
     */
    default void onOpen(Connection connection) throws IOException {
    }

    /**
     * Bytes have arrived.
     *
     * @param connection the connection
     * @param data       the bytes, at least one, in a direct buffer that belongs to the loop, in big-endian order at
     *     the beginning of each call: what is left in it after the call is gone
     * @throws IOException to close the connection
     */
    void onData(Connection connection, ByteBuffer data) throws IOException;

    /**
     * The queue of bytes that the peer does not take was above its high-water mark, and has fallen to the low one; or
     * it was dropped since the peer takes nothing any more, while what came from it before is still to be read.
     *
     * @param connection the connection
     * @throws IOException to close it
     */
    default void onWritable(Connection connection) throws IOException {
    }

    /**
     * The peer sends no more: the end of the stream was read. It may read on; unless overridden, the connection is
     * closed when what was written is flushed.
     *
     * @param connection the connection
     * @throws IOException to close it at once
     */
    default void onInputClosed(Connection connection) throws IOException {
        connection.close();
    }

    /**
     * The connection has ended. Its socket is closed already.
     *
     * @param connection the connection
     * @param cause      what ended it, such as an {@link io.github.epoll4j.ErrnoException} with ECONNRESET; null if
     *     this side or both closed it in good order
     */
    default void onClosed(Connection connection, Throwable cause) {
    }
}
