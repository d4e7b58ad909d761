package io.github.epoll4j.net;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.internal.io.Transfer;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A connected, non-blocking socket that carries a stream of bytes each way.
 *
 * <p>A read or write moves what it can and returns at once: the number of bytes, 0 if it would block, and for a read -1
 * at the end of the stream. Less than the whole buffer is normal. With an empty buffer both return 0 without a system
 * call. They allocate nothing.
 *
 * <p>Direct buffers and native segments go to the kernel as they are. Other buffers are copied, at most 64 KB for one
 * call, through memory that grows by need, of which each platform thread has its own and virtual threads share a few.
 *
 * <p>An exception for ECONNRESET or EPIPE has no stack trace, since a peer can cause any number of them.
 *
 * <p>Thread-safe: one thread may read while another writes; two readers, or two writers, each move their own bytes, in
 * an unspecified order. A buffer belongs to one call at a time.
 *
 * <p>Ownership: the caller closes the socket.
 */
public abstract sealed class StreamSocket extends SocketFd permits TcpStream, UnixStream {
    StreamSocket(int fd, int family) {
        super(fd, family);
    }

    /**
     * {@code recv(2)}: reads what has arrived into the buffer's remaining space, and advances its position.
     *
     * @param buffer where the bytes go
     * @return the number of bytes; 0 if none has arrived, or the buffer is full; -1 at the end of the stream
     * @throws ErrnoException ECONNRESET if the peer reset the connection; ETIMEDOUT; ECONNREFUSED and the like if a
     *     connection attempt failed
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/recv.2.html">recv(2)</a>
     */
    public final int read(ByteBuffer buffer) throws ErrnoException {
        int fd = acquire();
        try {
            return Transfer.RECV.move(fd, buffer);
        } finally {
            release();
        }
    }

    /**
     * {@code recv(2)}: reads what has arrived into a segment, from its beginning.
     *
     * @param buffer where the bytes go
     * @return the number of bytes; 0 if none has arrived, or the segment is empty; -1 at the end of the stream
     * @throws ErrnoException as {@link #read(ByteBuffer)}
     * @throws IllegalArgumentException if the segment is read-only
     * @throws IllegalStateException if this socket, or the segment's arena, is closed
     */
    public final long read(MemorySegment buffer) throws ErrnoException {
        return read(buffer, 0, buffer.byteSize());
    }

    /**
     * {@code recv(2)}: reads what has arrived into a part of a segment.
     *
     * @param buffer where the bytes go
     * @param offset where the first one goes, in bytes
     * @param length how many there are at most
     * @return the number of bytes; 0 if none has arrived, or the length is 0; -1 at the end of the stream
     * @throws ErrnoException as {@link #read(ByteBuffer)}
     * @throws IndexOutOfBoundsException if the part is not within the segment
     * @throws IllegalArgumentException if the segment is read-only
     * @throws IllegalStateException if this socket, or the segment's arena, is closed
     */
    public final long read(MemorySegment buffer, long offset, long length) throws ErrnoException {
        int fd = acquire();
        try {
            return Transfer.RECV.move(fd, buffer, offset, length);
        } finally {
            release();
        }
    }

    /**
     * {@code recv(2)}: reads what has arrived into a buffer of the calling loop, behind the bytes that are unread. It
     * looks up nothing of the thread.
     *
     * @param buffer where the bytes go; {@link ReadBuffer#buffer()} then has them
     * @return the number of bytes; 0 if none has arrived, or the buffer is full of unread bytes; -1 at the end of the
     *     stream
     * @throws ErrnoException as {@link #read(ByteBuffer)}
     * @throws IllegalStateException if this socket is closed
     */
    public final int read(ReadBuffer buffer) throws ErrnoException {
        int fd = acquire();
        try {
            return (int) Transfer.RECV.answer(fd, buffer.fill(Transfer.RECV, fd));
        } finally {
            release();
        }
    }

