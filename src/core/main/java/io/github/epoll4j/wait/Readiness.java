package io.github.epoll4j.wait;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.epoll.EpollFlags;
import io.github.epoll4j.fd.FdKind;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.poll.poll_h;
import io.github.epoll4j.internal.gen.poll.pollfd;
import io.github.epoll4j.internal.io.Timeouts;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits of any thread, virtual or platform, until a descriptor of any kind is ready.
 *
 * <p>A wait parks the thread: a virtual thread does not hold its carrier. With the non-blocking reads and writes of
 * this library that is a blocking API, with a time limit, that {@link Thread#interrupt} ends:
 *
 * {@snippet :
 * while ((n = stream.read(buffer)) == 0) {
 *     if (Readiness.await(stream, EPOLLIN, Duration.ofSeconds(2)) == 0) {
 *         throw new TimeoutException();
 *     }
 * }
 * }
 *
 * <p>A wait costs an {@code epoll_ctl(2)} and a share of an {@code epoll_wait(2)}. While the waits for a descriptor
 * find it ready, a wait costs a {@code poll(2)} alone, and allocates nothing.
 *
 * <ul>
 * <li>Readiness is a hint. Another thread, or another process, may have read before the thread that was woken: its read
 *     returns 0, and it waits again. Use non-blocking descriptors.
 * <li>Several threads may wait for one descriptor. They are woken first in, first out, one for each direction; the
 *     others wait on, or are woken in turn while the descriptor is still ready. EPOLLERR and EPOLLHUP wake all of them.
 * <li>{@link OwnedFd#close()} of the descriptor, in any thread, ends the waits with an {@link IllegalStateException}.
 *     The last waiter that leaves closes the number, so no wait is ever on another file. A borrowed number has to be
 *     announced by {@link #closing(int)} before it is closed.
 * <li>An interrupt leaves the descriptor open and as it was, unlike that of a {@code java.nio} channel.
 * <li>Regular files are always ready, and epoll refuses them: they are read without waiting.
 * <li>A FIFO that is opened for reading reads -1, the end, until its first writer has opened it, and is not ready: wait
 *     before the first read.
 * <li>Inside a native frame, such as an upcall, a virtual thread that waits holds its carrier, as with any parking.
 * <li>Virtual threads poll. While other code holds all carriers, no event ends a wait, not in a platform thread
 *     either; its time limit, an interrupt and a close do.
 * </ul>
 *
 * <p>The first wait starts a daemon thread, and an epoll instance with a virtual thread for each processor, rounded
 * down to a power of two. They stay, with one registration for each descriptor that was waited for and is open.
 *
 * <p>Thread-safe. Ownership: descriptors passed in are borrowed, and held during a wait.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/epoll.7.html">epoll(7)</a>
 */
public final class Readiness {
    /** The events that poll reports as well: no flag that changes how epoll reports. */
    private static final int CONDITIONS = EpollFlags.EPOLLIN | EpollFlags.EPOLLPRI | EpollFlags.EPOLLOUT
            | EpollFlags.EPOLLERR | EpollFlags.EPOLLHUP | EpollFlags.EPOLLRDNORM | EpollFlags.EPOLLRDBAND
            | EpollFlags.EPOLLWRNORM | EpollFlags.EPOLLWRBAND | EpollFlags.EPOLLMSG | EpollFlags.EPOLLRDHUP;

    private static final int NOT_BORROWED = -1;

    private Readiness() {
    }

    /**
     * Waits without limit until a descriptor is ready.
     *
     * @param fd     the owner of the descriptor, borrowed
     * @param events the events to wait for: EPOLLIN, EPOLLOUT, EPOLLPRI, EPOLLRDHUP and their kind, see
     *     {@link EpollFlags}. EPOLLERR and EPOLLHUP are always added.
     * @return the events that occurred, never 0
     * @throws InterruptedException if the thread is interrupted, before the wait or during it; its interrupt status is
     *     cleared
     * @throws ErrnoException EPERM if the file cannot be polled (most regular files, a directory, /dev/null), with the
     *     kind of file in the message; EBADF if it was opened with O_PATH; ELOOP if it is an epoll instance that
     *     watches others, more than two deep; EINVAL if about 500 duplicates of one open file have been awaited, of
     *     which closed ones count too; ENOSPC if the user's {@code /proc/sys/fs/epoll/max_user_watches} is reached;
     *     ENOMEM; for the first wait of the process also EMFILE or ENFILE
     * @throws IllegalArgumentException if the mask has no event, or a flag such as EPOLLET
     * @throws IllegalStateException if the owner is closed, or is closed meanwhile
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/epoll_ctl.2.html">epoll_ctl(2)</a>
     */
    public static int await(OwnedFd fd, int events) throws ErrnoException, InterruptedException {
        return await(fd, NOT_BORROWED, events, Timeouts.NO_LIMIT);
    }

    /**
     * Waits until a descriptor is ready, or a time is over.
     *
     * @param fd      the owner of the descriptor, borrowed
     * @param events  the events to wait for, as in {@link #await(OwnedFd, int)}
     * @param timeout the longest time to wait; zero queries the readiness and returns at once. May return slightly
     *     later, never earlier.
     * @return the events that occurred; 0 on timeout. A descriptor that is ready when the time is over counts as ready.
     * @throws InterruptedException if the thread is interrupted, before the wait or during it; its interrupt status is
     *     cleared
     * @throws ErrnoException as {@link #await(OwnedFd, int)}
     * @throws IllegalArgumentException if the mask has no event, or a flag such as EPOLLET; or the timeout is negative
     * @throws IllegalStateException if the owner is closed, or is closed meanwhile
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static int await(OwnedFd fd, int events, Duration timeout) throws ErrnoException, InterruptedException {
        return await(fd, NOT_BORROWED, events, Timeouts.nanos(timeout));
    }

    /**
     * Waits without limit until a borrowed descriptor is ready. Call {@link #closing(int)} before it is closed: the
     * kernel does not report the close of a number, and the wait would go on.
     *
     * @param fd     the number of an open descriptor, 0 or more
     * @param events the events to wait for, as in {@link #await(OwnedFd, int)}
     * @return the events that occurred, never 0
     * @throws InterruptedException if the thread is interrupted, before the wait or during it; its interrupt status is
     *     cleared
     * @throws ErrnoException EBADF if the number is not open; others as {@link #await(OwnedFd, int)}
     * @throws IllegalArgumentException if the number is negative; if the mask has no event, or a flag such as EPOLLET
     * @throws IllegalStateException if {@link #closing(int)} ends the wait
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static int await(int fd, int events) throws ErrnoException, InterruptedException {
        return await(null, requireNumber(fd), events, Timeouts.NO_LIMIT);
    }

    /**
     * Waits until a borrowed descriptor is ready, or a time is over. Call {@link #closing(int)} before it is closed:
     * the kernel does not report the close of a number, and the wait would go on.
     *
     * @param fd      the number of an open descriptor, 0 or more
     * @param events  the events to wait for, as in {@link #await(OwnedFd, int)}
     * @param timeout the longest time to wait; zero queries the readiness and returns at once. May return slightly
     *     later, never earlier.
     * @return the events that occurred; 0 on timeout. A descriptor that is ready when the time is over counts as ready.
     * @throws InterruptedException if the thread is interrupted, before the wait or during it; its interrupt status is
     *     cleared
     * @throws ErrnoException EBADF if the number is not open; others as {@link #await(OwnedFd, int)}
     * @throws IllegalArgumentException if the number is negative; if the mask has no event, or a flag such as EPOLLET;
     *     or the timeout is negative
     * @throws IllegalStateException if {@link #closing(int)} ends the wait
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static int await(int fd, int events, Duration timeout) throws ErrnoException, InterruptedException {
        return await(null, requireNumber(fd), events, Timeouts.nanos(timeout));
    }

    /**
     * Ends the waits on a number that is about to be closed. Waits that begin afterwards are not ended.
     *
     * <p>Not needed for waits through an {@link OwnedFd}, which its {@code close} ends. Its number alone, as
     * {@link OwnedFd#fd()} returns it, is borrowed: {@code close} does not end the waits for it.
     *
     * @param fd the number of a descriptor that is still open, 0 or more
     * @throws IllegalArgumentException if the number is negative
     */
    public static void closing(int fd) {
        MasterPoller.closing(requireNumber(fd));
    }

    private static int requireNumber(int fd) {
        if (fd < 0) {
            throw new IllegalArgumentException("not a descriptor: " + fd);
        }
        return fd;
    }

    private static int await(OwnedFd owner, int borrowed, int events, long timeoutNanos)
            throws ErrnoException, InterruptedException {
        if (events == 0 || (events & ~CONDITIONS) != 0) {
            throw new IllegalArgumentException("not events to wait for: " + EpollFlags.toString(events));
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (owner == null) {
            return awaitHeld(null, borrowed, events, timeoutNanos);
        }
        int fd = owner.acquire();
        try {
            return awaitHeld(owner, fd, events, timeoutNanos);
        } finally {
            owner.release();
        }
    }

    private static int awaitHeld(OwnedFd owner, int fd, int events, long timeoutNanos)
            throws ErrnoException, InterruptedException {
        SubPoller poller = MasterPoller.of(fd);
        int result = 0;
        if (timeoutNanos == 0 || poller.isPolledFirst(fd)) {
            result = poll(fd, events);
            if (result > 0) {
                int registered = poller.register(fd); // refuses a file that poll reports as ready, always
                result = registered < 0 ? registered : result;
            } else if (result == 0) {
                poller.skipPolls(fd);
            }
        }
        return result != 0 || timeoutNanos == 0 ? checked(owner, fd, events, result)
                : await(new Waiter(Thread.currentThread(), owner, fd, events), poller, timeoutNanos);
    }

    private static int await(Waiter waiter, SubPoller poller, long timeoutNanos)
            throws ErrnoException, InterruptedException {
        int result = poller.add(waiter);
        if (result == 0) {
            try {
                park(waiter, timeoutNanos);
            } finally {
                result = waiter.result != 0 ? waiter.result : poller.remove(waiter);
            }
            if (result == 0) {
                result = poll(waiter.fd, waiter.events);
            }
        }
        return checked(waiter.owner, waiter.fd, waiter.events, result);
    }

    /** Parks until the wait has ended, or the time is over. */
    private static void park(Waiter waiter, long timeoutNanos) throws InterruptedException {
        if (timeoutNanos < 0) {
            while (waiter.result == 0) {
                LockSupport.park();
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            return;
        }
        long start = System.nanoTime();
        long left = timeoutNanos;
        while (waiter.result == 0 && left > 0) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            left = Timeouts.left(timeoutNanos, start);
        }
    }

    /** Returns the events of a result, or throws what it stands for. */
    private static int checked(OwnedFd owner, int fd, int events, int result) throws ErrnoException {
        if (result == Waiter.CLOSED || owner != null && !owner.isOpen()) {
            throw new IllegalStateException(
                    (owner == null ? "descriptor " + fd : owner.getClass().getSimpleName()) + " is closed");
        }
        if (result < 0) {
            throw refused(fd, events, -result);
        }
        return result;
    }

    /** {@code poll(2)} with a timeout of 0. Returns the events, or {@code -errno}. */
    private static int poll(int fd, int events) {
        try (CallState state = CallState.take()) {
            state.bytes().putInt(pollfd.fd$OFFSET, fd).putShort(pollfd.events$OFFSET, (short) events)
                    .putShort(pollfd.revents$OFFSET, (short) 0);
            int result;
            do {
                result = state.result(poll_h.poll(state.errno(), state.scratch(), 1, 0));
            } while (result == -Errno.EINTR);
            int found = Short.toUnsignedInt(state.bytes().getShort(pollfd.revents$OFFSET));
            return result < 0 ? result : (found & poll_h.POLLNVAL) != 0 ? -Errno.EBADF : found;
        }
    }

    private static ErrnoException refused(int fd, int events, int errno) {
        String kind = errno == Errno.EPERM ? kind(fd) : "";
        return new ErrnoException("epoll_ctl", "ADD, fd=" + fd + kind + ", " + EpollFlags.toString(events), errno);
    }

    /** Returns the kind of file in parentheses; empty if {@code /proc} is not mounted. */
    private static String kind(int fd) {
        try {
            return " (" + FdKind.of(fd).description() + ")";
        } catch (IOException e) {
            return "";
        }
    }
}
