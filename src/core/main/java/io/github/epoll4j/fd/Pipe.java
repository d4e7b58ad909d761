package io.github.epoll4j.fd;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A pipe: bytes that are written to one descriptor can be read from another one.
 *
 * <p>Each end is an owner of its own, {@link #reader()} and {@link #writer()}. The methods here are short for theirs.
 *
 * <p>Reads and writes move what they can in one call and never block. They allocate nothing. Direct buffers and native
 * segments are passed to the kernel as they are. Other buffers are copied, at most 64 KB for each call.
 *
 * <p>Thread-safe. A buffer belongs to one call at a time. Ownership: the caller closes both ends, by {@link #close()}
 * or one by one.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/pipe.7.html">pipe(7)</a>
 */
public final class Pipe implements AutoCloseable {
    private final PipeReader reader;
    private final PipeWriter writer;

    private Pipe(PipeReader reader, PipeWriter writer) {
        this.reader = reader;
        this.writer = writer;
    }

    /**
     * {@code pipe2(O_CLOEXEC | O_NONBLOCK)}: opens a pipe.
     *
     * @return the pipe, to be closed by the caller
     * @throws ErrnoException EMFILE or ENFILE
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/pipe.2.html">pipe2(2)</a>
     */
    public static Pipe open() throws ErrnoException {
        Platform.require();
        try (CallState state = CallState.take()) {
            int result = state.result(
                    unistd_h.pipe2(state.errno(), state.scratch(), unistd_h.O_CLOEXEC | unistd_h.O_NONBLOCK));
            ErrnoException.check(result, "pipe2", "O_CLOEXEC|O_NONBLOCK");
            int readFd = state.bytes().getInt(0);
            int writeFd = state.bytes().getInt(Integer.BYTES);
            return new Pipe(new PipeReader(readFd), new PipeWriter(writeFd));
        }
    }

    /**
     * Returns the owner of the read end.
     *
     * @return the read end, open or closed
     */
    public PipeReader reader() {
        return reader;
    }

    /**
     * Returns the owner of the write end.
     *
     * @return the write end, open or closed
     */
    public PipeWriter writer() {
        return writer;
    }

    /**
     * Returns the number of the descriptor to read from.
     *
     * @return the number, valid until the read end is closed
     * @throws IllegalStateException if the read end is closed
     */
    public int readFd() {
        return reader.fd();
    }

    /**
     * Returns the number of the descriptor to write to.
     *
     * @return the number, valid until the write end is closed
     * @throws IllegalStateException if the write end is closed
     */
    public int writeFd() {
        return writer.fd();
    }

    /**
     * {@code read(2)}, see {@link PipeReader#read(ByteBuffer)}.
     *
     * @param buffer the destination
     * @return the number of bytes; 0 if there are none, or the buffer is full; -1 once the write end is closed and all
     *     bytes are read
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws IllegalStateException if the read end is closed
     */
    public int read(ByteBuffer buffer) throws ErrnoException {
        return reader.read(buffer);
    }

    /**
     * {@code read(2)}, see {@link PipeReader#read(MemorySegment)}.
     *
     * @param buffer the destination
     * @return the number of bytes; 0 if there are none, or the segment is empty; -1 once the write end is closed and
     *     all bytes are read
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalArgumentException if the segment is read-only
     * @throws IllegalStateException if the read end, or the segment's arena, is closed
     */
    public long read(MemorySegment buffer) throws ErrnoException {
        return reader.read(buffer);
    }

    /**
     * {@code read(2)}, see {@link PipeReader#read(MemorySegment, long, long)}.
     *
     * @param buffer the destination
     * @param offset the offset of the first byte
     * @param length the largest number of bytes
     * @return the number of bytes; 0 if there are none, or the length is 0; -1 once the write end is closed and all
     *     bytes are read
     * @throws ErrnoException if the kernel refuses it
     * @throws IndexOutOfBoundsException if the part is not within the segment
     * @throws IllegalArgumentException if the segment is read-only
     * @throws IllegalStateException if the read end, or the segment's arena, is closed
     */
    public long read(MemorySegment buffer, long offset, long length) throws ErrnoException {
        return reader.read(buffer, offset, length);
    }

    /**
     * {@code write(2)}, see {@link PipeWriter#write(ByteBuffer)}.
     *
     * @param buffer the bytes
     * @return the number of bytes; 0 if the call would block, or none is remaining
     * @throws ErrnoException EPIPE if the read end is closed
     * @throws IllegalStateException if the write end is closed
     */
    public int write(ByteBuffer buffer) throws ErrnoException {
        return writer.write(buffer);
    }

    /**
     * {@code write(2)}, see {@link PipeWriter#write(MemorySegment)}.
     *
     * @param buffer the bytes
     * @return the number of bytes; 0 if the call would block, or the segment is empty
     * @throws ErrnoException EPIPE if the read end is closed
     * @throws IllegalStateException if the write end, or the segment's arena, is closed
     */
    public long write(MemorySegment buffer) throws ErrnoException {
        return writer.write(buffer);
    }

    /**
     * {@code write(2)}, see {@link PipeWriter#write(MemorySegment, long, long)}.
     *
     * @param buffer the bytes
     * @param offset the offset of the first byte
     * @param length the number of bytes
     * @return the number of bytes; 0 if the call would block, or the length is 0
     * @throws ErrnoException EPIPE if the read end is closed
     * @throws IndexOutOfBoundsException if the part is not within the segment
     * @throws IllegalStateException if the write end, or the segment's arena, is closed
     */
    public long write(MemorySegment buffer, long offset, long length) throws ErrnoException {
        return writer.write(buffer, offset, length);
    }

    /**
     * {@code fcntl(F_GETPIPE_SZ)}, see {@link PipeWriter#capacity()}.
     *
     * @return the number of bytes
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalStateException if the write end is closed
     */
    public int capacity() throws ErrnoException {
        return writer.capacity();
    }

    /** {@code close(2)}: closes the read end; a write then throws EPIPE. Closing it again has no effect. */
    public void closeRead() {
        reader.close();
    }

    /** {@code close(2)}: closes the write end; a read then ends the stream. Closing it again has no effect. */
    public void closeWrite() {
        writer.close();
    }

    /** {@code close(2)}: closes both ends. Closing them again has no effect. */
    @Override
    public void close() {
        try {
            writer.close();
        } finally {
            reader.close();
        }
    }

    /**
     * Returns both ends as text.
     *
     * @return such as {@code Pipe[PipeReader[fd=7], PipeWriter[fd=8]]}
     */
    @Override
    public String toString() {
        return "Pipe[" + reader + ", " + writer + "]";
    }
}
