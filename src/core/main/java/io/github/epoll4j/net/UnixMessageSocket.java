package io.github.epoll4j.net;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.io.ThreadBuffers;
import io.github.epoll4j.internal.io.Transfer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A connected Unix socket that keeps messages whole: one end of a {@link SocketPair} of datagrams or of sequenced
 * packets. Nothing is lost or reordered on the way.
 *
 * <p>A message that is longer than the buffer it is read into is cut to what fits, and the rest is lost without a sign.
 *
 * <p>Thread-safe: each call moves one message. A buffer belongs to one call at a time. Ownership: whoever opened the
 * pair closes it.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public final class UnixMessageSocket extends SocketFd {
    /** Whether there is an end of the stream: sequenced packets have one, datagrams do not. */
    private final boolean hasEnd;

    UnixMessageSocket(int fd, boolean hasEnd) {
        super(fd);
        this.hasEnd = hasEnd;
    }

    /**
     * {@code recvfrom(2)}: reads one message into the buffer's remaining space, and advances its position. What does
     * not fit is lost. It allocates nothing, unless a heap buffer has more than 1 MB.
     *
     * @param buffer where the bytes go
     * @return the number of bytes; 0 if there is no message, or, of datagrams, an empty one; of sequenced packets -1
     *     when the peer is closed, which an empty message cannot be told from: do not send any
     * @throws ErrnoException ECONNRESET if the peer was closed with messages unread; ENOMEM
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/recvfrom.2.html">recvfrom(2)</a>
     */
    public int read(ByteBuffer buffer) throws ErrnoException {
        int fd = acquire();
        try {
            int result = transfer(Transfer.RECVFROM, fd, buffer);
            return result == 0 && hasEnd ? -1 : (int) Transfer.RECVFROM.orWouldBlock(fd, result);
        } finally {
            release();
        }
    }

    /**
     * {@code sendto(2)} without an address: sends the buffer's remaining bytes as one message. It allocates nothing,
     * unless a heap buffer has more than 1 MB.
     *
     * @param buffer the bytes; none gives an empty message
     * @return the number of bytes, which is all; 0 if it would block, or none remained
     * @throws ErrnoException EMSGSIZE if the message is larger than the send buffer; EPIPE if the peer is closed, of
     *     datagrams ECONNREFUSED; ECONNRESET; ENOBUFS; ENOMEM
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/sendto.2.html">sendto(2)</a>
     */
    public int write(ByteBuffer buffer) throws ErrnoException {
        int fd = acquire();
        try {
            return (int) Transfer.SENDTO.orWouldBlock(fd, transfer(Transfer.SENDTO, fd, buffer));
        } finally {
            release();
        }
    }

    /**
     * {@code sendmsg(SCM_RIGHTS)}: sends one message, and passes descriptors with it. The peer gets numbers of its own
     * for the same open files. The owners stay the caller's and are held during the call.
     *
     * @param buffer the bytes; none gives an empty message
     * @param fds    the owners, at most 253
     * @return false if it would block
     * @throws ErrnoException as {@link #write(ByteBuffer)}; EINVAL if there are more than 253 descriptors;
     *     ETOOMANYREFS if more are on their way than the process may have open; EBADF if an adopted number is not open
     * @throws IllegalStateException if this socket, or one of the owners, is closed
     * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
     */
    public boolean send(ByteBuffer buffer, OwnedFd... fds) throws ErrnoException {
        int fd = acquire();
        try {
            long result = PassedFds.send(fd, buffer, Integer.MAX_VALUE, fds);
            return result != -Errno.EAGAIN && PassedFds.sent(fd, result) >= 0;
        } finally {
            release();
        }
    }

    /**
     * {@code recvmsg(MSG_CMSG_CLOEXEC)}: receives one message, and the descriptors that were passed with it. A plain
     * read closes the descriptors that it meets.
     *
     * @param buffer where the bytes go
     * @param fds    where the owners go, close-on-exec, to be closed by the caller: the front of the array. The rest
     *     becomes null
     * @return the number of bytes; -1 if there is no message; of sequenced packets 0 without descriptors when the peer
     *     is closed, or for an empty message
     * @throws ErrnoException as {@link #read(ByteBuffer)}
     * @throws IOException if more descriptors came than the array, or this process, can have (MSG_CTRUNC). Those that
     *     came are closed; the bytes are in the buffer
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
     */
    public int receive(ByteBuffer buffer, FileFd[] fds) throws IOException {
        int fd = acquire();
        try {
            long result = PassedFds.receive(fd, buffer, Integer.MAX_VALUE, fds);
            return result == -Errno.EAGAIN ? -1 : (int) Transfer.RECVMSG.orWouldBlock(fd, result);
        } finally {
            release();
        }
    }

    private static int transfer(Transfer transfer, int fd, ByteBuffer buffer) {
        try (ThreadBuffers thread = ThreadBuffers.take()) {
            return (int) transfer.move(
                    thread, fd, buffer, Integer.MAX_VALUE, 0, MemorySegment.NULL, MemorySegment.NULL, 0);
        }
    }
}