    /**
     * {@code recvmsg(2)}: reads what has arrived into several parts of memory, in their order, and advances the array.
     *
     * @param buffers where the bytes go
     * @return the number of bytes; 0 if none has arrived, or nothing is remaining; -1 at the end of the stream
     * @throws ErrnoException as {@link #read(ByteBuffer)}
     * @throws IllegalArgumentException if a part is read-only
     * @throws IllegalStateException if this socket is closed, or another thread uses the array
     * @see <a href="https://man7.org/linux/man-pages/man2/recvmsg.2.html">recvmsg(2)</a>
     */
    public final long read(IoVectors buffers) throws ErrnoException {
        int fd = acquire();
        try {
            return buffers.hasRemaining()
                    ? Transfer.RECVMSG.answer(fd, buffers.move(Transfer.RECVMSG, fd, true, 0))
                    : 0;
        } finally {
            release();
        }
    }

    /**
     * {@code recv(MSG_PEEK)}: returns whether a byte can be read, and leaves it in the socket. Bytes that arrived
     * before a reset come first; after them the error is thrown and cleared, as by a read. If the end of the stream
     * arrived before the reset, the result is -1, and the error stays.
     *
     * @return 1 if there is one; 0 if none has arrived; -1 at the end of the stream
     * @throws ErrnoException as {@link #read(ByteBuffer)}
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/recv.2.html">recv(2)</a>
     */
    public final int peek() throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            long result = Transfer.RECV.move(state, fd, state.scratch(), 1, socket_h.MSG_PEEK);
            if (result < 0 && result != -Errno.EAGAIN) {
                throw Transfer.failure("recv", "MSG_PEEK, fd=" + fd, (int) -result);
            }
            return result == 0 ? -1 : Math.max(0, (int) result);
        } finally {
            release();
        }
    }

    /**
     * {@code send(2)}: writes as much of the buffer's remaining bytes as the socket takes, and advances its position.
     * The call raises no SIGPIPE (MSG_NOSIGNAL).
     *
     * @param buffer the bytes
     * @return the number of bytes taken; 0 if it would block, or nothing is remaining
     * @throws ErrnoException EPIPE if the peer is gone, or the output was shut down; ECONNRESET if the peer reset the
     *     connection; ETIMEDOUT; ENOBUFS; ENOMEM
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/send.2.html">send(2)</a>
     */
    public final int write(ByteBuffer buffer) throws ErrnoException {
        int fd = acquire();
        try {
            return Transfer.SEND.move(fd, buffer);
        } finally {
            release();
        }
    }

    /**
     * {@code send(2)}: writes as much of a segment, from its beginning, as the socket takes.
     *
     * @param buffer the bytes
     * @return the number of bytes taken; 0 if it would block, or the segment is empty
     * @throws ErrnoException as {@link #write(ByteBuffer)}
     * @throws IllegalStateException if this socket, or the segment's arena, is closed
     */
    public final long write(MemorySegment buffer) throws ErrnoException {
        return write(buffer, 0, buffer.byteSize());
    }

    /**
     * {@code send(2)}: writes as much of a part of a segment as the socket takes.
     *
     * @param buffer the bytes
     * @param offset where the first one lies, in bytes
     * @param length how many there are
     * @return the number of bytes taken; 0 if it would block, or the length is 0
     * @throws ErrnoException as {@link #write(ByteBuffer)}
     * @throws IndexOutOfBoundsException if the part is not within the segment
     * @throws IllegalStateException if this socket, or the segment's arena, is closed
     */
    public final long write(MemorySegment buffer, long offset, long length) throws ErrnoException {
        int fd = acquire();
        try {
            return Transfer.SEND.move(fd, buffer, offset, length);
        } finally {
            release();
        }
    }

    /**
     * {@code sendmsg(2)}: writes the remaining bytes of several buffers, in their order, as far as the socket takes
     * them. The positions advance.
     *
     * <p>One call takes from at most 1024 buffers that are not empty (IOV_MAX), and at most 64 KB from those that are
     * not direct or whose memory belongs to an {@link java.lang.foreign.Arena}. What is beyond remains for the next.
     *
     * <p>A buffer that occurs twice is sent twice, each time with what remained when the call began. Its position then
     * stands in the last occurrence that was taken from, so that after a part was taken the array does not describe the
     * rest any more: put a {@linkplain ByteBuffer#duplicate() duplicate} into it where that can happen.
     *
     * @param buffers the buffers; heap and direct ones may be mixed
     * @param offset  the index of the first to write
     * @param length  how many to write
     * @return the number of bytes taken; 0 if it would block, or nothing is remaining
     * @throws ErrnoException as {@link #write(ByteBuffer)}
     * @throws IndexOutOfBoundsException if the part is not within the array
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/sendmsg.2.html">sendmsg(2)</a>
     */
    public final long write(ByteBuffer[] buffers, int offset, int length) throws ErrnoException {
        int fd = acquire();
        try {
            return Transfer.gather(fd, buffers, offset, length, 0);
        } finally {
            release();
        }
    }

    /**
     * {@code sendmsg(2)}: gathers the remaining bytes of several buffers, as
     * {@link #write(ByteBuffer[], int, int)} of all of them.
     *
     * @param buffers the buffers; heap and direct ones may be mixed
     * @return the number of bytes taken; 0 if it would block, or nothing is remaining
     * @throws ErrnoException as {@link #write(ByteBuffer)}
     * @throws IllegalStateException if this socket is closed
     */
    public final long write(ByteBuffer... buffers) throws ErrnoException {
        return write(buffers, 0, buffers.length);
    }

    /**
     * {@code sendmsg(2)}: writes several parts of memory, in their order, as far as the socket takes them, and advances
     * the array. One call passes at most 1024 parts (IOV_MAX).
     *
     * @param buffers the bytes
     * @return the number of bytes taken; 0 if it would block, or nothing is remaining
     * @throws ErrnoException as {@link #write(ByteBuffer)}
     * @throws IllegalStateException if this socket is closed, or another thread uses the array
     * @see <a href="https://man7.org/linux/man-pages/man2/sendmsg.2.html">sendmsg(2)</a>
     */
    public final long write(IoVectors buffers) throws ErrnoException {
        return write(buffers, 0);
    }

    private long write(IoVectors buffers, int flags) throws ErrnoException {
        int fd = acquire();
        try {
            return buffers.hasRemaining()
                    ? Transfer.SENDMSG.orWouldBlock(fd, buffers.move(Transfer.SENDMSG, fd, false, flags))
                    : 0;
        } finally {
            release();
        }
    }

    /**
     * {@code send(MSG_MORE)}: writes like {@link #write(ByteBuffer)}, and announces that more follows. TCP then keeps
     * back a segment that is not full, for at most 200 ms; the next write without the flag sends it. A Unix socket
     * ignores the flag.
     *
     * @param buffer the bytes
     * @return the number of bytes taken; 0 if it would block, or nothing is remaining
     * @throws ErrnoException as {@link #write(ByteBuffer)}
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/send.2.html">send(2)</a>
     */
    public final int writeMore(ByteBuffer buffer) throws ErrnoException {
        int fd = acquire();
        try {
            return Transfer.SEND.move(fd, buffer, socket_h.MSG_MORE);
        } finally {
            release();
        }
    }

    /**
     * {@code sendmsg(MSG_MORE)}: gathers like {@link #write(ByteBuffer[], int, int)}, and announces that more follows,
     * as {@link #writeMore(ByteBuffer)}.
     *
     * @param buffers the buffers; heap and direct ones may be mixed
     * @param offset  the index of the first to write
     * @param length  how many to write
     * @return the number of bytes taken; 0 if it would block, or nothing is remaining
     * @throws ErrnoException as {@link #write(ByteBuffer)}
     * @throws IndexOutOfBoundsException if the part is not within the array
     * @throws IllegalStateException if this socket is closed
     */
    public final long writeMore(ByteBuffer[] buffers, int offset, int length) throws ErrnoException {
        int fd = acquire();
        try {
            return Transfer.gather(fd, buffers, offset, length, socket_h.MSG_MORE);
        } finally {
            release();
        }
    }

    /**
     * {@code sendmsg(MSG_MORE)}: gathers like {@link #write(IoVectors)}, and announces that more follows, as
     * {@link #writeMore(ByteBuffer)}.
     *
     * @param buffers the bytes
     * @return the number of bytes taken; 0 if it would block, or nothing is remaining
     * @throws ErrnoException as {@link #write(ByteBuffer)}
     * @throws IllegalStateException if this socket is closed, or another thread uses the array
     */
    public final long writeMore(IoVectors buffers) throws ErrnoException {
        return write(buffers, socket_h.MSG_MORE);
    }

    /**
     * {@code sendfile(2)}: sends a part of a file, which is not copied to the process. The position of the file does
     * not matter and does not change. The JVM ignores the SIGPIPE that a broken stream raises.
     *
     * <p>The end of the file is -1, as of a read, and not 0: a file that is shorter than expected would otherwise look
     * like a socket that is full.
     *
     * @param file   a file that can be mapped, such as a regular one
     * @param offset where the first byte lies, in bytes, 0 or more
     * @param count  how many bytes at most; the kernel takes no more than 2,147,479,552 at once
     * @return the number of bytes taken; 0 if it would block, or the count is 0; -1 if the offset is at the end of the
     *     file or behind it
     * @throws ErrnoException as {@link #write(ByteBuffer)}; EINVAL if the file cannot be mapped; EBADF if it is not
     *     open for reading; ESPIPE if it has no positions; EIO; EOVERFLOW
     * @throws IllegalArgumentException if offset or count is negative
     * @throws IllegalStateException if this socket, or the file, is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/sendfile.2.html">sendfile(2)</a>
     */
    public final long sendFile(OwnedFd file, long offset, long count) throws ErrnoException {
        if (offset < 0 || count < 0) {
            throw new IllegalArgumentException("offset " + offset + ", count " + count);
        }
        int fd = acquire();
        try {
            int from = file.acquire();
            try {
                return count == 0 ? 0 : Transfer.file(fd, from, offset, count);
            } finally {
                file.release();
            }
        } finally {
            release();
        }
    }

    /**
     * {@code ioctl(FIONREAD)}: returns how many bytes can be read at once. The first such call in a JVM takes some 10
     * ms for its preparation: make one before a loop needs it.
     *
     * @return the number of bytes
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</a>
     */
    public final int available() throws ErrnoException {
        int fd = acquire();
        try {
            return FdCalls.ioctlInt(fd, unistd_h.FIONREAD, "FIONREAD");
        } finally {
            release();
        }
    }

    /**
     * {@code ioctl(SIOCOUTQ)}: returns how many bytes were written and have not reached the peer. Of TCP these are the
     * bytes without an acknowledgement, of a Unix socket the memory of those that the peer did not read. The first such
     * call in a JVM takes some 10 ms for its preparation: make one before a loop needs it.
     *
     * @return the number of bytes
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</a>
     */
    public final int unsent() throws ErrnoException {
        int fd = acquire();
        try {
            return FdCalls.ioctlInt(fd, unistd_h.TIOCOUTQ, "SIOCOUTQ"); // the same number
        } finally {
            release();
        }
    }

    /**
     * {@code shutdown(SHUT_RD)}: ends reading. Bytes that have arrived can still be read, then comes the end of the
     * stream. A TCP peer does not notice, and bytes that it sends later can be read nevertheless. A Unix peer's writes
     * throw EPIPE.
     *
     * @throws ErrnoException ENOTCONN if the socket is not connected (any more)
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/shutdown.2.html">shutdown(2)</a>
     */
    public final void shutdownInput() throws ErrnoException {
        shutdown(socket_h.SHUT_RD, "SHUT_RD");
    }

    /**
     * {@code shutdown(SHUT_WR)}: ends writing. The peer reads what was written, then the end of the stream;
     * this socket can go on reading. A write fails with EPIPE from now on.
     *
     * @throws ErrnoException ENOTCONN if the socket is not connected (any more)
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/shutdown.2.html">shutdown(2)</a>
     */
    public final void shutdownOutput() throws ErrnoException {
        shutdown(socket_h.SHUT_WR, "SHUT_WR");
    }

    private void shutdown(int how, String name) throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            ErrnoException.check(state.result(socket_h.shutdown(state.errno(), fd, how)), "shutdown", name);
        } finally {
            release();
        }
    }
}
