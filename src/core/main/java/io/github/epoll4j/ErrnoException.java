package io.github.epoll4j;

import java.io.IOException;
import java.io.Serial;

/**
 * Thrown when a system call fails with an {@code errno} that is not one of its expected outcomes.
 *
 * <p>The message names the call, its arguments and the error, as in
 * {@code epoll_ctl(ADD, fd=7, EPOLLIN): EEXIST (File exists)}.
 */
public final class ErrnoException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The C name of the call. */
    private final String syscall;
    /** The value of errno after the call, positive. */
    private final int errno;

    /**
     * Creates an exception for a failed call.
     *
     * @param syscall   the C name of the call, such as {@code epoll_ctl}
     * @param arguments the arguments that help to find the fault, such as {@code ADD, fd=7}; empty for none
     * @param errno     the value of {@code errno} after the call, positive
     */
    public ErrnoException(String syscall, String arguments, int errno) {
        super(syscall + "(" + arguments + "): " + Errno.describe(errno));
        this.syscall = syscall;
        this.errno = errno;
    }

    /**
     * Returns the result of a call, or throws if it failed. Results have the kernel's form, {@code -errno} for a
     * failure.
     *
     * @param result    the result of a call: {@code >= 0}, or {@code -errno}
     * @param syscall   the C name of the call, such as {@code epoll_ctl}
     * @param arguments the arguments that help to find the fault; empty for none
     * @return the result, {@code >= 0}
     * @throws ErrnoException with the errno of the call, if the result is negative
     */
    public static int check(int result, String syscall, String arguments) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(syscall, arguments, -result);
        }
        return result;
    }

    /**
     * Returns the value of {@code errno} after the call.
     *
     * @return one of the numbers that {@link Errno} names, or another one of the kernel
     */
    public int errno() {
        return errno;
    }

    /**
     * Returns the C name of the call that failed.
     *
     * @return the name, such as {@code epoll_ctl}
     */
    public String syscall() {
        return syscall;
    }
}
