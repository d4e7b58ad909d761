package io.github.epoll4j.reactor;

import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.reactor.loop.EventLoop;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * A stream of bytes to and from a peer on an {@link EventLoop}, with its {@link ConnectionHandler}. It is a connected
 * socket, a layer on another connection such as TLS, or a fake in a test.
 *
 * <p>Bytes that the peer does not take are queued. While more than the high-water mark is queued the peer's own bytes
 * are not read, unless {@link ConnectionConfig#autoPause()} is off, so that a peer that sends and never reads costs
 * bounded memory. Bytes that have arrived are handled before a hang-up or a reset is acted on, also when reading
 * resumes only later.
 *
 * <p>Small writes are collected: those of a handler's call leave in one system call when it returns, those of a task, a
 * timer or another connection's handler at the end of that step, and at {@link #flush()}. A write that fills 16 KB
 * leaves at once, together with those before it.
 *
 * <p>Thread-safe: every method, from any thread. On the loop's thread it acts at once, from elsewhere as a task of the
 * loop, in the order of that thread's calls. No method calls a handler or a completion: these calls come later.
 *
 * <p>An implementation needs the abstract methods; the others have a default in terms of these. Extend
 * {@link ForwardingConnection} to put a layer on a connection. Methods that are added later will have a default too.
 */
public interface Connection {
    /**
     * Returns the loop on whose thread the handler is called.
     *
     * @return the loop; the same for the life of the connection
     */
    EventLoop loop();

    /**
     * Returns whether the connection is open.
     *
     * @return false from the moment that it has ended, just before {@link ConnectionHandler#onClosed}
     */
    boolean isOpen();

    /**
     * Returns this end's address, also after the end of the connection.
     *
     * @return the address, of a Unix connection a {@link io.github.epoll4j.net.UnixAddress}; null if it is not known
     */
    SocketAddress localAddress();

    /**
     * Returns the peer's address, also after the end of the connection.
     *
     * @return the address, of a Unix connection a {@link io.github.epoll4j.net.UnixAddress}; null if it is not known
     */
    SocketAddress remoteAddress();

    /**
     * Returns the object that {@link #attach} was given last.
     *
     * @return the object, or null
     */
    Object attachment();

    /**
     * Attaches an object of the user's.
     *
     * @param object any object, or null
     */
    void attach(Object object);

    /**
     * Returns the handler.
     *
     * @return the handler that receives the next call; null until the handler factory has returned
     */
    ConnectionHandler handler();

    /**
     * Replaces the handler, such as after an upgrade. It takes effect when the current call of the handler returns: the
     * old handler is not called any more. The new one gets {@link ConnectionHandler#onOpen onOpen}, the bytes that are
     * left unread, and then {@link ConnectionHandler#onWritable onWritable} or {@link ConnectionHandler#onInputClosed
     * onInputClosed} if they are due. Then it gets {@link ConnectionHandler#onDrain onDrain} if the connection is being
     * drained. Only the last one gets {@link ConnectionHandler#onClosed onClosed}.
     *
     * @param next the new handler
     */
    void handler(ConnectionHandler next);

    /**
     * Returns the limits and timeouts.
     *
     * @return the current configuration
     */
    ConnectionConfig config();

    /**
     * Changes the limits and timeouts. Idle times start anew, and so does the time of a message that has begun. The
     * trigger cannot be changed.
     *
     * @param config the new configuration
     * @throws IllegalArgumentException if it has another trigger
     */
    void config(ConnectionConfig config);

    /**
     * Returns the value of a socket option.
     *
     * @param option an option of the JDK, or of {@link io.github.epoll4j.net.LinuxSocketOptions}, or the user's own
     * @param <T>    the type of its values
     * @return the value
     * @throws IOException an ErrnoException of getsockopt(2); EBADF if the connection has ended
     * @throws UnsupportedOperationException if the option is not known, or this is no socket
     */
    <T> T get(SocketOption<T> option) throws IOException;

    /**
     * Sets a socket option.
     *
     * @param option an option of the JDK, or of {@link io.github.epoll4j.net.LinuxSocketOptions}, or the user's own
     * @param value  the value
     * @param <T>    the type of its values
     * @throws IOException an ErrnoException of setsockopt(2); EBADF if the connection has ended
     * @throws IllegalArgumentException for SO_LINGER above zero, as close(2) would block the loop
     * @throws UnsupportedOperationException if the option is not known, or this is no socket
     */
    <T> void set(SocketOption<T> option, T value) throws IOException;

    /**
     * Returns the number of bytes that were written here and that the socket has not taken yet.
     *
     * @return the bytes that are collected or queued, files included, and those in tasks of other threads
     */
    long pendingBytes();

    /**
     * Returns whether not more than the high-water mark is pending. When it is false, {@link
     * ConnectionHandler#onWritable} will be called, or {@link ConnectionHandler#onClosed} if the connection ends first.
     *
     * @return false if a producer should wait
     */
    default boolean isWritable() {
        return pendingBytes() <= config().highWaterMark();
    }

    /**
     * Returns whether the peer has sent its end of the stream. While reading is paused this is true before {@link
     * ConnectionHandler#onInputClosed} is called, and bytes from before the end may still have to be read. Select does
     * not report the end while reading is paused.
     *
     * @return true if the peer sends no more
     */
    boolean isInputClosed();

    /**
     * Writes all remaining bytes of a buffer. The buffer is the caller's again when this returns, with nothing
     * remaining. If more bytes are pending then than {@link ConnectionConfig#queueLimit()}, the connection ends; a
     * single write may exceed it if nothing is pending. The parts of files that a socket sends do not count. Bytes for
     * a connection that has ended, or whose output has, are dropped.
     *
     * <p>Completions are called in the order of the writes, each once, in a task on the loop's thread: never inside
     * this method or a call of the handler. When a connection ends, those of the writes before come before {@link
     * ConnectionHandler#onClosed}, whichever thread wrote.
     *
     * @param data       the bytes; if none remain, the completion waits for those before
     * @param completion called when the socket has taken the last byte, or never will; a failure of it ends the
     *     connection as one of the handler
     * @throws RejectedExecutionException if the loop has stopped and the completion is not {@link
     *     WriteCompletion#NONE}; it is not called then
     */
    void write(ByteBuffer data, WriteCompletion completion);

    /**
     * Writes all remaining bytes of a buffer as {@link #write(ByteBuffer, WriteCompletion)}, without a completion.
     *
     * @param data the bytes
     */
    default void write(ByteBuffer data) {
        write(data, WriteCompletion.NONE);
    }

    /**
     * Writes all remaining bytes of several buffers, in their order. Small ones are collected into one system call.
     *
     * @param parts the buffers
     */
    default void write(ByteBuffer... parts) {
        for (ByteBuffer part : parts) {
            write(part, WriteCompletion.NONE);
        }
    }

    /**
     * Writes all remaining bytes of a buffer as {@link #write(ByteBuffer, WriteCompletion)}, with a future. On the
     * loop's thread, which has to complete it, {@code join} and {@code get} of this future, and of those derived from
     * it, throw an {@link IllegalStateException} unless it is done.
     *
     * @param data the bytes
     * @return completed with null; or exceptionally with the cause that ended the connection or its output, or a
     *     RejectedExecutionException if the loop has stopped. To cancel it does not affect the write
     */
    default CompletableFuture<Void> writeAsync(ByteBuffer data) {
        CompletableFuture<Void> future = new LoopFuture<>(loop());
        try {
            write(data, (connection, cause) -> {
                if (cause == null) {
                    future.complete(null);
                } else {
                    future.completeExceptionally(cause);
                }
            });
        } catch (RejectedExecutionException e) {
            future.completeExceptionally(e);
        }
        return future;
    }

    /** Writes the collected bytes to the socket now, as far as it takes them. */
    void flush();

    /**
     * Writes a part of a file behind the bytes that were written before. The file may be closed when this returns. A
     * file that turns out to be shorter ends the connection.
     *
     * <p>By default the part is read and written in pieces, all of which are pending then and count for {@link
     * ConnectionConfig#queueLimit()}. A socket has the kernel send the part (sendfile), which needs no memory.
     *
     * @param file       a regular file, open for reading
     * @param offset     the offset of the first byte, 0 or more
     * @param count      the number of bytes, 0 or more
     * @param completion as for {@link #write(ByteBuffer, WriteCompletion)}
     * @throws IllegalArgumentException if the offset or the count is negative
     * @throws IllegalStateException if the file is closed
     * @throws RejectedExecutionException as {@link #write(ByteBuffer, WriteCompletion)}
     */
    default void sendFile(FileFd file, long offset, long count, WriteCompletion completion) {
        Objects.requireNonNull(completion);
        if (offset < 0 || count < 0) {
            throw new IllegalArgumentException("offset " + offset + ", count " + count);
        }
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(count, 64 << 10));
        try {
            long done = 0;
            while (done < count && isOpen()) {
                piece.clear().limit((int) Math.min(piece.capacity(), count - done));
                int read = file.read(piece, offset + done);
                if (read <= 0) {
                    throw new IOException("a file ends before byte " + (offset + count) + ": " + file);
                }
                write(piece.flip());
                done += read;
            }
        } catch (IOException e) {
            closeNow(e);
        }
        write(piece.limit(0), completion);
    }

    /**
     * Writes a part of a file as {@link #sendFile(FileFd, long, long, WriteCompletion)}, without a completion.
     *
     * @param file   a regular file, open for reading
     * @param offset the offset of the first byte, 0 or more
     * @param count  the number of bytes, 0 or more
     */
    default void sendFile(FileFd file, long offset, long count) {
        sendFile(file, offset, count, WriteCompletion.NONE);
    }

    /**
     * Reports whether the bytes handled so far end inside a message. {@link ConnectionConfig#messageTimeout()} runs
     * from the first report of true after one of false. So report false when a message is complete, and after each call
     * of a decoder whether it is inside one:
     *
     * {@snippet :
     * lines.decode(data, line -> {
     *     connection.inMessage(false);
     *     answer(line);
     * });
     * connection.inMessage(lines.isInside());
     * }
     *
     * @param isInside true if a message has begun and is not complete
     */
    void inMessage(boolean isInside);

    /**
     * Pauses reading until {@link #resumeReading()}. The call of the handler that is running gets no more bytes. A
     * reset, or a write that fails, ends the connection meanwhile if no bytes of the peer wait to be read; if some do,
     * they are handled first.
     */
    void pauseReading();

    /** Resumes reading. Bytes that the handler has left unread are given to it again in a later call. */
    void resumeReading();

    /**
     * Sends the end of the stream after all bytes that were written. The peer can send on; when its end has come too,
     * the connection closes.
     */
    void shutdownOutput();

    /**
     * Closes in good order: flushes all bytes that were written, and sends the end of the stream. The socket is closed
     * when the peer has acknowledged them, and has sent its own end or let a second pass. Bytes that arrive meanwhile
     * are dropped. The handler gets nothing more but {@link ConnectionHandler#onClosed}. Closing again does nothing. If
     * the peer takes and acknowledges nothing for {@link ConnectionConfig#closeTimeout()}, the connection ends with an
     * {@link IdleTimeoutException}.
     *
     * @param cause what {@link ConnectionHandler#onClosed} gets if nothing else ends the connection first, such as a
     *     violation of the protocol that was answered; it is not reported. Null for good order
     */
    void close(Throwable cause);

    /** Closes in good order as {@link #close(Throwable)}, without a cause. */
    default void close() {
        close(null);
    }

    /**
     * Ends the connection at once: closes the socket; pending bytes are dropped.
     *
     * @param cause what {@link ConnectionHandler#onClosed} gets, such as a violation of the protocol; it is not
     *     reported to the {@link io.github.epoll4j.reactor.loop.FailureHandler}. Null for good order
     */
    void closeNow(Throwable cause);

    /** Ends the connection at once as {@link #closeNow(Throwable)}, in good order. */
    default void closeNow() {
        closeNow(null);
    }

    /**
     * Resets the connection: pending bytes, also those in the kernel, are dropped, and a TCP peer gets a RST. {@link
     * ConnectionHandler#onClosed} gets null.
     */
    void reset();
}
