package io.github.epoll4j.reactor;

/** Handles the end of a write; see {@link Connection#write(java.nio.ByteBuffer, WriteCompletion)}. */
@FunctionalInterface
public interface WriteCompletion {
    /** Does nothing, and costs nothing. */
    WriteCompletion NONE = (connection, cause) -> { };

    /**
     * Handles the end of a write: the socket has taken the last byte, or never will. It may write again, and close the
     * connection.
     *
     * @param connection the connection that was written to
     * @param cause      null if the socket, which is not yet the peer, has taken all bytes; else the failure that ended
     *     the connection or its output
     */
    void completed(Connection connection, Throwable cause);
}
