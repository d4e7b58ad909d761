package io.github.epoll4j.poll;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.poll.poll_h;
import io.github.epoll4j.internal.io.Timeouts;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * Waits for the descriptors of a {@link PollFdArray} with {@code poll}.
 *
 * <p>EINTR is retried with the remaining time. A number that is not open is reported as POLLNVAL in its own entry. A
 * negative number is skipped.
 *
 * <p>Thread-safe if the array is not shared. A wait blocks in native code and pins a virtual thread to its carrier.
 * Neither {@link Thread#interrupt} nor closing a descriptor in another thread ends a wait: add an
 * {@link io.github.epoll4j.fd.EventFd} to the array to wake the waiting thread. The signal mask of {@code ppoll} is not
 * offered: block the signals and add a {@link io.github.epoll4j.fd.SignalFd}.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/poll.2.html">poll(2)</a>
 */
public final class Poll {
    private Poll() {
    }

    /**
     * {@code poll} with a timeout of -1: waits without limit until an entry is ready.
     *
     * @param fds the entries; their {@code revents} are overwritten
     * @return the number of ready entries
     * @throws ErrnoException EINVAL if there are more entries than the process may have descriptors (RLIMIT_NOFILE);
     *     ENOMEM
     * @throws IllegalStateException if the array is closed
     */
    public static int poll(PollFdArray fds) throws ErrnoException {
        return poll(fds, Timeouts.NO_LIMIT);
    }

    /**
     * {@code poll} with a timeout in milliseconds.
     *
     * @param fds           the entries; their {@code revents} are overwritten
     * @param timeoutMillis the longest time to wait, in milliseconds; 0 returns at once. May return slightly later,
     *     never earlier.
     * @return the number of ready entries; 0 on timeout
     * @throws ErrnoException EINVAL if there are more entries than the process may have descriptors (RLIMIT_NOFILE);
     *     ENOMEM
     * @throws IllegalArgumentException if the timeout is negative; {@link #poll(PollFdArray)} has no limit
     * @throws IllegalStateException if the array is closed
     */
    public static int pollMillis(PollFdArray fds, long timeoutMillis) throws ErrnoException {
        return poll(fds, Timeouts.ofMillis(timeoutMillis));
    }

    /**
     * Waits like {@link #poll(PollFdArray, Duration)} with a timeout in nanoseconds.
     *
     * @param fds          the entries; their {@code revents} are overwritten
     * @param timeoutNanos the longest time to wait, in nanoseconds; 0 returns at once. May return slightly later, never
     *     earlier.
     * @return the number of ready entries; 0 on timeout
     * @throws ErrnoException EINVAL if there are more entries than the process may have descriptors (RLIMIT_NOFILE);
     *     ENOMEM
     * @throws IllegalArgumentException if the timeout is negative; {@link #poll(PollFdArray)} has no limit
     * @throws IllegalStateException if the array is closed
     */
    public static int pollNanos(PollFdArray fds, long timeoutNanos) throws ErrnoException {
        return poll(fds, Timeouts.ofNanos(timeoutNanos));
    }

    /**
     * {@code poll} for a timeout of whole milliseconds, {@code ppoll} for one that needs nanoseconds.
     *
     * @param fds     the entries; their {@code revents} are overwritten
     * @param timeout the longest time to wait; zero returns at once. May return slightly later, never earlier.
     * @return the number of ready entries; 0 on timeout
     * @throws ErrnoException EINVAL if there are more entries than the process may have descriptors (RLIMIT_NOFILE);
     *     ENOMEM
     * @throws IllegalArgumentException if the timeout is negative
     * @throws IllegalStateException if the array is closed
     */
    public static int poll(PollFdArray fds, Duration timeout) throws ErrnoException {
        return poll(fds, Timeouts.nanos(timeout));
    }

    private static int poll(PollFdArray fds, long timeoutNanos) throws ErrnoException {
        int count = fds.size();
        int result = await(fds.state(), fds.begin(count), count, timeoutNanos);
        fds.end(result);
        if (result < 0) {
            throw new ErrnoException("poll", "nfds=" + count, -result);
        }
        return result;
    }

    /** Waits once: by {@code poll} for whole milliseconds, by {@code ppoll} for other and for very long times. */
    private static int once(CallState state, MemorySegment fds, int nfds, long timeoutNanos) {
        return state.result(Timeouts.isWholeMillis(timeoutNanos) && timeoutNanos <= Timeouts.LONGEST_MILLIS_NANOS
                ? poll_h.poll(state.errno(), fds, nfds, Timeouts.ceilMillis(timeoutNanos))
                : poll_h.ppoll(state.errno(), fds, nfds, Timeouts.timespec(state, timeoutNanos), MemorySegment.NULL));
    }

    /** Retries EINTR with the remaining time. */
    private static int await(CallState state, MemorySegment fds, int nfds, long timeoutNanos) {
        long start = Timeouts.start(timeoutNanos);
        long left = timeoutNanos;
        while (true) {
            int result = once(state, fds, nfds, left);
            if (result != -Errno.EINTR) {
                return result;
            }
            left = Timeouts.left(timeoutNanos, start);
        }
    }
}
