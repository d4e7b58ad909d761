package io.github.epoll4j.fd;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.FileOwner;
import io.github.epoll4j.internal.io.Transfer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * The write end of a {@link Pipe} or FIFO. It is writable while the pipe has free space, and in error (EPOLLERR) once
 * the read end is closed.
 *
 * <p>A write to a pipe without a reader raises SIGPIPE; the JVM ignores that signal, and the call throws EPIPE.
 *
 * <p>Thread-safe. A buffer belongs to one call at a time. Ownership: the caller closes it; a read then ends the stream.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/pipe.7.html">pipe(7)</a>
 */
public final class PipeWriter extends PipeEnd {
    PipeWriter(int fd) {
        super(fd);
    }

    /**
     * {@code fcntl(F_SETFL, O_NONBLOCK)}: takes ownership of the write end of a pipe, or of a FIFO, that other code
     * opened. Sets it to non-blocking, which duplicates share, and close-on-exec.
     *
     * @param fd the number of an open descriptor; it stays the caller's if this throws
     * @return its owner, to be closed by the caller
     * @throws ErrnoException EBADF if the number is not open
     * @throws IOException if {@code /proc} is not mounted
     * @throws IllegalArgumentException if it is of another kind, or the other end
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static PipeWriter adopt(int fd) throws IOException {
        return new PipeWriter(adopt(fd, unistd_h.O_RDONLY, "write"));
    }

    /**
     * Takes ownership of the write end of a pipe, or of a FIFO  that arrived as a {@link FileFd}, like {@link
     * #adopt(int)}.
     *
     * @param file the owner, closed afterwards; it stays the caller's and open if this throws
     * @return the new owner, to be closed by the caller
     * @throws ErrnoException as {@link #adopt(int)}
     * @throws IOException if {@code /proc} is not mounted
     * @throws IllegalArgumentException if it is of another kind, or the other end, or borrowed
     * @throws IllegalStateException if the file is closed, or a call holds its number at the moment
     */
    public static PipeWriter adopt(FileFd file) throws IOException {
        return FileOwner.pass(file, PipeWriter::adopt);
    }

    /**
     * {@code write(2)}: writes the buffer's remaining bytes, as far as they fit, and advances its position. Up to 4096
     * bytes (PIPE_BUF) are written together or not at all.
     *
     * @param buffer the bytes
     * @return the number of bytes; 0 if the call would block, or none is remaining
     * @throws ErrnoException EPIPE if the read end is closed
     * @throws IllegalStateException if this end is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/write.2.html">write(2)</a>
     */
    public int write(ByteBuffer buffer) throws ErrnoException {
        int fd = acquire();
        try {
            return Transfer.WRITE.move(fd, buffer);
        } finally {
            release();
        }
    }

    /**
     * {@code write(2)}: writes a segment from its beginning, as far as it fits.
     *
     * @param buffer the bytes
     * @return the number of bytes; 0 if the call would block, or the segment is empty
     * @throws ErrnoException EPIPE if the read end is closed
     * @throws IllegalStateException if this end, or the segment's arena, is closed
     */
    public long write(MemorySegment buffer) throws ErrnoException {
        return write(buffer, 0, buffer.byteSize());
    }

    /**
     * {@code write(2)}: writes a part of a segment, as far as it fits.
     *
     * @param buffer the bytes
     * @param offset the offset of the first byte
     * @param length the number of bytes
     * @return the number of bytes; 0 if the call would block, or the length is 0
     * @throws ErrnoException EPIPE if the read end is closed
     * @throws IndexOutOfBoundsException if the part is not within the segment
     * @throws IllegalStateException if this end, or the segment's arena, is closed
     */
    public long write(MemorySegment buffer, long offset, long length) throws ErrnoException {
        int fd = acquire();
        try {
            return Transfer.WRITE.move(fd, buffer, offset, length);
        } finally {
            release();
        }
    }
}
