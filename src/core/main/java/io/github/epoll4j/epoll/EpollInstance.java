package io.github.epoll4j.epoll;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLEXCLUSIVE;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.FdKind;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.EpollEventLayout;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.epoll.epoll_h;
import io.github.epoll4j.internal.io.CloseHooks;
import io.github.epoll4j.internal.io.EpollCalls;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.internal.io.FileOwner;
import io.github.epoll4j.internal.io.Timeouts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An epoll instance: the kernel's list of registered descriptors, and the waits on it.
 *
 * <p>Differences from C:
 *
 * <ul>
 * <li>EINTR is retried with the remaining time. {@link Thread#interrupt} does not end a wait either: use
 *     {@link #wakeup()}, an {@link EventFd} that is registered, or {@link #close()}.
 * <li>A close ends the waits of other threads, with an {@link IllegalStateException}. In C it wakes no thread.
 * <li>The signal mask of {@code epoll_pwait} is not offered: block the signals in the thread and register a
 *     {@link io.github.epoll4j.fd.SignalFd}.
 * </ul>
 *
 * <p>Thread-safe: threads may add, modify, delete, wake and close while others wait. A wait blocks in native code and
 * pins a virtual thread to its carrier. {@link io.github.epoll4j.wait.Readiness} waits for the instance itself without
 * that: a wait with a timeout of zero then returns the events.
 *
 * <p>Ownership: descriptors passed in are borrowed. {@link #delete} them before they are closed: the kernel ends a
 * registration only when the last duplicate of the file is closed. An instance takes two descriptors: its own and an
 * eventfd, which {@link #wakeup()} and {@link #close()} write to.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/epoll.7.html">epoll(7)</a>
 */
public final class EpollInstance extends OwnedFd {
    /** The 64 bits of the eventfd's own registration. Users cannot have this one value. */
    private static final long WAKEUP = 0x65706F6C6C346A21L;

    static {
        CloseHooks.add(new ClosedInstances());
    }

    private final EventFd wake;
    /** True from the write of a wake-up until a wait sees its event. */
    private final AtomicBoolean wakePending = new AtomicBoolean();

    private EpollInstance(int fd, EventFd wake) {
        super(fd);
        this.wake = wake;
    }

    /**
     * {@code epoll_create1(EPOLL_CLOEXEC)}: opens an instance without registrations.
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
        return ownOrClose(ErrnoException.check(fd, "epoll_create1", "EPOLL_CLOEXEC"));
    }

    /**
     * {@code epoll_create(size)}: opens an instance in the way of before 2008. The size has been ignored since Linux
     * 2.6.8; it must be positive. The descriptor is made close-on-exec afterwards, so a child process that another
     * thread starts at that moment can inherit it: prefer {@link #open()}.
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
        FdCalls.setCloseOnExec(fd);
        return ownOrClose(fd);
    }

    /**
     * Takes ownership of an epoll descriptor that was opened by other code, such as one that another process sent. Its
     * registrations stay.
     *
     * <p>The eventfd of {@link #wakeup()} is opened and registered in addition. No other {@code EpollInstance} may use
     * the same epoll: a wait could return the wake-up of the other instance. If the call fails, the number still
     * belongs to the caller.
     *
     * @param fd the number of an open epoll descriptor, 0 or more; made close-on-exec
     * @return its owner, to be closed by the caller; {@link #detach()} removes the eventfd again
     * @throws ErrnoException EBADF if the number is not open; EMFILE, ENFILE, ENOMEM or ENOSPC for the eventfd
     * @throws IOException if {@code /proc} is not mounted
     * @throws IllegalArgumentException if the number is negative, or not that of an epoll descriptor
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static EpollInstance adopt(int fd) throws IOException {
        try (FileFd file = FileFd.borrow(fd)) {
            FdKind kind = file.kind();
            if (kind != FdKind.EPOLL) {
                throw new IllegalArgumentException(
                        "fd=" + fd + " is not an epoll instance: it is " + kind.description());
            }
        }
        FdCalls.setCloseOnExec(fd);
        return of(fd);
    }

    /**
     * Takes ownership of an epoll descriptor that arrived as a {@link FileFd}, like {@link #adopt(int)}.
     *
     * @param file the owner, closed afterwards; it stays the caller's and open if this throws
     * @return the new owner, to be closed by the caller
     * @throws ErrnoException as {@link #adopt(int)}
     * @throws IOException if {@code /proc} is not mounted
     * @throws IllegalArgumentException if it is of another kind, or borrowed
     * @throws IllegalStateException if the file is closed, or a call holds its number at the moment
     */
    public static EpollInstance adopt(FileFd file) throws IOException {
        return FileOwner.pass(file, EpollInstance::adopt);
    }

    private static EpollInstance ownOrClose(int fd) throws ErrnoException {
        try {
            return of(fd);
        } catch (ErrnoException e) {
            FdCalls.close(fd);
            throw e;
        }
    }

    private static EpollInstance of(int fd) throws ErrnoException {
        EventFd wake = EventFd.open();
        EpollInstance instance = new EpollInstance(fd, wake);
        try {
            instance.ctl(epoll_h.EPOLL_CTL_ADD, "ADD", wake.fd(), EPOLLIN | EPOLLET, WAKEUP);
            return instance;
        } catch (ErrnoException e) {
            wake.close();
            throw e;
        }
    }

    /**
     * {@code epoll_ctl(EPOLL_CTL_ADD)}: registers a descriptor and holds it during the call, so that no other thread
     * can close it and have its number reused. A descriptor that is ready already is reported by the next wait, also
     * under edge trigger, and wakes a thread that waits now.
     *
     * @param fd     the owner of the descriptor, borrowed
     * @param events the event mask, see {@link EpollFlags}; EPOLLERR and EPOLLHUP are always added, so that 0 is valid
     * @param data   64 bits that come with each event; any value but one, which {@link #wakeup()} uses
     * @throws ErrnoException EEXIST if the descriptor is registered already; EBADF if it is not open, or was opened
     *     with O_PATH; EPERM if its file cannot be polled (most regular files, a directory, /dev/null), with the kind
     *     of file in the message; EINVAL if it is this instance, if EPOLLEXCLUSIVE comes with another flag than IN,
     *     OUT, ERR, HUP, WAKEUP and ET or for an epoll descriptor, or if one file would wake too many nested instances;
     *     ELOOP if instances would watch each other in a cycle, or more than five deep; ENOSPC if the user's
     *     {@code /proc/sys/fs/epoll/max_user_watches} is reached; ENOMEM
     * @throws IllegalArgumentException if {@link #wakeup()} uses the 64 bits
     * @throws IllegalStateException if this instance, or the descriptor's owner, is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/epoll_ctl.2.html">epoll_ctl(2)</a>
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
     * {@code epoll_ctl(EPOLL_CTL_ADD)} with the descriptor's number as the 64 bits of its events.
     *
     * @param fd     the owner of the descriptor, borrowed
     * @param events the event mask, see {@link EpollFlags}
     * @throws ErrnoException as {@link #add(OwnedFd, int, long)}
     * @throws IllegalStateException if this instance, or the descriptor's owner, is closed
     */
    public void add(OwnedFd fd, int events) throws ErrnoException {
        add(fd, events, fd.fd());
    }

    /**
     * {@code epoll_ctl(EPOLL_CTL_ADD)} for a number.
     *
     * @param fd     the descriptor, borrowed
     * @param events the event mask, see {@link EpollFlags}
     * @param data   64 bits that come with each event; any value but one, which {@link #wakeup()} uses
     * @throws ErrnoException as {@link #add(OwnedFd, int, long)}
     * @throws IllegalArgumentException if {@link #wakeup()} uses the 64 bits
     * @throws IllegalStateException if this instance is closed
     */
    public void add(int fd, int events, long data) throws ErrnoException {
        ctl(epoll_h.EPOLL_CTL_ADD, "ADD", fd, events, usable(data));
    }

    /**
     * {@code epoll_ctl(EPOLL_CTL_ADD)} for a number, which is also the 64 bits of its events.
     *
     * @param fd     the descriptor, borrowed
     * @param events the event mask, see {@link EpollFlags}
     * @throws ErrnoException as {@link #add(OwnedFd, int, long)}
     * @throws IllegalStateException if this instance is closed
     */
    public void add(int fd, int events) throws ErrnoException {
        add(fd, events, fd);
    }

    /**
     * {@code epoll_ctl(EPOLL_CTL_MOD)}: replaces the mask and the 64 bits of a registered descriptor, and checks its
     * readiness again.
     *
     * <p>The same mask may be passed again. That re-arms EPOLLONESHOT, and it re-arms an edge: a descriptor that is
     * ready is reported once more under EPOLLET.
     *
     * @param fd     the owner of a registered descriptor, borrowed
     * @param events the new event mask, see {@link EpollFlags}; not EPOLLEXCLUSIVE
     * @param data   the new 64 bits; any value but one, which {@link #wakeup()} uses
     * @throws ErrnoException ENOENT if the descriptor is not registered; EBADF if it is not open; EPERM if its file
     *     cannot be polled; EINVAL if it is this instance, or was added with EPOLLEXCLUSIVE; ENOMEM
     * @throws IllegalArgumentException if the mask has EPOLLEXCLUSIVE, which only {@code add} takes, or
     *     {@link #wakeup()} uses the 64 bits
     * @throws IllegalStateException if this instance, or the descriptor's owner, is closed
     */
    public void modify(OwnedFd fd, int events, long data) throws ErrnoException {
        int number = fd.acquire();
        try {
            modify(number, events, data);
        } finally {
            fd.release();
        }
    }

    /**
     * {@code epoll_ctl(EPOLL_CTL_MOD)} with the descriptor's number as the 64 bits of its events.
     *
     * @param fd     the owner of a registered descriptor, borrowed
     * @param events the new event mask, see {@link EpollFlags}; not EPOLLEXCLUSIVE
     * @throws ErrnoException as {@link #modify(OwnedFd, int, long)}
     * @throws IllegalArgumentException if the mask has EPOLLEXCLUSIVE
     * @throws IllegalStateException if this instance, or the descriptor's owner, is closed
     */
    public void modify(OwnedFd fd, int events) throws ErrnoException {
        modify(fd, events, fd.fd());
    }

    /**
     * {@code epoll_ctl(EPOLL_CTL_MOD)} for a number.
     *
     * @param fd     a registered descriptor, borrowed
     * @param events the new event mask, see {@link EpollFlags}; not EPOLLEXCLUSIVE
     * @param data   the new 64 bits; any value but one, which {@link #wakeup()} uses
     * @throws ErrnoException as {@link #modify(OwnedFd, int, long)}
     * @throws IllegalArgumentException if the mask has EPOLLEXCLUSIVE, or {@link #wakeup()} uses the 64 bits
     * @throws IllegalStateException if this instance is closed
     */
    public void modify(int fd, int events, long data) throws ErrnoException {
        if ((events & EPOLLEXCLUSIVE) != 0) {
            throw new IllegalArgumentException("EPOLLEXCLUSIVE is for add, not for modify");
        }
        ctl(epoll_h.EPOLL_CTL_MOD, "MOD", fd, events, usable(data));
    }

    /**
     * {@code epoll_ctl(EPOLL_CTL_MOD)} for a number, which is also the 64 bits of its events.
     *
     * @param fd     a registered descriptor, borrowed
     * @param events the new event mask, see {@link EpollFlags}; not EPOLLEXCLUSIVE
     * @throws ErrnoException as {@link #modify(OwnedFd, int, long)}
     * @throws IllegalArgumentException if the mask has EPOLLEXCLUSIVE
     * @throws IllegalStateException if this instance is closed
     */
    public void modify(int fd, int events) throws ErrnoException {
        modify(fd, events, fd);
    }

    /**
     * {@code epoll_ctl(EPOLL_CTL_DEL)}: ends the registration of a descriptor. Events that a wait has already copied
     * into an array stay there.
     *
     * @param fd the owner of a registered descriptor
     * @throws ErrnoException ENOENT if the descriptor is not registered; EBADF if it is not open (any more); EPERM if
     *     its file cannot be polled; EINVAL if it is this instance
     * @throws IllegalStateException if this instance, or the descriptor's owner, is closed
     */
    public void delete(OwnedFd fd) throws ErrnoException {
        int number = fd.acquire();
        try {
            delete(number);
        } finally {
            fd.release();
        }
    }

    /**
     * {@code epoll_ctl(EPOLL_CTL_DEL)} for a number.
     *
     * @param fd a registered descriptor that is still open
     * @throws ErrnoException as {@link #delete(OwnedFd)}
     * @throws IllegalStateException if this instance is closed
     */
    public void delete(int fd) throws ErrnoException {
        ctl(epoll_h.EPOLL_CTL_DEL, "DEL", fd, 0, 0);
    }

    private static long usable(long data) {
        if (data == WAKEUP) {
            throw new IllegalArgumentException("wakeup() uses the 64 bits 0x" + Long.toHexString(data));
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
            throw refused(opName, fd, op == epoll_h.EPOLL_CTL_DEL ? "" : ", " + EpollFlags.toString(events), result);
        }
    }

    private static ErrnoException refused(String opName, int fd, String mask, int result) {
        String kind = result == -Errno.EPERM && !mask.isEmpty() ? kind(fd) : "";
        return new ErrnoException("epoll_ctl", opName + ", fd=" + fd + kind + mask, -result);
    }

    /** Returns the kind of file in parentheses; empty if {@code /proc} is not mounted. */
    private static String kind(int fd) {
        try {
            return " (" + FdKind.of(fd).description() + ")";
        } catch (IOException e) {
            return "";
        }
    }

    private static int ctl(CallState state, int epfd, int op, int fd, int events, long data) {
        EpollEventLayout.write(state.bytes(), events, data);
        return state.result(epoll_h.epoll_ctl(state.errno(), epfd, op, fd, state.scratch()));
    }

    /**
     * {@code epoll_wait} with a timeout of -1: waits without limit until a descriptor is ready.
     *
     * @param events the array to fill, up to its capacity
     * @return the number of events; 0 only after {@link #wakeup()}
     * @throws ErrnoException EBADF if other code closed the number
     * @throws IllegalStateException if this instance or the array is closed, or the instance is closed meanwhile
     * @see <a href="https://man7.org/linux/man-pages/man2/epoll_wait.2.html">epoll_wait(2)</a>
     */
    public int await(EpollEventArray events) throws ErrnoException {
        return await(events, events.capacity(), Timeouts.NO_LIMIT);
    }

    /**
     * {@code epoll_wait} with a timeout in milliseconds.
     *
     * @param events        the array to fill, up to its capacity
     * @param timeoutMillis the longest time to wait, in milliseconds; 0 returns at once. May return slightly later,
     *     never earlier.
     * @return the number of events; 0 on timeout, or after {@link #wakeup()}
     * @throws ErrnoException EBADF if other code closed the number
     * @throws IllegalArgumentException if the timeout is negative; {@link #await(EpollEventArray)} has no limit
     * @throws IllegalStateException if this instance or the array is closed, or the instance is closed meanwhile
     */
    public int awaitMillis(EpollEventArray events, long timeoutMillis) throws ErrnoException {
        return await(events, events.capacity(), Timeouts.ofMillis(timeoutMillis));
    }

    /**
     * Waits like {@link #await(EpollEventArray, Duration)} with a timeout in nanoseconds.
     *
     * @param events       the array to fill, up to its capacity
     * @param timeoutNanos the longest time to wait, in nanoseconds; 0 returns at once. May return slightly later, never
     *     earlier.
     * @return the number of events; 0 on timeout, or after {@link #wakeup()}
     * @throws ErrnoException EBADF if other code closed the number
     * @throws IllegalArgumentException if the timeout is negative; {@link #await(EpollEventArray)} has no limit
     * @throws IllegalStateException if this instance or the array is closed, or the instance is closed meanwhile
     */
    public int awaitNanos(EpollEventArray events, long timeoutNanos) throws ErrnoException {
        return await(events, events.capacity(), Timeouts.ofNanos(timeoutNanos));
    }

    /**
     * {@code epoll_wait} for a timeout of whole milliseconds, {@code epoll_pwait2} for one that needs nanoseconds.
     * Without {@code epoll_pwait2} (Linux before 5.11, or a C library without it) the time is rounded up to
     * milliseconds.
     *
     * @param events  the array to fill, up to its capacity
     * @param timeout the longest time to wait; zero returns at once. May return slightly later, never earlier.
     * @return the number of events; 0 on timeout, or after {@link #wakeup()}:
     *     {@link EpollEventArray#isWokenUp()} distinguishes them
     * @throws ErrnoException EBADF if other code closed the number
     * @throws IllegalArgumentException if the timeout is negative; {@link #await(EpollEventArray)} has no limit
     * @throws IllegalStateException if this instance or the array is closed, or the instance is closed meanwhile
     */
    public int await(EpollEventArray events, Duration timeout) throws ErrnoException {
        return await(events, events.capacity(), Timeouts.nanos(timeout));
    }

    /**
     * Waits like {@link #await(EpollEventArray, Duration)} for a limited number of events. The next waits report the
     * others, in turn.
     *
     * @param events    the array to fill
     * @param maxEvents the highest number of events to report, from 1 to the array's capacity
     * @param timeout   the longest time to wait; zero returns at once. May return slightly later, never earlier.
     * @return the number of events; 0 on timeout, or after {@link #wakeup()}
     * @throws ErrnoException EBADF if other code closed the number
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
            throw new ErrnoException("epoll_wait", "epfd=" + epfd + ", maxevents=" + maxEvents, -result);
        }
        boolean isWokenUp = wakePending.get() && EpollEventArray.remove(view, result, WAKEUP);
        if (isWokenUp) {
            wakePending.set(false);
            result--;
        }
        events.end(result, isWokenUp);
        return result;
    }

    /** Retries EINTR, and a time that one call cannot express, with the remaining time. */
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
     * Ends a wait: one thread that waits, or the next one that will, returns at once, with the events that are ready,
     * if any. Wake-ups before that return count as one. Has no effect after {@link #close()}.
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
     * {@code ioctl(EPIOCGPARAMS)}: queries how waits poll network devices.
     *
     * @return the parameters; zeros if none were set
     * @throws ErrnoException EBADF if other code closed the number
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
     * {@code ioctl(EPIOCSPARAMS)}: sets how waits poll network devices. Affects waits that block, on sockets that all
     * belong to one device queue; loopback has none.
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

    /** Wakes all waiting threads, which then leave with an {@link IllegalStateException}. Called by close. */
    private void wakeAll(int epfd) {
        int result;
        try (CallState state = CallState.take()) {
            // level-triggered from now on, so that every waiting thread returns
            result = ctl(state, epfd, epoll_h.EPOLL_CTL_MOD, wake.fd(), EPOLLIN, WAKEUP);
            if (result == -Errno.ENOENT) { // it was deleted, by its number
                result = ctl(state, epfd, epoll_h.EPOLL_CTL_ADD, wake.fd(), EPOLLIN, WAKEUP);
            }
        }
        try {
            wake.write(1);
            if (result < 0) {
                throw refused("MOD", wake.fd(), ", EPOLLIN", result);
            }
        } catch (ErrnoException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the waits of an instance that is closed, and closes its eventfd after the last of them has left. */
    private static final class ClosedInstances implements CloseHooks.Hook {
        @Override
        public void closing(OwnedFd owner, int fd) {
            if (owner instanceof EpollInstance instance) {
                instance.wakeAll(fd);
            }
        }

        @Override
        public void released(OwnedFd owner, int fd) {
            if (owner instanceof EpollInstance instance) {
                instance.wake.close();
            }
        }
    }
}
