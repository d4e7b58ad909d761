package io.github.epoll4j;

import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.CloseHooks;
import io.github.epoll4j.internal.io.FdCalls;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * An open file descriptor and the duty to close it: the base of all classes of this library that open one.
 *
 * <p>The kernel reuses the number of a closed descriptor for the next file. A call that runs while another thread
 * closes the number could therefore act on another file. An owner prevents that: each call {@linkplain #acquire()
 * holds} the number, {@link #close()} refuses new calls, and the last holder closes the number.
 *
 * <p>An owner that becomes unreachable without {@code close()} leaks its descriptor: use try-with-resources.
 *
 * <p>Thread-safe. Ownership: the number that {@link #fd()} returns is borrowed. Do not close it, and do not use it
 * after {@link #close()}.
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
    private final boolean isBorrowed;
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
        this(fd, false);
    }

    /**
     * Takes or borrows an open descriptor.
     *
     * @param fd         the number of an open descriptor, 0 or more
     * @param isBorrowed true if the number stays open when this object is closed
     * @throws IllegalArgumentException if the number is negative
     */
    protected OwnedFd(int fd, boolean isBorrowed) {
        if (fd < 0) {
            throw new IllegalArgumentException("not a descriptor: " + fd);
        }
        this.fd = fd;
        this.isBorrowed = isBorrowed;
    }

    /**
     * Returns the number of the descriptor, to pass it to a wait or to other code.
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
     * Returns true until {@link #close()} or {@link #detach()} is called.
     *
     * @return true while the descriptor may be used
     */
    public final boolean isOpen() {
        return state >= 0;
    }

    /**
     * {@code fcntl(F_DUPFD_CLOEXEC)}: opens a second number for the same open file, which stays open until both are
     * closed. Both share the file position and flags such as {@code O_NONBLOCK}.
     *
     * <p>For epoll they are two descriptors: each is added on its own, and a registration lasts until {@code delete} or
     * the close of the <em>last</em> duplicate, not of the number that was added.
     *
     * <p>For the methods of a type adopt it: {@code EventFd.adopt(counter.duplicate())}.
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
     * {@code close(2)}: closes the descriptor, or leaves that to the calls that hold it at the moment. Waits of this
     * library on the descriptor end. Closing it again has no effect.
     *
     * <p>Never waits: if other calls hold the number, {@link #isOpen()} is false at once, and the last
     * {@link #release()} closes the number.
     *
     * <p>The number is free after close(2), whatever it returns: {@code EINTR} and {@code EIO} are not retried and not
     * reported.
     *
     * @throws IllegalStateException if other code closed the number ({@code EBADF}), a mistake in the program that can
     *     affect any other file
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
                CloseHooks.closing(this, fd);
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
        CloseHooks.released(this, fd);
        return fd;
    }

    /**
     * Holds the number for a call: it stays open until {@link #release()}. Needed for the caller's own calls only; the
     * methods of this library do it themselves. Calls may nest.
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
     * Ends a hold of {@link #acquire()}. The last holder of a closed owner closes the number.
     *
     * @throws IllegalStateException if no call holds the number, or other code closed it, as {@link #close()}
     */
    public final void release() {
        int before;
        do {
            before = state;
            if ((before & ~CLOSED) == 0) {
                throw new IllegalStateException("release without acquire: " + this);
            }
        } while (!STATE.weakCompareAndSet(this, before, before - 1));
        if (before == (CLOSED | 1)) {
            try {
                if (!isBorrowed) {
                    FdCalls.close(fd);
                }
            } finally {
                CloseHooks.released(this, fd);
            }
        }
    }

    /**
     * Creates the exception for a call on a closed owner.
     *
     * @return an exception whose message names the class
     */
    protected final IllegalStateException closedException() {
        return new IllegalStateException(getClass().getSimpleName() + " is closed");
    }

    /**
     * Returns the class and the number.
     *
     * @return such as {@code EventFd[fd=7]}
     */
    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + (isOpen() ? "fd=" + fd : "closed") + "]";
    }
}
