package io.github.epoll4j.fd;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.eventfd.eventfd_h;
import io.github.epoll4j.internal.io.FileOwner;
import io.github.epoll4j.internal.io.Transfer;
import java.io.IOException;

/**
 * A 64-bit counter in the kernel as a descriptor: readable while it is above zero, writable while it is below the
 * maximum.
 *
 * <p>It is the cheapest way to wake a thread that waits in select, poll or epoll. Under edge trigger every write is an
 * edge of its own, so a wake-up need not be read.
 *
 * <p>Thread-safe.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/eventfd.2.html">eventfd(2)</a>
 */
public final class EventFd extends OwnedFd {
    /** The largest value of the counter: 2<sup>64</sup> - 2, unsigned. */
    public static final long MAX_VALUE = -2L;

    private EventFd(int fd) {
        super(fd);
    }

    /**
     * {@code eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)}: opens a counter with the value 0.
     *
     * @return the counter, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE, ENODEV or ENOMEM
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static EventFd open() throws ErrnoException {
        return open(0);
    }

    /**
     * {@code eventfd(initval, EFD_CLOEXEC | EFD_NONBLOCK)}: opens a counter. A read returns its value and sets it to 0.
     *
     * @param initialValue the counter's first value, an unsigned 32-bit number
     * @return the counter, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE, ENODEV or ENOMEM
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static EventFd open(int initialValue) throws ErrnoException {
        Platform.require();
        return open(initialValue, eventfd_h.EFD_NONBLOCK | eventfd_h.EFD_CLOEXEC);
    }

    /**
     * {@code eventfd(initval, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE)}: opens a counter. A read subtracts 1.
     *
     * @param initialValue the counter's first value, an unsigned 32-bit number
     * @return the counter, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE, ENODEV or ENOMEM
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static EventFd openSemaphore(int initialValue) throws ErrnoException {
        Platform.require();
        return open(initialValue, eventfd_h.EFD_NONBLOCK | eventfd_h.EFD_CLOEXEC | eventfd_h.EFD_SEMAPHORE);
    }

    /**
     * {@code fcntl(F_SETFL, O_NONBLOCK)}: takes ownership of a counter that other code opened. Sets it to non-blocking,
     * which duplicates share, and close-on-exec.
     *
     * @param fd the number of an open descriptor; it stays the caller's if this throws
     * @return its owner, to be closed by the caller
     * @throws ErrnoException EBADF if the number is not open
     * @throws IOException if {@code /proc} is not mounted
     * @throws IllegalArgumentException if it is of another kind
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static EventFd adopt(int fd) throws IOException {
        return new EventFd(FdKind.EVENTFD.adopt(fd));
    }

    /**
     * Takes ownership of a counter that arrived as a {@link FileFd}, like {@link #adopt(int)}.
     *
     * @param file the owner, closed afterwards; it stays the caller's and open if this throws
     * @return the new owner, to be closed by the caller
     * @throws ErrnoException as {@link #adopt(int)}
     * @throws IOException if {@code /proc} is not mounted
     * @throws IllegalArgumentException if it is of another kind, or borrowed
     * @throws IllegalStateException if the file is closed, or a call holds its number at the moment
     */
    public static EventFd adopt(FileFd file) throws IOException {
        return FileOwner.pass(file, EventFd::adopt);
    }

    private static EventFd open(int initialValue, int flags) throws ErrnoException {
        try (CallState state = CallState.take()) {
            int fd = state.result(eventfd_h.eventfd(state.errno(), initialValue, flags));
            if (fd < 0) {
                throw new ErrnoException("eventfd", Integer.toUnsignedString(initialValue), -fd);
            }
            return new EventFd(fd);
        }
    }

    /**
     * {@code read(2)}: returns the counter's value and sets it to 0; of a semaphore, returns 1 and subtracts 1.
     *
     * @return the value before (1 of a semaphore), unsigned; 0 if the counter is 0
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalStateException if this counter is closed
     */
    public long read() throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            long result = Transfer.READ.move(state, fd, state.scratch(), Long.BYTES, 0);
            return Transfer.READ.orWouldBlock(fd, result) == 0 ? 0 : state.bytes().getLong(0);
        } finally {
            release();
        }
    }

    /**
     * {@code write(2)}: adds to the counter, which wakes the threads that wait for it to be readable.
     *
     * @param value the number to add, unsigned; anything but 2<sup>64</sup> - 1
     * @return true if it was added; false if the sum would exceed {@link #MAX_VALUE}, without a change
     * @throws ErrnoException EINVAL if the value is 2<sup>64</sup> - 1
     * @throws IllegalStateException if this counter is closed
     */
    public boolean write(long value) throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            state.bytes().putLong(0, value);
            long result = Transfer.WRITE.move(state, fd, state.scratch(), Long.BYTES, 0);
            if (result == -Errno.EAGAIN) {
                return false;
            }
            if (result < 0) {
                throw new ErrnoException("write", "fd=" + fd + ", value=" + Long.toUnsignedString(value),
                        (int) -result);
            }
            return true;
        } finally {
            release();
        }
    }
}
