package io.github.epoll4j.reactor;

/** What is told that bytes were written; see {@link Connection#write(java.nio.ByteBuffer, WriteCompletion)}. */
@FunctionalInterface
public interface WriteCompletion {
    /**
     * The socket has taken the last byte, or never will. It may write again, and close the connection.
     *
     * @param connection where the bytes were written
     * @param cause      null if the socket, which is not yet the peer, has taken them all; else why it has not: what
     *     ended the connection or its output
     */
    void completed(Connection connection, Throwable cause);
}
