package io.github.epoll4j.fd;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.internal.io.Transfer;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A pipe: bytes that are written to one descriptor can be read from another one.
 *
 * <p>A read or write moves what it can and answers at once: the number of bytes, 0 if it would block, and for a read -1
 * at the end of the stream. They allocate nothing. Direct buffers and native segments go to the kernel as they are;
 * other buffers are copied, at most 64 KB for one call.
 *
 * <p>The read end is readable while there are bytes, and hung up (EPOLLHUP, without EPOLLIN if nothing is left) once
 * the write end is closed. The write end is writable while there is room, and in error (EPOLLERR) once the read end is
 * closed.
 *
 * <p>write(2) to a pipe that nobody reads raises SIGPIPE; the JVM ignores that signal, and the call throws EPIPE.
 *
 * <p>Thread-safe: any thread may read, write and close. A buffer belongs to one call at a time. Ownership: the caller
 * closes both ends, by {@link #close()} or one by one.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/pipe.7.html">pipe(7)</a>
 */
public final class Pipe implements AutoCloseable {
    private final ReadEnd reader;
    private final WriteEnd writer;

    private Pipe(ReadEnd reader, WriteEnd writer) {
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
            return new Pipe(new ReadEnd(readFd), new WriteEnd(writeFd));
        }
    }

    /**
     * Gives the number of the descriptor to read from.
     *
     * @return the number, valid until the read end is closed
     * @throws IllegalStateException if the read end is closed
     */
    public int readFd() {
        return reader.number();
    }

    /**
     * Gives the number of the descriptor to write to.
     *
     * @return the number, valid until the write end is closed
     * @throws IllegalStateException if the write end is closed
     */
    public int writeFd() {
        return writer.number();
    }

    /**
     * {@code read(2)}: reads what is there into the buffer's remaining space, and advances its position.
     *
     * @param buffer where the bytes go
     * @return the number of bytes; 0 if there are none, or the buffer is full; -1 once the write end is closed and
     *     everything is read
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws IllegalStateException if the read end is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/read.2.html">read(2)</a>
     */
    public int read(ByteBuffer buffer) throws ErrnoException {
        return reader.read(buffer);
    }

    /**
     * {@code read(2)}: reads what is there into a segment, from its beginning.
     *
     * @param buffer where the bytes go
     * @return the number of bytes; 0 if there are none, or the segment is empty; -1 once the write end is closed and
     *     everything is read
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalArgumentException if the segment is read-only
     * @throws IllegalStateException if the read end, or the segment's arena, is closed
     */
    public long read(MemorySegment buffer) throws ErrnoException {
        return reader.read(buffer, 0, buffer.byteSize());
    }

    /**
     * {@code read(2)}: reads what is there into a part of a segment.
     *
     * @param buffer where the bytes go
     * @param offset where the first one goes, in bytes
     * @param length how many there are at most
     * @return the number of bytes; 0 if there are none, or the length is 0; -1 once the write end is closed and
     *     everything is read
     * @throws ErrnoException if the kernel refuses it
     * @throws IndexOutOfBoundsException if the part is not within the segment
     * @throws IllegalArgumentException if the segment is read-only
     * @throws IllegalStateException if the read end, or the segment's arena, is closed
     */
    public long read(MemorySegment buffer, long offset, long length) throws ErrnoException {
        return reader.read(buffer, offset, length);
    }

    /**
     * {@code write(2)}: writes as much of the buffer's remaining bytes as the pipe takes, and advances its position. Up
     * to 4096 bytes (PIPE_BUF) are taken together or not at all.
     *
     * @param buffer the bytes
     * @return the number of bytes taken; 0 if it would block, or nothing is remaining
     * @throws ErrnoException EPIPE if the read end is closed
     * @throws IllegalStateException if the write end is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/write.2.html">write(2)</a>
     */
    public int write(ByteBuffer buffer) throws ErrnoException {
        return writer.write(buffer);
    }

    /**
     * {@code write(2)}: writes as much of a segment, from its beginning, as the pipe takes.
     *
     * @param buffer the bytes
     * @return the number of bytes taken; 0 if it would block, or the segment is empty
     * @throws ErrnoException EPIPE if the read end is closed
     * @throws IllegalStateException if the write end, or the segment's arena, is closed
     */
    public long write(MemorySegment buffer) throws ErrnoException {
        return writer.write(buffer, 0, buffer.byteSize());
    }

    /**
     * {@code write(2)}: writes as much of a part of a segment as the pipe takes.
     *
     * @param buffer the bytes
     * @param offset where the first one lies, in bytes
     * @param length how many there are
     * @return the number of bytes taken; 0 if it would block, or the length is 0
     * @throws ErrnoException EPIPE if the read end is closed
     * @throws IndexOutOfBoundsException if the part is not within the segment
     * @throws IllegalStateException if the write end, or the segment's arena, is closed
     */
    public long write(MemorySegment buffer, long offset, long length) throws ErrnoException {
        return writer.write(buffer, offset, length);
    }

    /**
     * {@code fcntl(F_GETPIPE_SZ)}: asks how many bytes the pipe holds; 65536 unless the user has too many pipes.
     *
     * @return the number of bytes
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalStateException if the write end is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/fcntl.2.html">fcntl(2)</a>
     */
    public int capacity() throws ErrnoException {
        return writer.capacity();
    }

    /** {@code close(2)}: closes the read end; a write then throws EPIPE. Closing again does nothing. */
    public void closeRead() {
        reader.close();
    }

    /** {@code close(2)}: closes the write end; a read then ends the stream. Closing again does nothing. */
    public void closeWrite() {
        writer.close();
    }

    /**
     * Tells whether the read end is open.
     *
     * @return true until it is closed
     */
    public boolean isReadOpen() {
        return reader.isOpen();
    }

    /**
     * Tells whether the write end is open.
     *
     * @return true until it is closed
     */
    public boolean isWriteOpen() {
        return writer.isOpen();
    }

    /** Closes both ends. Closing again does nothing. */
    @Override
    public void close() {
        try {
            writer.close();
        } finally {
            reader.close();
        }
    }

    /**
     * Describes the pipe for a log.
     *
     * @return both ends
     */
    @Override
    public String toString() {
        return "Pipe[" + reader + ", " + writer + "]";
    }

    /** An owner that names itself as the user knows it. */
    private abstract static class End extends OwnedFd {
        private final int number;
        private final String name;

        End(int fd, String name) {
            super(fd);
            number = fd;
            this.name = name;
        }

        final int number() {
            if (!isOpen()) {
                throw closed();
            }
            return number;
        }

        final int hold() {
            if (!tryAcquire()) {
                throw closed();
            }
            return number;
        }

        private IllegalStateException closed() {
            return new IllegalStateException("the pipe's " + name + " is closed");
        }

        @Override
        public String toString() {
            return name + (isOpen() ? " fd=" + number : " closed");
        }
    }

    private static final class ReadEnd extends End {
        ReadEnd(int fd) {
            super(fd, "read end");
        }

        int read(ByteBuffer buffer) throws ErrnoException {
            int fd = hold();
            try {
                return Transfer.READ.move(fd, buffer);
            } finally {
                release();
            }
        }

        long read(MemorySegment buffer, long offset, long length) throws ErrnoException {
            int fd = hold();
            try {
                return Transfer.READ.move(fd, buffer, offset, length);
            } finally {
                release();
            }
        }
    }

    private static final class WriteEnd extends End {
        WriteEnd(int fd) {
            super(fd, "write end");
        }

        int write(ByteBuffer buffer) throws ErrnoException {
            int fd = hold();
            try {
                return Transfer.WRITE.move(fd, buffer);
            } finally {
                release();
            }
        }

        long write(MemorySegment buffer, long offset, long length) throws ErrnoException {
            int fd = hold();
            try {
                return Transfer.WRITE.move(fd, buffer, offset, length);
            } finally {
                release();
            }
        }

        int capacity() throws ErrnoException {
            int fd = hold();
            try {
                int size = FdCalls.fcntl(fd, unistd_h.F_GETPIPE_SZ, 0);
                return ErrnoException.check(size, "fcntl", "F_GETPIPE_SZ");
            } finally {
                release();
            }
        }
    }
}
