package io.github.epoll4j.select;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.select.select_h;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.internal.io.Timeouts;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * Waits for sets of descriptors with {@code select}.
 *
 * <p>Differences from C:
 *
 * <ul>
 * <li>The first argument is computed from the sets.
 * <li>EINTR is retried with the remaining time.
 * <li>The timeout is never changed. Linux writes the remaining time back to it.
 * <li>A number beyond the process's descriptor table is reported as EBADF, like any other number that is not open.
 *     Linux ignores such numbers and leaves their bits set, as if they were ready.
 * </ul>
 *
 * <p>Thread-safe if the sets are not shared. A wait blocks in native code and pins a virtual thread to its carrier.
 * Neither {@link Thread#interrupt} nor closing a descriptor in another thread ends a wait: add an
 * {@link io.github.epoll4j.fd.EventFd} to the read set to wake the waiting thread. The signal mask of {@code pselect}
 * is not offered: block the signals and add a {@link io.github.epoll4j.fd.SignalFd}.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/select.2.html">select(2)</a>
 */
public final class Select {
    /** A lower bound of the descriptor table's size: 64 from the start, and it never shrinks. */
    private static volatile int knownTableSize = Long.SIZE;

    private Select() {
    }

    /**
     * {@code select} with a null timeout: waits without limit until a descriptor is ready.
     *
     * @param read   descriptors to read from, or null; overwritten with those that have data, a connection to accept,
     *     the end of the stream, an error or a hang-up
     * @param write  descriptors to write to, or null; overwritten with those that have buffer space, or an error
     * @param except descriptors to watch for urgent data, or null; overwritten with those that have it
     * @return the number of bits set in all sets together
     * @throws ErrnoException EBADF if a number is not an open descriptor, with the number in the message and the sets
     *     unchanged; ENOMEM
     * @throws IllegalArgumentException if one set is passed twice
     */
    public static int select(FdSet read, FdSet write, FdSet except) throws ErrnoException {
        return select(read, write, except, Timeouts.NO_LIMIT);
    }

    /**
     * {@code select} with a timeout in milliseconds.
     *
     * @param read          descriptors to read from, or null; overwritten with those that are ready
     * @param write         descriptors to write to, or null; overwritten with those that are ready
     * @param except        descriptors to watch for urgent data, or null; overwritten with those that have it
     * @param timeoutMillis the longest time to wait, in milliseconds; 0 returns at once. May return slightly later,
     *     never earlier.
     * @return the number of bits set in all sets together; 0 on timeout, with all sets empty
     * @throws ErrnoException EBADF if a number is not an open descriptor, with the sets unchanged; ENOMEM
     * @throws IllegalArgumentException if the timeout is negative, or one set is passed twice
     */
    public static int selectMillis(FdSet read, FdSet write, FdSet except, long timeoutMillis) throws ErrnoException {
        return select(read, write, except, Timeouts.ofMillis(timeoutMillis));
    }

    /**
     * Waits like {@link #select(FdSet, FdSet, FdSet, Duration)} with a timeout in nanoseconds.
     *
     * @param read         descriptors to read from, or null; overwritten with those that are ready
     * @param write        descriptors to write to, or null; overwritten with those that are ready
     * @param except       descriptors to watch for urgent data, or null; overwritten with those that have it
     * @param timeoutNanos the longest time to wait, in nanoseconds; 0 returns at once. May return slightly later, never
     *     earlier.
     * @return the number of bits set in all sets together; 0 on timeout, with all sets empty
     * @throws ErrnoException EBADF if a number is not an open descriptor, with the sets unchanged; ENOMEM
     * @throws IllegalArgumentException if the timeout is negative, or one set is passed twice
     */
    public static int selectNanos(FdSet read, FdSet write, FdSet except, long timeoutNanos) throws ErrnoException {
        return select(read, write, except, Timeouts.ofNanos(timeoutNanos));
    }

    /**
     * {@code select} for a timeout of whole microseconds, {@code pselect} for one that needs nanoseconds. With three
     * nulls it sleeps.
     *
     * @param read    descriptors to read from, or null; overwritten with those that are ready
     * @param write   descriptors to write to, or null; overwritten with those that are ready
     * @param except  descriptors to watch for urgent data, or null; overwritten with those that have it
     * @param timeout the longest time to wait; zero returns at once. May return slightly later, never earlier.
     * @return the number of bits set in all sets together; 0 on timeout, with all sets empty
     * @throws ErrnoException EBADF if a number is not an open descriptor, with the sets unchanged; ENOMEM
     * @throws IllegalArgumentException if the timeout is negative, or one set is passed twice
     */
    public static int select(FdSet read, FdSet write, FdSet except, Duration timeout) throws ErrnoException {
        return select(read, write, except, Timeouts.nanos(timeout));
    }

    private static int select(FdSet read, FdSet write, FdSet except, long timeoutNanos) throws ErrnoException {
        Platform.require();
        if (read != null && (read == write || read == except) || write != null && write == except) {
            throw new IllegalArgumentException("each of the three sets needs memory of its own");
        }
        int nfds = Math.max(Math.max(highest(read), highest(write)), highest(except)) + 1;
        int result = requireInTable(nfds - 1);
        if (result >= 0) {
            result = await(nfds, begin(read, nfds), begin(write, nfds), begin(except, nfds), timeoutNanos);
        }
        if (result < 0) {
            String member = result == -Errno.EBADF ? closedMember(read, write, except) : "";
            throw new ErrnoException("select", "nfds=" + nfds + member, -result);
        }
        return result;
    }

    /** Returns the first member that is not open, as text; empty if another thread has opened it since. */
    private static String closedMember(FdSet... sets) {
        for (FdSet set : sets) {
            for (int fd = set == null ? -1 : set.next(0); fd >= 0; fd = set.next(fd + 1)) {
                if (FdCalls.fcntl(fd, unistd_h.F_GETFD, 0) < 0) {
                    return ", fd=" + fd;
                }
            }
        }
        return "";
    }

    /**
     * Returns -EBADF for a number beyond the descriptor table, which the kernel would ignore. An open number is within
     * the table, and so are all numbers below it.
     */
    private static int requireInTable(int highest) {
        if (highest < knownTableSize) {
            return 0;
        }
        int result = FdCalls.fcntl(highest, unistd_h.F_GETFD, 0);
        if (result >= 0) {
            knownTableSize = highest + 1;
        }
        return result;
    }

    /** Retries EINTR with the remaining time. The kernel leaves the sets unchanged then. */
    private static int await(int nfds, MemorySegment read, MemorySegment write, MemorySegment except,
            long timeoutNanos) {
        long start = Timeouts.start(timeoutNanos);
        long left = timeoutNanos;
        try (CallState state = CallState.take()) {
            while (true) {
                int result = once(state, nfds, read, write, except, left);
                if (result != -Errno.EINTR) {
                    return result;
                }
                left = Timeouts.left(timeoutNanos, start);
            }
        }
    }

    /** Waits once: by {@code select} for whole microseconds, by {@code pselect} for other times. */
    private static int once(CallState state, int nfds, MemorySegment read, MemorySegment write, MemorySegment except,
            long timeoutNanos) {
        return state.result(Timeouts.isWholeMicros(timeoutNanos)
                ? select_h.select(state.errno(), nfds, read, write, except, Timeouts.timeval(state, timeoutNanos))
                : select_h.pselect(state.errno(), nfds, read, write, except, Timeouts.timespec(state, timeoutNanos),
                        MemorySegment.NULL));
    }

    private static int highest(FdSet set) {
        return set == null ? -1 : set.highest();
    }

    private static MemorySegment begin(FdSet set, int nfds) {
        return set == null ? MemorySegment.NULL : set.begin(nfds);
    }
}
