package io.github.epoll4j.fd;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.FdCalls;
import java.io.IOException;

/** The common part of the two ends of a pipe. */
abstract class PipeEnd extends OwnedFd {
    PipeEnd(int fd) {
        super(fd);
    }

    /** Checks that a number is a pipe without the other access mode, and sets it to non-blocking and close-on-exec. */
    static int adopt(int fd, int other, String end) throws IOException {
        FdKind.PIPE.require(fd);
        int flags = ErrnoException.check(FdCalls.fcntl(fd, unistd_h.F_GETFL, 0), "fcntl", "F_GETFL, fd=" + fd);
        if ((flags & (unistd_h.O_WRONLY | unistd_h.O_RDWR)) == other) {
            throw new IllegalArgumentException(
                    "fd=" + fd + " is not the " + end + " end of a pipe: it is the other end");
        }
        FdCalls.setNonBlockingAndCloseOnExec(fd);
        return fd;
    }

    /**
     * {@code fcntl(F_GETPIPE_SZ)}: returns the capacity of the pipe, 65536 bytes unless the user has too many pipes.
     *
     * @return the number of bytes
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalStateException if this end is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/fcntl.2.html">fcntl(2)</a>
     */
    public final int capacity() throws ErrnoException {
        return fcntl(unistd_h.F_GETPIPE_SZ, 0, "F_GETPIPE_SZ");
    }

    /**
     * {@code fcntl(F_SETPIPE_SZ)}: changes the capacity of the pipe.
     *
     * @param bytes the least capacity; the kernel rounds it up to a power of two of pages
     * @return the new capacity in bytes
     * @throws ErrnoException EPERM above {@code /proc/sys/fs/pipe-max-size} (1 MB by default) without
     *     CAP_SYS_RESOURCE; EBUSY if the pipe holds more bytes; EINVAL if it is negative or 0; ENOMEM
     * @throws IllegalStateException if this end is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/fcntl.2.html">fcntl(2)</a>
     */
    public final int capacity(int bytes) throws ErrnoException {
        return fcntl(unistd_h.F_SETPIPE_SZ, bytes, "F_SETPIPE_SZ, " + bytes);
    }

    private int fcntl(int command, int argument, String text) throws ErrnoException {
        int fd = acquire();
        try {
            return ErrnoException.check(FdCalls.fcntl(fd, command, argument), "fcntl", text);
        } finally {
            release();
        }
    }
}
