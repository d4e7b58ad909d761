package io.github.epoll4j.epoll;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLEXCLUSIVE;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.EpollEventLayout;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.epoll.epoll_h;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.EpollCalls;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.internal.io.Timeouts;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * An epoll instance: the kernel's list of descriptors to watch, and the place to wait for them.
 *
 * <p>Thread-safe: any thread may add, modify, delete, wake and close while others wait. A wait blocks in native code;
 * on a virtual thread it holds the carrier.
 *
 * <p>Ownership: descriptors passed in are borrowed. {@link #delete} them before they are closed: the kernel forgets a
 * registration only when the last duplicate of the file is closed.
 *
 * <p>An instance takes two descriptors: its own, and the eventfd that {@link #wakeup()} and {@link #close()} write to,
 * because closing an epoll descriptor wakes nobody. Threads that wait when it is closed return with an
 * {@link IllegalStateException}, and only when they have left is the number given back.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/epoll.7.html">epoll(7)</a>
 */
public final class EpollInstance extends OwnedFd {
    /** The datum of the wake-up's own registration; the one value that users cannot have. */
    private static final long WAKEUP = 0x65706F6C6C346A21L;
    private static final long CLOSE_PAUSE_NANOS = 50_000;

    private final EventFd wake;
    /** Whether a wake-up was written whose event no wait has seen yet. */
    private final AtomicBoolean wakePending = new AtomicBoolean();

    private EpollInstance(int fd, EventFd wake) {
        super(fd);
        this.wake = wake;
    }

    /**
     * {@code epoll_create1(EPOLL_CLOEXEC)}: opens an instance that watches nothing yet.
     *
     * @return the instance, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE or ENOMEM
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/epoll_create.2.html">epoll_create1(2)</a>
     */
    public static EpollInstance open() throws ErrnoException {
        Platform.require();
        int fd;
        try (CallState state = CallState.take()) {
            fd = state.result(epoll_h.epoll_create1(state.errno(), epoll_h.EPOLL_CLOEXEC));
        }
        return of(ErrnoException.check(fd, "epoll_create1", "EPOLL_CLOEXEC"));
    }

    /**
     * {@code epoll_create(size)}: opens an instance in the way of before 2008. The size has been ignored since Linux
     * 2.6.8, and neither limits nor reserves anything; it must be positive. The descriptor is made close-on-exec
     * afterwards, which leaves a moment in which another thread's child process can inherit it: prefer {@link #open()}.
     *
     * @param size any positive number
     * @return the instance, to be closed by the caller
     * @throws ErrnoException EINVAL if the size is 0 or negative; EMFILE, ENFILE or ENOMEM
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static EpollInstance create(int size) throws ErrnoException {
        Platform.require();
        int fd;
        try (CallState state = CallState.take()) {
            fd = state.result(epoll_h.epoll_create(state.errno(), size));
        }
        ErrnoException.check(fd, "epoll_create", "size=" + size);
        FdCalls.fcntl(fd, unistd_h.F_SETFD, unistd_h.FD_CLOEXEC);
        return of(fd);
    }

    private static EpollInstance of(int fd) throws ErrnoException {
        EventFd wake = null;
        try {
            wake = EventFd.open();
            EpollInstance instance = new EpollInstance(fd, wake);
            instance.ctl(epoll_h.EPOLL_CTL_ADD, "ADD", wake.fd(), EPOLLIN | EPOLLET, WAKEUP);
            return instance;
        } catch (ErrnoException e) {
            if (wake != null) {
                wake.close();
            }
            FdCalls.close(fd);
            throw e;
        }
    }

    /**
     * {@code epoll_ctl(EPOLL_CTL_ADD)}: watches a descriptor from now on. If it is ready already, a wait reports it,
     * also under edge trigger, and a thread that waits now is woken.
     *
     * @param fd     the descriptor, borrowed
     * @param events what to watch for and how, see {@link EpollFlags}; EPOLLERR and EPOLLHUP are always added, so that
     *     0 is a legal mask
     * @param data   64 bits that come with each event; any value but one that is kept for {@link #wakeup()}
     * @throws ErrnoException EEXIST if the descriptor is registered already; EBADF if it is not open, or was opened
     *     with O_PATH; EPERM if its file cannot be polled (a regular file, a directory, /dev/null); EINVAL if it is
     *     this instance, if EPOLLEXCLUSIVE comes with another flag than IN, OUT, ERR, HUP, WAKEUP and ET or for an
     *     epoll descriptor, or if one file would wake too many nested instances; ELOOP if instances would watch each
     *     other in a cycle, or more than five deep; ENOSPC if the user's {@code /proc/sys/fs/epoll/max_user_watches} is
     *     reached; ENOMEM
     * @throws IllegalArgumentException if the datum is the one that is kept for {@link #wakeup()}
     * @throws IllegalStateException if this instance is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/epoll_ctl.2.html">epoll_ctl(2)</a>
     */
    public void add(int fd, int events, long data) throws ErrnoException {
        ctl(epoll_h.EPOLL_CTL_ADD, "ADD", fd, events, usable(data));
    }

    /**
     * {@code epoll_ctl(EPOLL_CTL_ADD)} with the descriptor's number as the datum.
     *
     * @param fd     the descriptor, borrowed
     * @param events what to watch for and how, see {@link EpollFlags}
     * @throws ErrnoException as {@link #add(int, int, long)}
     * @throws IllegalStateException if this instance is closed
     */
    public void add(int fd, int events) throws ErrnoException {
        add(fd, events, fd);
    }

    /**
     * {@code epoll_ctl(EPOLL_CTL_ADD)} of a descriptor that cannot be closed, and its number reused, meanwhile.
     *
     * @param fd     the descriptor's owner
     * @param events what to watch for and how, see {@link EpollFlags}
     * @param data   64 bits that come with each event
     * @throws ErrnoException as {@link #add(int, int, long)}
     * @throws IllegalStateException if this instance, or the descriptor's owner, is closed
     */
    public void add(OwnedFd fd, int events, long data) throws ErrnoException {
        int number = fd.acquire();
        try {
            add(number, events, data);
        } finally {
            fd.release();
        }
    }

    /**
     * {@code epoll_ctl(EPOLL_CTL_MOD)}: replaces mask and datum of a watched descriptor, and looks at it afresh: it
     * arms EPOLLONESHOT again, and if the descriptor is ready a wait reports it, also under edge trigger with the same
     * mask.
     *
     * @param fd     a descriptor that was added, borrowed
     * @param events the new mask, see {@link EpollFlags}; not EPOLLEXCLUSIVE
     * @param data   the new datum; any value but one that is kept for {@link #wakeup()}
     * @throws ErrnoException ENOENT if the descriptor is not registered; EBADF if it is not open; EPERM if its file
     *     cannot be polled; EINVAL if it is this instance, or was added with EPOLLEXCLUSIVE; ENOMEM
     * @throws IllegalArgumentException if the mask has EPOLLEXCLUSIVE, which is for {@code add} alone, or the datum is
     *     the one that is kept for {@link #wakeup()}
     * @throws IllegalStateException if this instance is closed
     */
    public void modify(int fd, int events, long data) throws ErrnoException {
        if ((events & EPOLLEXCLUSIVE) != 0) {
            throw new IllegalArgumentException("EPOLLEXCLUSIVE is for add, not for modify");
        }
        ctl(epoll_h.EPOLL_CTL_MOD, "MOD", fd, events, usable(data));
    }

    /**
     * {@code epoll_ctl(EPOLL_CTL_MOD)} with the descriptor's number as the datum.
     *
     * @param fd     a descriptor that was added, borrowed
     * @param events the new mask, see {@link EpollFlags}; not EPOLLEXCLUSIVE
     * @throws ErrnoException as {@link #modify(int, int, long)}
     * @throws IllegalArgumentException if the mask has EPOLLEXCLUSIVE
     * @throws IllegalStateException if this instance is closed
     */
    public void modify(int fd, int events) throws ErrnoException {
        modify(fd, events, fd);
    }

    /**
     * {@code epoll_ctl(EPOLL_CTL_DEL)}: watches a descriptor no longer. Events that a wait has already copied into an
     * array stay there.
     *
     * @param fd a descriptor that was added and is still open
     * @throws ErrnoException ENOENT if the descriptor is not registered; EBADF if it is not open (any more); EPERM if
     *     its file cannot be polled; EINVAL if it is this instance
     * @throws IllegalStateException if this instance is closed
     */
    public void delete(int fd) throws ErrnoException {
        ctl(epoll_h.EPOLL_CTL_DEL, "DEL", fd, 0, 0);
    }

    private static long usable(long data) {
        if (data == WAKEUP) {
            throw new IllegalArgumentException("the datum 0x" + Long.toHexString(data) + " is kept for wakeup()");
        }
        return data;
    }

    private void ctl(int op, String opName, int fd, int events, long data) throws ErrnoException {
        int epfd = acquire();
        int result;
        try (CallState state = CallState.take()) {
            result = ctl(state, epfd, op, fd, events, data);
        } finally {
            release();
        }
        if (result < 0) {
            throw new ErrnoException("epoll_ctl", opName + ", fd=" + fd, -result);
        }
    }

    private static int ctl(CallState state, int epfd, int op, int fd, int events, long data) {
        EpollEventLayout.write(state.bytes(), events, data);
        return state.result(epoll_h.epoll_ctl(state.errno(), epfd, op, fd, state.scratch()));
    }

    /**
     * {@code epoll_wait}: waits without limit until something is ready.
     *
     * @param events the array to fill, as far as it goes
     * @return how many events it holds now; 0 only after {@link #wakeup()}
     * @throws ErrnoException if the kernel refuses the wait
     * @throws IllegalStateException if this instance or the array is closed, or the instance is closed meanwhile
     * @see <a href="https://man7.org/linux/man-pages/man2/epoll_wait.2.html">epoll_wait(2)</a>
     */
    public int await(EpollEventArray events) throws ErrnoException {
        return await(events, events.capacity(), Timeouts.NO_LIMIT);
    }

    /**
     * {@code epoll_wait}: waits until something is ready, or a number of milliseconds has passed.
     *
     * @param events        the array to fill, as far as it goes
     * @param timeoutMillis the longest time to wait, in milliseconds; -1 (or any negative number) waits without limit,
     *     0 returns at once. The kernel waits a little longer, never less.
     * @return how many events it holds now; 0 on timeout, or after {@link #wakeup()}
     * @throws ErrnoException if the kernel refuses the wait
     * @throws IllegalStateException if this instance or the array is closed, or the instance is closed meanwhile
     */
    public int await(EpollEventArray events, long timeoutMillis) throws ErrnoException {
        return await(events, events.capacity(), Timeouts.ofMillis(timeoutMillis));
    }

    /**
     * {@code epoll_wait}, or {@code epoll_pwait2} for a time that is not whole milliseconds: waits until something is
     * ready, or a time has passed. Without {@code epoll_pwait2} (Linux before 5.11, or a C library without it) the time
     * is rounded up to milliseconds.
     *
     * @param events  the array to fill, as far as it goes
     * @param timeout the longest time to wait; zero returns at once
     * @return how many events it holds now; 0 on timeout, or after {@link #wakeup()}
     * @throws ErrnoException if the kernel refuses the wait
     * @throws IllegalArgumentException if the timeout is negative
     * @throws IllegalStateException if this instance or the array is closed, or the instance is closed meanwhile
     */
    public int await(EpollEventArray events, Duration timeout) throws ErrnoException {
        return await(events, events.capacity(), Timeouts.nanos(timeout));
    }

    /**
     * Waits like {@link #await(EpollEventArray, Duration)}, for a limited number of events. What does not fit is
     * reported by the next waits, in turn.
     *
     * @param events    the array to fill
     * @param maxEvents how many events to report at most, from 1 to the array's capacity
     * @param timeout   the longest time to wait; zero returns at once
     * @return how many events it holds now; 0 on timeout, or after {@link #wakeup()}
     * @throws ErrnoException if the kernel refuses the wait
     * @throws IllegalArgumentException if maxEvents is out of its range, or the timeout is negative
     * @throws IllegalStateException if this instance or the array is closed, or the instance is closed meanwhile
     */
    public int await(EpollEventArray events, int maxEvents, Duration timeout) throws ErrnoException {
        return await(events, maxEvents, Timeouts.nanos(timeout));
    }

    private int await(EpollEventArray events, int maxEvents, long timeoutNanos) throws ErrnoException {
        MemorySegment memory = events.begin(maxEvents);
        ByteBuffer view = events.view();
        int epfd = acquire();
        int result;
        try {
            result = await(events.state(), epfd, memory, maxEvents, timeoutNanos);
        } finally {
            release();
        }
        if (!isOpen()) {
            throw closedException();
        }
        if (result < 0) {
            throw new ErrnoException("epoll_wait", "epfd=" + epfd, -result);
        }
        if (wakePending.get() && EpollEventArray.remove(view, result, WAKEUP)) {
            wakePending.set(false);
            result--;
        }
        events.end(result);
        return result;
    }

    /** Retries EINTR, and a time that one call cannot express, with the time that is left. */
    private static int await(CallState state, int epfd, MemorySegment memory, int maxEvents, long timeoutNanos) {
        long start = Timeouts.start(timeoutNanos);
        long left = timeoutNanos;
        while (true) {
            int result = EpollCalls.wait(state, epfd, memory, maxEvents, left);
            boolean tooEarly = result == 0 && left > Timeouts.LONGEST_MILLIS_NANOS;
            if (result != -Errno.EINTR && !tooEarly) {
                return result;
            }
            left = Timeouts.left(timeoutNanos, start);
        }
    }

    /**
     * Ends a wait: the thread that waits, or the next one that will, returns at once, with the events that are ready,
     * if any. Of several waiting threads one returns. Wake-ups before that return count as one. After {@link #close()}
     * it does nothing.
     */
    public void wakeup() {
        if (wakePending.compareAndSet(false, true) && tryAcquire()) {
            try {
                wake.write(1);
            } catch (ErrnoException e) {
                wakePending.set(false);
                throw new UncheckedIOException(e);
            } finally {
                release();
            }
        }
    }

    /**
     * {@code ioctl(EPIOCGPARAMS)}: asks how waits poll network devices.
     *
     * @return the parameters; zeros where nothing was set
     * @throws ErrnoException if the kernel refuses it
     * @throws UnsupportedOperationException if the kernel lacks the call (before Linux 6.9), or busy polling
     * @throws IllegalStateException if this instance is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/ioctl_eventpoll.2.html">ioctl_eventpoll(2)</a>
     */
    public EpollParams params() throws ErrnoException {
        int epfd = acquire();
        try {
            return EpollParams.of(epfd);
        } finally {
            release();
        }
    }

    /**
     * {@code ioctl(EPIOCSPARAMS)}: sets how waits poll network devices. It concerns waits that block, on sockets that
     * all come from one device queue; loopback has none.
     *
     * @param params the parameters
     * @throws ErrnoException EPERM if the budget is above 64, without CAP_NET_ADMIN
     * @throws UnsupportedOperationException if the kernel lacks the call (before Linux 6.9), or busy polling
     * @throws IllegalStateException if this instance is closed
     */
    public void params(EpollParams params) throws ErrnoException {
        int epfd = acquire();
        try {
            params.applyTo(epfd);
        } finally {
            release();
        }
    }

    /**
     * Wakes those who wait, so that they leave with an {@link IllegalStateException}, and waits until they have left:
     * only then is the number given back.
     */
    @Override
    protected void interruptUsers(int fd) {
        int result;
        try (CallState state = CallState.take()) {
            // level-triggered from now on, so that every waiter sees it
            result = ctl(state, fd, epoll_h.EPOLL_CTL_MOD, wake.fd(), EPOLLIN, WAKEUP);
            if (result == -Errno.ENOENT) { // it was deleted, by its number
                result = ctl(state, fd, epoll_h.EPOLL_CTL_ADD, wake.fd(), EPOLLIN, WAKEUP);
            }
        }
        try {
            wake.write(1);
            ErrnoException.check(result, "epoll_ctl", "MOD, fd=" + wake.fd());
        } catch (ErrnoException e) {
            throw new UncheckedIOException(e);
        }
        while (users() > 1) {
            LockSupport.parkNanos(CLOSE_PAUSE_NANOS);
        }
    }

    @Override
    protected void released() {
        wake.close();
    }
}
