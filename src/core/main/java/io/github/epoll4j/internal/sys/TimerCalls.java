package io.github.epoll4j.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.epoll4j.internal.gen.timerfd.itimerspec;
import io.github.epoll4j.internal.gen.timerfd.timerfd_h;
import io.github.epoll4j.internal.gen.timerfd.timespec;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The calls of {@code sys/timerfd.h}, and the clocks that they go by. */
public final class TimerCalls {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private TimerCalls() {
    }

    /** {@code timerfd_create(clockid, flags)}. */
    public static int create(CallState state, int clock, int flags) {
        try {
            return state.result((int) Create.HANDLE.invokeExact(state.errno(), clock, flags));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code timerfd_settime(fd, flags, new, NULL)} with a first expiration and a period; zeros disarm. */
    public static int settime(CallState state, int fd, int flags, long seconds, long nanos, long periodNanos) {
        MemorySegment time = state.scratch();
        time.set(JAVA_LONG, Layout.VALUE_SECONDS, seconds);
        time.set(JAVA_LONG, Layout.VALUE_NANOS, nanos);
        time.set(JAVA_LONG, Layout.INTERVAL_SECONDS, periodNanos / NANOS_PER_SECOND);
        time.set(JAVA_LONG, Layout.INTERVAL_NANOS, periodNanos % NANOS_PER_SECOND);
        return settime(state, fd, flags, time, MemorySegment.NULL);
    }

    /** {@code timerfd_settime(fd, flags, new, old)}. */
    public static int settime(CallState state, int fd, int flags, MemorySegment time, MemorySegment old) {
        try {
            return state.result((int) Settime.HANDLE.invokeExact(state.errno(), fd, flags, time, old));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code timerfd_gettime(fd, now)}: the nanoseconds until the next expiration, 0 if there will be none. */
    public static long remainingNanos(CallState state, int fd) {
        MemorySegment time = state.scratch();
        int result = gettime(state, fd, time);
        return result < 0 ? result
                : time.get(JAVA_LONG, Layout.VALUE_SECONDS) * NANOS_PER_SECOND
                        + time.get(JAVA_LONG, Layout.VALUE_NANOS);
    }

    /** {@code timerfd_gettime(fd, now)}. */
    public static int gettime(CallState state, int fd, MemorySegment now) {
        try {
            return state.result((int) Gettime.HANDLE.invokeExact(state.errno(), fd, now));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code clock_gettime(clockid, now)}, in nanoseconds. */
    public static long nowNanos(CallState state, int clock) {
        MemorySegment time = state.scratch();
        int result;
        try {
            result = state.result((int) ClockGettime.HANDLE.invokeExact(state.errno(), clock, time));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
        return result < 0 ? result
                : time.get(JAVA_LONG, Layout.SECONDS) * NANOS_PER_SECOND + time.get(JAVA_LONG, Layout.NANOS);
    }

    /** Where the fields of {@code struct timespec} and {@code struct itimerspec} lie. */
    private static final class Layout {
        static final long SECONDS = timespec.tv_sec$offset();
        static final long NANOS = timespec.tv_nsec$offset();
        static final long VALUE_SECONDS = itimerspec.it_value$offset() + SECONDS;
        static final long VALUE_NANOS = itimerspec.it_value$offset() + NANOS;
        static final long INTERVAL_SECONDS = itimerspec.it_interval$offset() + SECONDS;
        static final long INTERVAL_NANOS = itimerspec.it_interval$offset() + NANOS;
    }

    private static final class Create {
        static final MethodHandle HANDLE =
                Downcall.link(timerfd_h.timerfd_create$address(), timerfd_h.timerfd_create$descriptor());
    }

    private static final class Settime {
        static final MethodHandle HANDLE =
                Downcall.link(timerfd_h.timerfd_settime$address(), timerfd_h.timerfd_settime$descriptor());
    }

    private static final class Gettime {
        static final MethodHandle HANDLE =
                Downcall.link(timerfd_h.timerfd_gettime$address(), timerfd_h.timerfd_gettime$descriptor());
    }

    private static final class ClockGettime {
        static final MethodHandle HANDLE =
                Downcall.link(timerfd_h.clock_gettime$address(), timerfd_h.clock_gettime$descriptor());
    }
}
