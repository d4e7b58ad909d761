package io.github.epoll4j.internal.io;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.unistd.unistd_h;

/** Calls for descriptors of every kind. */
public final class FdCalls {
    private FdCalls() {
    }

    /**
     * {@code close(2)}, never repeated.
     *
     * @throws IllegalStateException if the number is not open (EBADF); other errors are not reported
     */
    public static void close(int fd) {
        try (CallState state = CallState.take()) {
            if (state.result(unistd_h.close(state.errno(), fd)) == -Errno.EBADF) {
                throw new IllegalStateException("descriptor " + fd + " was closed by other code");
            }
        }
    }

    /**
     * {@code fcntl(2)} with an integer argument.
     *
     * @return the result, or {@code -errno}
     */
    public static int fcntl(int fd, int command, int argument) {
        try (CallState state = CallState.take()) {
            return state.result(unistd_h.fcntl(state.errno(), fd, command, argument));
        }
    }

    /**
     * {@code ioctl(2)} with a pointer to an int that the kernel writes. The first call in a JVM links the function's
     * handle, which takes some 10 ms.
     *
     * @return the int
     */
    public static int ioctlInt(int fd, long request, String name) throws ErrnoException {
        try (CallState state = CallState.take()) {
            int result = state.result(unistd_h.ioctl(state.errno(), fd, request, state.scratch()));
            if (result < 0) {
                throw new ErrnoException("ioctl", name + ", fd=" + fd, -result);
            }
            return state.bytes().getInt(0);
        }
    }

    /** Sets a descriptor to non-blocking and close-on-exec. */
    public static void setNonBlockingAndCloseOnExec(int fd) throws ErrnoException {
        int flags = ErrnoException.check(fcntl(fd, unistd_h.F_GETFL, 0), "fcntl", "F_GETFL, fd=" + fd);
        ErrnoException.check(fcntl(fd, unistd_h.F_SETFL, flags | unistd_h.O_NONBLOCK), "fcntl", "F_SETFL, fd=" + fd);
        setCloseOnExec(fd);
    }

    /** Sets a descriptor to close-on-exec. */
    public static void setCloseOnExec(int fd) throws ErrnoException {
        ErrnoException.check(fcntl(fd, unistd_h.F_SETFD, unistd_h.FD_CLOEXEC), "fcntl", "F_SETFD, fd=" + fd);
    }
}
