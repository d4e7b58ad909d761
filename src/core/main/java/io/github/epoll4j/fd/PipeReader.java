package io.github.epoll4j.fd;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.FileOwner;
import io.github.epoll4j.internal.io.Transfer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * The read end of a {@link Pipe} or FIFO. It is readable while there are bytes, and hung up (EPOLLHUP) once the write
 * end is closed.
 *
 * <p>Thread-safe. A buffer belongs to one call at a time. Ownership: the caller closes it; a write then throws EPIPE.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/pipe.7.html">pipe(7)</a>
 */
public final class PipeReader extends PipeEnd {
    PipeReader(int fd) {
        super(fd);
    }

    /**
     * {@code fcntl(F_SETFL, O_NONBLOCK)}: takes ownership of the read end of a pipe, or of a FIFO, that other code
     * opened. Sets it to non-blocking, which duplicates share, and close-on-exec.
     *
     * @param fd the number of an open descriptor; it stays the caller's if this throws
     * @return its owner, to be closed by the caller
     * @throws ErrnoException EBADF if the number is not open
     * @throws IOException if {@code /proc} is not mounted
     * @throws IllegalArgumentException if it is of another kind, or the other end
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static PipeReader adopt(int fd) throws IOException {
        return new PipeReader(adopt(fd, unistd_h.O_WRONLY, "read"));
    }

    /**
     * Takes ownership of the read end of a pipe, or of a FIFO  that arrived as a {@link FileFd}, like {@link
     * #adopt(int)}.
     *
     * @param file the owner, closed afterwards; it stays the caller's and open if this throws
     * @return the new owner, to be closed by the caller
     * @throws ErrnoException as {@link #adopt(int)}
     * @throws IOException if {@code /proc} is not mounted
     * @throws IllegalArgumentException if it is of another kind, or the other end, or borrowed
     * @throws IllegalStateException if the file is closed, or a call holds its number at the moment
     */
    public static PipeReader adopt(FileFd file) throws IOException {
        return FileOwner.pass(file, PipeReader::adopt);
    }

    /**
     * {@code read(2)}: reads into the buffer's remaining space, and advances its position.
     *
     * @param buffer the destination
     * @return the number of bytes; 0 if there are none, or the buffer is full; -1 once the write end is closed and all
     *     bytes are read
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws IllegalStateException if this end is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/read.2.html">read(2)</a>
     */
    public int read(ByteBuffer buffer) throws ErrnoException {
        int fd = acquire();
        try {
            return Transfer.READ.move(fd, buffer);
        } finally {
            release();
        }
    }

    /**
     * {@code read(2)}: reads into a segment, from its beginning.
     *
     * @param buffer the destination
     * @return the number of bytes; 0 if there are none, or the segment is empty; -1 once the write end is closed and
     *     all bytes are read
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalArgumentException if the segment is read-only
     * @throws IllegalStateException if this end, or the segment's arena, is closed
     */
    public long read(MemorySegment buffer) throws ErrnoException {
        return read(buffer, 0, buffer.byteSize());
    }

    /**
     * {@code read(2)}: reads into a part of a segment.
     *
     * @param buffer the destination
     * @param offset the offset of the first byte
     * @param length the largest number of bytes
     * @return the number of bytes; 0 if there are none, or the length is 0; -1 once the write end is closed and all
     *     bytes are read
     * @throws ErrnoException if the kernel refuses it
     * @throws IndexOutOfBoundsException if the part is not within the segment
     * @throws IllegalArgumentException if the segment is read-only
     * @throws IllegalStateException if this end, or the segment's arena, is closed
     */
    public long read(MemorySegment buffer, long offset, long length) throws ErrnoException {
        int fd = acquire();
        try {
            return Transfer.READ.move(fd, buffer, offset, length);
        } finally {
            release();
        }
    }
}
