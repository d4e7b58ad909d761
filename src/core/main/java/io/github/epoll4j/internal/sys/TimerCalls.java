package io.github.epoll4j.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.epoll4j.internal.gen.timerfd.itimerspec;
import io.github.epoll4j.internal.gen.timerfd.timespec;
import java.lang.foreign.MemorySegment;

/** The calls of {@code sys/timerfd.h}, and the clocks that they go by. */
public final class TimerCalls {
    private static final CFunction TIMERFD_CREATE = CFunction.of("timerfd_create");
    private static final CFunction TIMERFD_SETTIME = CFunction.of("timerfd_settime");
    private static final CFunction TIMERFD_GETTIME = CFunction.of("timerfd_gettime");
    private static final CFunction CLOCK_GETTIME = CFunction.of("clock_gettime");

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private TimerCalls() {
    }

    /** {@code timerfd_create(clockid, flags)}. */
    public static int create(CallState state, int clock, int flags) {
        return state.result((int) TIMERFD_CREATE.call(state, clock, flags));
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
        return state.result((int) TIMERFD_SETTIME.call(state, fd, flags, time.address(), old.address()));
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
        return state.result((int) TIMERFD_GETTIME.call(state, fd, now.address()));
    }

    /** {@code clock_gettime(clockid, now)}, in nanoseconds. */
    public static long nowNanos(CallState state, int clock) {
        MemorySegment time = state.scratch();
        int result = state.result((int) CLOCK_GETTIME.call(state, clock, time.address()));
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
}
