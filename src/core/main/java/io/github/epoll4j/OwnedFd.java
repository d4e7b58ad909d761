package io.github.epoll4j;

import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.FdCalls;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * An open file descriptor and the duty to close it; the base of every class here that opens one.
 *
 * <p>A descriptor is a small number that the kernel gives to the next file as soon as it is closed. A call that runs
 * while another thread closes the number may therefore hit a stranger's file. An {@code OwnedFd} rules that out: each
 * call of its subclasses {@linkplain #acquire() holds} the number, {@link #close()} refuses newcomers, and the number
 * is given back by whoever leaves last.
 *
 * <p>An owner that is forgotten keeps its descriptor open for good: use try-with-resources.
 *
 * <p>Thread-safe: any thread may close at any time. Ownership: the number that {@link #fd()} gives is borrowed; whoever
 * passes it on must not close it, and must not use it after {@link #close()}.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/close.2.html">close(2)</a>
 */
public abstract class OwnedFd implements AutoCloseable {
    private static final VarHandle STATE;
    private static final int CLOSED = 1 << 31;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(OwnedFd.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int fd;
    /** The number of calls that hold the descriptor, and the CLOSED bit. */
    @SuppressWarnings("unused") // through STATE
    private volatile int state;

    /**
     * Takes ownership of an open descriptor.
     *
     * @param fd the number of an open descriptor, 0 or more
     * @throws IllegalArgumentException if the number is negative
     */
    protected OwnedFd(int fd) {
        if (fd < 0) {
            throw new IllegalArgumentException("not a descriptor: " + fd);
        }
        this.fd = fd;
    }

    /**
     * Gives the number of the descriptor, to register it with {@code epoll}, put it into a set or array, or pass it on.
     *
     * @return the number, valid until {@link #close()}
     * @throws IllegalStateException if this owner is closed
     */
    public final int fd() {
        if (!isOpen()) {
            throw closedException();
        }
        return fd;
    }

    /**
     * Tells whether {@link #close()} has not been called yet.
     *
     * @return true while the descriptor may be used
     */
    public final boolean isOpen() {
        return state >= 0;
    }

    /**
     * {@code fcntl(F_DUPFD_CLOEXEC)}: opens a second number for the same open file, which stays open until both are
     * closed. The two share file position and flags such as {@code O_NONBLOCK}.
     *
     * <p>For epoll they are two: each is added on its own, and a registration lasts until {@code delete} or the close
     * of the <em>last</em> duplicate, not of the number that was added.
     *
     * <p>For the methods of a type adopt the number: {@code EventFd.adopt(counter.duplicate().detach())}.
     *
     * @return the owner of the second number, close-on-exec, to be closed by the caller
     * @throws ErrnoException EMFILE; EBADF if an adopted number is not open
     * @throws IllegalStateException if this owner is closed
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/fcntl.2.html">fcntl(2)</a>
     */
    public final FileFd duplicate() throws ErrnoException {
        Platform.require();
        int result;
        int original = acquire();
        try {
            result = FdCalls.fcntl(original, unistd_h.F_DUPFD_CLOEXEC, 0);
        } finally {
            release();
        }
        if (result < 0) {
            throw new ErrnoException("fcntl", "F_DUPFD_CLOEXEC, fd=" + original, -result);
        }
        return FileFd.adopt(result);
    }

    /**
     * Closes the descriptor, or leaves that to the calls that run on it at this moment. Closing again does nothing.
     *
     * <p>Whatever close(2) answers, the number is free afterwards on Linux: {@code EINTR} and {@code EIO} are not
     * retried and not reported.
     *
     * @throws IllegalStateException if somebody else has closed the number ({@code EBADF}), which is a mistake in the
     *     program that can hit any other file
     */
    @Override
    public void close() {
        int before;
        do {
            before = state;
            if (before < 0) {
                return;
            }
        } while (!STATE.compareAndSet(this, before, (before + 1) | CLOSED));
        try {
            if (before > 0) {
                interruptUsers(fd);
            }
        } finally {
            release();
        }
    }

    /**
     * Passes the duty to close the descriptor to the caller. This owner is closed afterwards; the number stays open.
     *
     * @return the number, owned by the caller
     * @throws IllegalStateException if this owner is closed, or a call holds the number at the moment: the caller could
     *     close it during the call
     */
    public final int detach() {
        if (!STATE.compareAndSet(this, 0, CLOSED)) {
            throw isOpen() ? new IllegalStateException(this + " is in use") : closedException();
        }
        released();
        return fd;
    }

    /**
     * Holds the number for a call: until {@link #release()} nobody closes it. For those who pass it to calls of their
     * own; the methods of this library do it themselves. Calls may nest.
     *
     * @return the number
     * @throws IllegalStateException if this owner is closed
     */
    public final int acquire() {
        if (!tryAcquire()) {
            throw closedException();
        }
        return fd;
    }

    /**
     * Holds the number like {@link #acquire()}, if this owner is not closed.
     *
     * @return false if it is closed; there is nothing to release then
     */
    protected final boolean tryAcquire() {
        int before;
        do {
            before = state;
            if (before < 0) {
                return false;
            }
        } while (!STATE.weakCompareAndSet(this, before, before + 1));
        return true;
    }

    /**
     * Ends what {@link #acquire()} began; the last one to leave a closed owner closes the number.
     *
     * @throws IllegalStateException if somebody else has closed the number, as {@link #close()}
     */
    public final void release() {
        if ((int) STATE.getAndAdd(this, -1) == (CLOSED | 1)) {
            try {
                closeNumber(fd);
            } finally {
                released();
            }
        }
    }

    /**
     * Called once by {@link #close()} when other calls hold the number; a subclass whose calls block wakes them here.
     * The number is still open, and {@link #isOpen()} is false already.
     *
     * @param fd the number
     */
    protected void interruptUsers(int fd) {
    }

    /**
     * Closes the number; called once, when the last holder of a closed owner leaves. A subclass overrides it for a
     * number that is not its own.
     *
     * @param fd the number
     * @throws IllegalStateException if other code has closed the number
     */
    protected void closeNumber(int fd) {
        FdCalls.close(fd);
    }

    /**
     * Called once, after the number was given back; a subclass closes here what belongs to it.
     */
    protected void released() {
    }

    /**
     * Counts the calls that hold the number at this moment, {@link #close()} included.
     *
     * @return the count, 0 or more
     */
    protected final int users() {
        return state & ~CLOSED;
    }

    /**
     * Makes what is thrown by a call on a closed owner.
     *
     * @return an exception that names the class
     */
    protected final IllegalStateException closedException() {
        return new IllegalStateException(getClass().getSimpleName() + " is closed");
    }

    /**
     * Describes the descriptor for a log.
     *
     * @return the class and the number, such as {@code EventFd[fd=7]}
     */
    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + (isOpen() ? "fd=" + fd : "closed") + "]";
    }
}
