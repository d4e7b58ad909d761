package io.github.epoll4j.reactor;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * What goes out on a connection: the socket takes it at once, or the queue holds it.
 *
 * <p>For the loop's thread, but for {@link #pending()} and {@link #write(ByteBuffer, WriteCompletion)}.
 */
final class ConnectionOutput {
    private static final AtomicIntegerFieldUpdater<ConnectionOutput> PENDING =
            AtomicIntegerFieldUpdater.newUpdater(ConnectionOutput.class, "pending");

    private final StreamConnection connection;
    /** Null while it would be empty. */
    private OutboundQueue queue;
    /** Null while nobody waits. */
    private WriteCompletions completions;
    /** Why nothing can be written any more. */
    private ErrnoException failure;
    /** Bytes in the queue and in tasks of other threads. */
    private volatile int pending;

    ConnectionOutput(StreamConnection connection) {
        this.connection = connection;
    }

    int pending() {
        return pending;
    }

    int queued() {
        return queue == null ? 0 : queue.size();
    }

    boolean isEmpty() {
        return queue == null;
    }

    boolean isCongested() {
        return queue != null && queue.isCongested();
    }

    /** Null while the peer may take something. */
    ErrnoException failure() {
        return failure;
    }

    /** From any thread; the completion is null if nobody waits. */
    void write(ByteBuffer data, WriteCompletion completion) {
        if (completion != null) {
            LastCompletions.requireNumber(connection.loop());
        }
        if (connection.loop().inLoop()) {
            write(data, 0, completion);
            return;
        }
        int length = connection.isOpen() ? data.remaining() : 0;
        if (length > 0 || completion != null) {
            Runnable task = taskOf(data, length, completion);
            if (!connection.onLoop(task) && completion != null) {
                LastCompletions.call(LastCompletions.number(connection.loop()), completion, connection, ended());
            }
        }
        data.position(data.limit());
    }

    private Runnable taskOf(ByteBuffer data, int length, WriteCompletion completion) {
        if (length > connection.config.queueLimit() - PENDING.getAndAdd(this, length)) {
            PENDING.getAndAdd(this, -length);
            return () -> refuse(overflow(), completion);
        }
        try {
            ByteBuffer copy = ByteBuffer.allocate(length);
            if (length > 0) {
                copy.put(data).flip();
            }
            return () -> write(copy, length, completion);
        } catch (OutOfMemoryError | InternalError e) {
            PENDING.getAndAdd(this, -length);
            IOException cause = notCopied(e);
            return () -> refuse(cause, completion);
        }
    }

    /** There is no memory to copy to, or the buffer's file has shrunk under its mapping. */
    private static IOException notCopied(Error e) {
        return new IOException("bytes to be written cannot be copied: " + e, e);
    }

    /** So many of the bytes are counted as pending already. */
    private void write(ByteBuffer data, int counted, WriteCompletion completion) {
        int before = queued();
        boolean isAccepted = connection.isOutputOpen() && failure == null;
        IOException refusal = null;
        if (isAccepted) {
            if (before == 0) {
                writeNow(data);
            }
            if (failure == null && data.hasRemaining()) {
                refusal = enqueue(data, counted);
            }
        }
        count(queued() - before, counted);
        data.position(data.limit());
        if (refusal != null) {
            refuse(refusal, completion);
        } else if (completion != null) {
            await(completion, isAccepted ? failure : ended());
        }
        if (isAccepted && failure != null) {
            fail(failure); // after the completion is queued, which comes before the handler's last call
        }
        connection.input().watch();
    }

    /** Only takes note of a failure. */
    private void writeNow(ByteBuffer data) {
        int start = data.position();
        try {
            boolean isTaking = true;
            while (isTaking && data.hasRemaining()) {
                isTaking = connection.socket.write(data) > 0;
            }
        } catch (ErrnoException e) {
            failure = e;
        }
        sent(data.position() - start);
    }

    /** Queues bytes; returns null, or why they are not queued, with which the connection has to end. */
    private IOException enqueue(ByteBuffer data, int counted) {
        try {
            if (queue == null) {
                queue = new OutboundQueue(connection.config);
            }
            boolean isWithin = data.remaining() <= connection.config.queueLimit() - pending + counted;
            return isWithin && queue.add(data) ? null : overflow();
        } catch (OutOfMemoryError | InternalError e) {
            return notCopied(e);
        }
    }

    private void sent(int bytes) {
        if (bytes > 0) {
            connection.loop().metrics().bytesWritten(bytes);
            if (connection.idle != null) {
                connection.idle.wasWritten = true;
            }
        }
    }

    private void count(int queuedChange, int arrived) {
        if (queuedChange != 0) {
            connection.loop().metrics().queued(queuedChange);
        }
        if (queuedChange != arrived) {
            PENDING.getAndAdd(this, queuedChange - arrived);
        }
    }

    private IOException overflow() {
        return new IOException("the peer does not read: more than " + connection.config.queueLimit()
                + " bytes would be queued");
    }

    private void refuse(IOException cause, WriteCompletion completion) {
        if (completion != null) {
            await(completion, cause); // before the handler's last call
        }
        connection.end(cause);
    }

    private void await(WriteCompletion completion, Throwable cause) {
        if (completions == null) {
            completions = new WriteCompletions(connection);
        }
        completions.add(completion, queued(), cause);
    }

    /** After the end: calls those who wait still. */
    void completeAll() {
        if (completions != null) {
            completions.run();
        }
    }

    /** Nobody waits any more. */
    void allCompleted() {
        completions = null;
    }

    /** Writes what is queued, as far as the socket takes it. */
    void flush() {
        if (queue == null) {
            return;
        }
        boolean wasCongested = queue.isCongested();
        int before = queue.size();
        ErrnoException refusal = null;
        try {
            queue.writeTo(connection.socket);
        } catch (ErrnoException e) {
            refusal = e;
        }
        took(before - queue.size());
        if (refusal != null) {
            fail(refusal);
            return;
        }
        if (wasCongested && !isCongested()) {
            connection.becameWritable();
        }
        connection.advance();
    }

    private void took(int bytes) {
        if (queue.isEmpty()) {
            queue = null;
        }
        sent(bytes);
        count(-bytes, 0);
        if (completions != null) {
            completions.took(bytes);
        }
    }

    /** The peer takes nothing any more; what it sent before is still read. */
    private void fail(ErrnoException e) {
        boolean wasCongested = isCongested();
        failure = e;
        discard(e);
        if (e.errno() != Errno.EPIPE && e.errno() != Errno.ECONNRESET || !connection.input().outlivesOutput()) {
            connection.end(e);
        } else if (wasCongested) {
            connection.becameWritable(); // who waits for that has to go on reading
        }
    }

    /** Drops what is queued; the cause is null when this side has ended the connection. */
    void discard(Throwable cause) {
        count(-queued(), 0);
        queue = null;
        if (completions != null) {
            completions.fail(cause != null ? cause : ended());
        }
    }

    private static IOException ended() {
        return new IOException("the connection, or its output, has ended before these bytes were taken");
    }
}
