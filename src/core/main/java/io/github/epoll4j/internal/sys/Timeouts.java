package io.github.epoll4j.internal.sys;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Timeouts as the wait calls take them: rounded up and saturated; zero stays zero, no positive time becomes zero. */
public final class Timeouts {
    /** Nanoseconds that stand for a wait without limit. */
    public static final long NO_LIMIT = -1;

    /** The longest time that a call in milliseconds can express: 24 days. */
    public static final long LONGEST_MILLIS_NANOS = TimeUnit.MILLISECONDS.toNanos(Integer.MAX_VALUE);

    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private Timeouts() {
    }

    /**
     * Turns a duration into nanoseconds, saturated at 292 years.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public static long nanos(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("negative timeout: " + timeout);
        }
        return TimeUnit.NANOSECONDS.convert(timeout);
    }

    /** Turns milliseconds, of which a negative number means no limit, into nanoseconds. */
    public static long ofMillis(long timeoutMillis) {
        return timeoutMillis < 0 ? NO_LIMIT : TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    }

    /** The clock that deadlines are taken from, or 0 where none is needed: for no wait, and for one without limit. */
    public static long start(long timeoutNanos) {
        return timeoutNanos > 0 ? System.nanoTime() : 0;
    }

    /** What is left of a timeout that began at a start; no limit stays no limit, and an expired one is 0. */
    public static long left(long timeoutNanos, long start) {
        return timeoutNanos <= 0 ? timeoutNanos : Math.max(0, timeoutNanos - (System.nanoTime() - start));
    }

    /** The same time in milliseconds, rounded up and saturated; no limit stays -1. */
    static int ceilMillis(long nanos) {
        if (nanos <= 0) {
            return nanos == 0 ? 0 : -1;
        }
        long millis = nanos / NANOS_PER_MILLI + (nanos % NANOS_PER_MILLI == 0 ? 0 : 1);
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    static boolean isWholeMillis(long nanos) {
        return nanos <= 0 || nanos % NANOS_PER_MILLI == 0;
    }

    static boolean isWholeMicros(long nanos) {
        return nanos < 0 || nanos % 1000 == 0;
    }

    /** Writes a {@code struct timespec}; the argument for no limit is a null pointer. */
    static MemorySegment timespec(CallState state, long nanos) {
        return nanos < 0 ? MemorySegment.NULL : write(state, nanos, 1);
    }

    /** Writes a {@code struct timeval} of whole microseconds; the argument for no limit is a null pointer. */
    static MemorySegment timeval(CallState state, long nanos) {
        return nanos < 0 ? MemorySegment.NULL : write(state, nanos, 1000);
    }

    private static MemorySegment write(CallState state, long nanos, long unit) {
        state.bytes().putLong(0, nanos / NANOS_PER_SECOND).putLong(Long.BYTES, nanos % NANOS_PER_SECOND / unit);
        return state.scratch();
    }
}
