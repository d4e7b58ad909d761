package io.github.epoll4j.reactor;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * A connected socket on an {@link EventLoop}, and its {@link ConnectionHandler}.
 *
 * <p>What a peer does not take is queued. While more than the high-water mark is queued the peer's own bytes are not
 * read, so that one who sends and never reads costs bounded memory; {@link ConnectionConfig} has the limits. What has
 * arrived is handled before a hang-up or a reset is acted on, also when reading goes on only later.
 *
 * <p>Thread-safe: every method, from any thread. On the loop's thread it acts at once, from elsewhere as a task of the
 * loop, in the order of that thread's calls. Ownership: the socket belongs to the connection.
 */
public sealed interface Connection permits StreamConnection {
    /**
     * Tells the loop that this connection stays on.
     *
     * @return the loop
     */
    EventLoop loop();

    /**
     * Tells whether the socket is open still.
     *
     * @return false from the moment that the connection has ended, just before {@link ConnectionHandler#onClosed}
     */
    boolean isOpen();

    /**
     * Returns the peer's address, also after the connection has ended.
     *
     * @return the address, of a Unix connection a {@link io.github.epoll4j.net.UnixAddress}; null if the kernel does
     *     not know it any more
     */
    SocketAddress remoteAddress();

    /**
     * Gives what {@link #attach} was given last.
     *
     * @return the object, or null
     */
    Object attachment();

    /**
     * Keeps an object of the user's with the connection.
     *
     * @param object anything, or null
     */
    void attach(Object object);

    /**
     * Counts the bytes that were written here and that the socket has not taken yet.
     *
     * @return their number
     */
    int pendingBytes();

    /**
     * Writes all that remains in a buffer: as much as the socket takes at once, and the rest when it takes more. The
     * buffer is the caller's again when this returns, with nothing remaining. If more would wait than the limit of
     * {@link ConnectionConfig}, the connection ends. Bytes for one that has ended, or whose output has, are dropped.
     *
     * @param data the bytes
     */
    void write(ByteBuffer data);

    /**
     * Writes as {@link #write(ByteBuffer)}, and tells when the socket has taken the last byte, or that it never will.
     *
     * <p>Completions are called in the order of the writes, each once, as a task on the loop's thread: after the call
     * of this method, not inside it, and not inside a call of the handler. When a connection ends, those of the writes
     * before come before {@link ConnectionHandler#onClosed}, whichever thread wrote. After the end of the loop itself
     * the calling thread calls, inside this method. Once the loop has stopped, completions that write again and again
     * do not do so for ever.
     *
     * @param data       the bytes; if none remain, the completion waits for those before
     * @param completion what to call; an exception of it closes the connection as one of the handler
     * @throws java.util.concurrent.RejectedExecutionException if this is called by the last of a hundred completions,
     *     each of a write of the one before, since the loop has stopped; nothing is written then
     */
    void write(ByteBuffer data, WriteCompletion completion);

    /**
     * Writes as {@link #write(ByteBuffer, WriteCompletion)}, with a future in place of the completion. On the loop's
     * thread, which has to complete it, {@code join} and {@code get} of this future, and of those derived from it,
     * throw an {@link IllegalStateException} unless it is done.
     *
     * @param data the bytes
     * @return what is completed with null, or with what ended the connection or its output; to cancel it changes
     *     nothing about the write
     * @throws java.util.concurrent.RejectedExecutionException as that method
     */
    CompletableFuture<Void> writeAsync(ByteBuffer data);

    /**
     * Reads no more, until {@link #resumeReading()}. What a turn has read already is still delivered. A reset, or a
     * write that fails, ends the connection meanwhile if no bytes of the peer wait to be read; if some do, they come
     * first.
     */
    void pauseReading();

    /** Reads again. */
    void resumeReading();

    /**
     * Sends the end of the stream after all that was written. The peer can send on; when its end has come too, the
     * connection closes.
     */
    void shutdownOutput();

    /**
     * Closes when all that was written is flushed: sends the end of the stream, waits a second for the peer's, so that
     * bytes of its that come late do not reset the connection and destroy the last of ours, and closes the socket.
     * Nothing is delivered any more but {@link ConnectionHandler#onClosed}. Closing again does nothing. If the peer
     * reads nothing of the rest for {@link ConnectionConfig#closeTimeout()}, which is noticed at most twice as late,
     * the connection ends with an {@link IdleTimeoutException}.
     */
    void close();

    /** Closes the socket; what is queued is dropped. {@link ConnectionHandler#onClosed} is called with null. */
    void closeNow();
}
