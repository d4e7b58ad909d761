package io.github.epoll4j;

import java.io.IOException;
import java.io.Serial;

/**
 * Thrown when a system call fails with an {@code errno} that is not one of its expected outcomes.
 *
 * <p>The message names the call, its arguments and the error, as in
 * {@code epoll_ctl(ADD, fd=7, EPOLLIN): EEXIST (File exists)}.
 *
 * <p>ECONNRESET and EPIPE of reads and writes of streams have no stack trace. A peer can cause them at any rate, and a
 * stack trace costs microseconds and kilobytes, more with each frame of the stack.
 */
public sealed class ErrnoException extends IOException {
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
     * Returns an exception without a stack trace, for a failure that a peer causes. The message is complete.
     *
     * @param syscall   the C name of the call, such as {@code recv}
     * @param arguments the arguments that help to find the fault; empty for none
     * @param errno     the number that the call left in {@code errno}, positive
     * @return the exception, with an empty stack trace
     */
    public static ErrnoException withoutStackTrace(String syscall, String arguments, int errno) {
        return new Traceless(syscall, arguments, errno);
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

    /** IOException has no constructor that switches the stack trace off. */
    private static final class Traceless extends ErrnoException {
        @Serial
        private static final long serialVersionUID = 1L;

        Traceless(String syscall, String arguments, int errno) {
            super(syscall, arguments, errno);
        }

        @Override
        public Throwable fillInStackTrace() {
            return this;
        }

        @Override
        public String toString() {
            return ErrnoException.class.getName() + ": " + getMessage();
        }
    }
}
