package io.github.epoll4j.fd;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.Transfer;

/**
 * Moves bytes between a pipe and another descriptor within the kernel, without a copy to the process.
 *
 * <p>A proxy moves from one socket into a pipe, and from the pipe into the other socket:
 *
 * {@snippet :
 * long in = Splice.splice(from, pipe.writer(), 65536);      // -1 at the end of the stream
 * long out = Splice.splice(pipe.reader(), to, in);          // the pipe keeps what the socket does not take
 * }
 *
 * <p>Thread-safe.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/splice.2.html">splice(2)</a>
 */
public final class Splice {
    private Splice() {
    }

    /**
     * {@code splice(SPLICE_F_MOVE | SPLICE_F_NONBLOCK)}: moves what is there.
     *
     * @param in  where the bytes come from; it is at its own position, if it has one
     * @param out where they go; one of the two must be a pipe
     * @param max how many bytes at most
     * @return the number of bytes; 0 if it would block on either side, or the most is 0; -1 at the end of the input
     * @throws ErrnoException EINVAL if neither is a pipe, or a file does not support it, or is open for appending;
     *     EPIPE if a pipe has no reader, or the output was shut down; EBADF if one cannot be read or written; what
     *     reads and writes of the two throw; ENOMEM
     * @throws IllegalArgumentException if the number of bytes is negative
     * @throws IllegalStateException if one is closed
     */
    public static long splice(OwnedFd in, OwnedFd out, long max) throws ErrnoException {
        return splice(in, out, max, 0);
    }

    /**
     * {@code splice(SPLICE_F_MORE)}: moves what is there, and announces that more follows. TCP then keeps back a
     * segment that is not full, for at most 200 ms.
     *
     * @param in  where the bytes come from
     * @param out where they go; one of the two must be a pipe
     * @param max how many bytes at most
     * @return as {@link #splice(OwnedFd, OwnedFd, long)}
     * @throws ErrnoException as {@link #splice(OwnedFd, OwnedFd, long)}
     * @throws IllegalArgumentException if the number of bytes is negative
     * @throws IllegalStateException if one is closed
     */
    public static long spliceMore(OwnedFd in, OwnedFd out, long max) throws ErrnoException {
        return splice(in, out, max, unistd_h.SPLICE_F_MORE);
    }

    private static long splice(OwnedFd in, OwnedFd out, long max, int flags) throws ErrnoException {
        if (max < 0) {
            throw new IllegalArgumentException("a negative number of bytes: " + max);
        }
        int from = in.acquire();
        try {
            int to = out.acquire();
            try {
                return max == 0 ? 0 : Transfer.splice(
                        from, to, max, unistd_h.SPLICE_F_MOVE | unistd_h.SPLICE_F_NONBLOCK | flags);
            } finally {
                out.release();
            }
        } finally {
            in.release();
        }
    }
}
