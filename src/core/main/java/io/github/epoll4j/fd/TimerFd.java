package io.github.epoll4j.fd;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.timerfd.itimerspec;
import io.github.epoll4j.internal.gen.timerfd.timerfd_h;
import io.github.epoll4j.internal.gen.timerfd.timespec;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.internal.io.FileOwner;
import io.github.epoll4j.internal.io.Timeouts;
import io.github.epoll4j.internal.io.Transfer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A timer as a descriptor: readable from its first expiration until {@link #read()} returns the number of expirations.
 *
 * <p>It is opened disarmed. Each of the methods that arm it replaces the former time and drops expirations that were
 * not read. A timer may fire slightly later, never earlier.
 *
 * <p>Under edge trigger read or arm a timer again after each event. The kernel starts the next period of a periodic
 * timer only then (and when {@link #remaining()} is called), so a timer left unread produces a single event.
 *
 * <p>Thread-safe.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/timerfd_create.2.html">timerfd_create(2)</a>
 */
public final class TimerFd extends OwnedFd {
    /** The clock of a timer. */
    public enum Clock {
        /** {@code CLOCK_REALTIME}: the time since 1970 in UTC. It jumps when it is set. */
        REALTIME,
        /** {@code CLOCK_MONOTONIC}: never set; it stops while the machine is suspended. */
        MONOTONIC,
        /** {@code CLOCK_BOOTTIME}: never set; it continues while the machine is suspended, and does not wake it. */
        BOOTTIME;

        private static Clock of(int fd, int id) {
            for (Clock clock : values()) {
                if (clock.id() == id) {
                    return clock;
                }
            }
            throw new IllegalArgumentException(
                    "fd=" + fd + " is a timerfd of clock " + id + ", which has no name here");
        }

        private int id() {
            return switch (this) {
                case REALTIME -> timerfd_h.CLOCK_REALTIME;
                case MONOTONIC -> timerfd_h.CLOCK_MONOTONIC;
                case BOOTTIME -> timerfd_h.CLOCK_BOOTTIME;
            };
        }
    }

    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int RELATIVE = 0;
    private static final long NO_PERIOD = 0;

    private final Clock clock;

    private TimerFd(int fd, Clock clock) {
        super(fd);
        this.clock = clock;
    }

    /**
     * {@code timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)}: opens a disarmed timer.
     *
     * @return the timer, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE, ENODEV or ENOMEM
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static TimerFd open() throws ErrnoException {
        return open(Clock.MONOTONIC);
    }

    /**
     * {@code timerfd_create(clockid, TFD_CLOEXEC | TFD_NONBLOCK)}: opens a disarmed timer.
     *
     * @param clock the clock of the timer
     * @return the timer, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE, ENODEV or ENOMEM; EINVAL if the kernel lacks the clock
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static TimerFd open(Clock clock) throws ErrnoException {
        Objects.requireNonNull(clock);
        Platform.require();
        try (CallState state = CallState.take()) {
            int fd = state.result(timerfd_h.timerfd_create(
                    state.errno(), clock.id(), timerfd_h.TFD_NONBLOCK | timerfd_h.TFD_CLOEXEC));
            return new TimerFd(ErrnoException.check(fd, "timerfd_create", "CLOCK_" + clock), clock);
        }
    }

    /**
     * {@code fcntl(F_SETFL, O_NONBLOCK)}: takes ownership of a timer that other code opened. Sets it to non-blocking,
     * which duplicates share, and close-on-exec.
     *
     * @param fd the number of an open descriptor; it stays the caller's if this throws
     * @return its owner, to be closed by the caller
     * @throws ErrnoException EBADF if the number is not open
     * @throws IOException if {@code /proc} is not mounted
     * @throws IllegalArgumentException if it is of another kind, or of another clock (the alarm clocks)
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static TimerFd adopt(int fd) throws IOException {
        FdKind.TIMERFD.require(fd);
        Clock clock = Clock.of(fd, FdKind.info(fd, "clockid"));
        FdCalls.setNonBlockingAndCloseOnExec(fd);
        return new TimerFd(fd, clock);
    }

    /**
     * Takes ownership of a timer that arrived as a {@link FileFd}, like {@link #adopt(int)}.
     *
     * @param file the owner, closed afterwards; it stays the caller's and open if this throws
     * @return the new owner, to be closed by the caller
     * @throws ErrnoException as {@link #adopt(int)}
     * @throws IOException if {@code /proc} is not mounted
     * @throws IllegalArgumentException if it is of another kind, or of another clock (the alarm clocks), or borrowed
     * @throws IllegalStateException if the file is closed, or a call holds its number at the moment
     */
    public static TimerFd adopt(FileFd file) throws IOException {
        return FileOwner.pass(file, TimerFd::adopt);
    }

    /**
     * Returns the clock of this timer.
     *
     * @return the clock that it was opened with
     */
    public Clock clock() {
        return clock;
    }

    /**
     * {@code clock_gettime(2)}: reads this timer's clock, the scale of {@link #atNanos}.
     *
     * <p>On HotSpot 25 {@link System#nanoTime()} reads the same clock as {@link Clock#MONOTONIC}, without a promise.
     *
     * @return nanoseconds since 1970 for {@link Clock#REALTIME}; for the others since an unspecified start
     * @throws ErrnoException if the kernel refuses it
     * @see <a href="https://man7.org/linux/man-pages/man2/clock_gettime.2.html">clock_gettime(2)</a>
     */
    public long nowNanos() throws ErrnoException {
        try (CallState state = CallState.take()) {
            int result = state.result(timerfd_h.clock_gettime(state.errno(), clock.id(), state.scratch()));
            ErrnoException.check(result, "clock_gettime", "CLOCK_" + clock);
            return nanos(state, 0);
        }
    }

    /**
     * {@code timerfd_settime(2)}: fires once after a delay. Setting the clock has no effect on it.
     *
     * @param delay the time from now; zero fires at once, like 1 ns (0 would disarm in C)
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalArgumentException if the delay is negative
     * @throws IllegalStateException if this timer is closed
     */
    public void after(Duration delay) throws ErrnoException {
        arm(RELATIVE, Timeouts.nanos(delay), NO_PERIOD);
    }

    /**
     * {@code timerfd_settime(2)}: fires after each period from now on. Periods do not drift: missed expirations are
     * counted, and the next one stays on its schedule.
     *
     * @param period the time from now to the first expiration, and from each to the next; above zero
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalArgumentException if the period is zero or negative
     * @throws IllegalStateException if this timer is closed
     */
    public void every(Duration period) throws ErrnoException {
        every(period, period);
    }

    /**
     * {@code timerfd_settime(2)}: fires once after a delay, and after each period from then on.
     *
     * @param first  the time from now to the first expiration; zero fires at once
     * @param period the time from each expiration to the next, above zero
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalArgumentException if the first time is negative, or the period is zero or negative
     * @throws IllegalStateException if this timer is closed
     */
    public void every(Duration first, Duration period) throws ErrnoException {
        if (!period.isPositive()) {
            throw new IllegalArgumentException("a period must be above zero: " + period);
        }
        arm(RELATIVE, Timeouts.nanos(first), Timeouts.nanos(period));
    }

    /**
     * {@code timerfd_settime(TFD_TIMER_ABSTIME)}: fires once, at a time of this timer's clock.
     *
     * @param clockNanos the time, on the scale of {@link #nowNanos()}; a past time fires at once
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalStateException if this timer is closed
     */
    public void atNanos(long clockNanos) throws ErrnoException {
        arm(timerfd_h.TFD_TIMER_ABSTIME, clockNanos, NO_PERIOD);
    }

    /**
     * {@code timerfd_settime(TFD_TIMER_ABSTIME)}: fires once, at a time of day. The timer follows the clock when it is
     * set.
     *
     * @param time the time; a past time fires at once
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalArgumentException if the clock of this timer is not {@link Clock#REALTIME}
     * @throws IllegalStateException if this timer is closed
     */
    public void at(Instant time) throws ErrnoException {
        at(timerfd_h.TFD_TIMER_ABSTIME, time);
    }

    /**
     * {@code timerfd_settime(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)}: fires once, at a time of day or
     * when the clock is set. In the latter case {@link #read()} throws an {@link ErrnoException} with {@code
     * ECANCELED}, once.
     *
     * @param time the time; a past time fires at once. A distant time makes this a watch for clock changes
     * @throws ErrnoException ECANCELED if the clock was set since the last read; the timer is armed all the same
     * @throws IllegalArgumentException if the clock of this timer is not {@link Clock#REALTIME}
     * @throws IllegalStateException if this timer is closed
     */
    public void atUnlessClockSet(Instant time) throws ErrnoException {
        at(timerfd_h.TFD_TIMER_ABSTIME | timerfd_h.TFD_TIMER_CANCEL_ON_SET, time);
    }

    private void at(int flags, Instant time) throws ErrnoException {
        if (clock != Clock.REALTIME) {
            throw new IllegalArgumentException("an Instant is a time of REALTIME, and this timer's clock is " + clock);
        }
        arm(flags, time.getEpochSecond(), time.getNano(), NO_PERIOD);
    }

    /**
     * {@code timerfd_settime(2)} with zero: disarms the timer and drops expirations that were not read.
     *
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalStateException if this timer is closed
     */
    public void cancel() throws ErrnoException {
        settime(RELATIVE, 0, 0, NO_PERIOD);
    }

    /**
     * {@code timerfd_gettime(2)}: returns the time until the next expiration.
     *
     * @return the time from now; zero if the timer is disarmed, or was armed for once and has fired
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalStateException if this timer is closed
     */
    public Duration remaining() throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            int result = state.result(timerfd_h.timerfd_gettime(state.errno(), fd, state.scratch()));
            ErrnoException.check(result, "timerfd_gettime", "fd=" + fd);
            return Duration.ofNanos(nanos(state, itimerspec.it_value$OFFSET));
        } finally {
            release();
        }
    }

    /**
     * {@code read(2)}: returns the number of expirations since the timer was armed or last read.
     *
     * @return the number of expirations; 0 if there was none, or setting the clock backwards revoked it
     * @throws ErrnoException ECANCELED if the clock was set after {@link #atUnlessClockSet}
     * @throws IllegalStateException if this timer is closed
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

    private void arm(int flags, long nanos, long periodNanos) throws ErrnoException {
        arm(flags, Math.floorDiv(nanos, NANOS_PER_SECOND), Math.floorMod(nanos, NANOS_PER_SECOND), periodNanos);
    }

    /** Arms the timer. Zero, which disarms in C, and times before the clock's start become its first nanosecond. */
    private void arm(int flags, long seconds, long nanos, long periodNanos) throws ErrnoException {
        if (seconds < 0 || (seconds | nanos) == 0) {
            settime(flags, 0, 1, periodNanos);
        } else {
            settime(flags, seconds, nanos, periodNanos);
        }
    }

    private void settime(int flags, long seconds, long nanos, long periodNanos) throws ErrnoException {
        int fd = acquire();
        int result;
        try (CallState state = CallState.take()) {
            put(state, itimerspec.it_interval$OFFSET, periodNanos / NANOS_PER_SECOND, periodNanos % NANOS_PER_SECOND);
            put(state, itimerspec.it_value$OFFSET, seconds, nanos);
            result = state.result(timerfd_h.timerfd_settime(
                    state.errno(), fd, flags, state.scratch(), MemorySegment.NULL));
        } finally {
            release();
        }
        if (result < 0) {
            throw new ErrnoException("timerfd_settime", "fd=" + fd, -result);
        }
    }

    /** Writes a {@code struct timespec} into the scratch memory. */
    private static void put(CallState state, int offset, long seconds, long nanos) {
        state.bytes().putLong(offset + timespec.tv_sec$OFFSET, seconds)
                .putLong(offset + timespec.tv_nsec$OFFSET, nanos);
    }

    /** Reads a {@code struct timespec} from the scratch memory. */
    private static long nanos(CallState state, int offset) {
        return state.bytes().getLong(offset + timespec.tv_sec$OFFSET) * NANOS_PER_SECOND
                + state.bytes().getLong(offset + timespec.tv_nsec$OFFSET);
    }
}
