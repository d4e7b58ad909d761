package io.github.epoll4j.internal.io;

import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.select.timespec;
import io.github.epoll4j.internal.gen.select.timeval;
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
    private static final long NANOS_PER_MICRO = TimeUnit.MICROSECONDS.toNanos(1);
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

    /**
     * Turns milliseconds into nanoseconds, saturated at 292 years. C's -1 is refused as well: it is also the difference
     * of two times, one millisecond past a deadline.
     *
     * @throws IllegalArgumentException if they are negative
     */
    public static long ofMillis(long timeoutMillis) {
        if (timeoutMillis < 0) {
            throw new IllegalArgumentException(
                    "negative timeout: " + timeoutMillis + " ms; without a timeout there is no limit");
        }
        return TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    }

    /**
     * Checks a timeout in nanoseconds.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public static long ofNanos(long timeoutNanos) {
        if (timeoutNanos < 0) {
            throw new IllegalArgumentException(
                    "negative timeout: " + timeoutNanos + " ns; without a timeout there is no limit");
        }
        return timeoutNanos;
    }

    /** Returns the monotonic time that {@link #left} counts from; 0 if no time runs. */
    public static long start(long timeoutNanos) {
        return timeoutNanos > 0 ? System.nanoTime() : 0;
    }

    /** Returns the rest of a timeout that began at a start: 0 when it has expired, {@link #NO_LIMIT} without limit. */
    public static long left(long timeoutNanos, long start) {
        return timeoutNanos <= 0 ? timeoutNanos : Math.max(0, timeoutNanos - (System.nanoTime() - start));
    }

    /** Returns a time in milliseconds, rounded up and saturated; -1 without limit. */
    public static int ceilMillis(long nanos) {
        if (nanos <= 0) {
            return nanos == 0 ? 0 : -1;
        }
        long millis = nanos / NANOS_PER_MILLI + (nanos % NANOS_PER_MILLI == 0 ? 0 : 1);
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    /** Whether a time is whole milliseconds; true without limit. */
    public static boolean isWholeMillis(long nanos) {
        return nanos <= 0 || nanos % NANOS_PER_MILLI == 0;
    }

    /** Whether a time is whole microseconds; true without limit. */
    public static boolean isWholeMicros(long nanos) {
        return nanos < 0 || nanos % NANOS_PER_MICRO == 0;
    }

    /** Writes a {@code struct timespec} into the scratch memory; without limit it is a null pointer. */
    public static MemorySegment timespec(CallState state, long nanos) {
        if (nanos < 0) {
            return MemorySegment.NULL;
        }
        state.bytes().putLong(timespec.tv_sec$OFFSET, nanos / NANOS_PER_SECOND)
                .putLong(timespec.tv_nsec$OFFSET, nanos % NANOS_PER_SECOND);
        return state.scratch();
    }

    /** Writes a {@code struct timeval} into the scratch memory; without limit it is a null pointer. */
    public static MemorySegment timeval(CallState state, long nanos) {
        if (nanos < 0) {
            return MemorySegment.NULL;
        }
        state.bytes().putLong(timeval.tv_sec$OFFSET, nanos / NANOS_PER_SECOND)
                .putLong(timeval.tv_usec$OFFSET, nanos % NANOS_PER_SECOND / NANOS_PER_MICRO);
        return state.scratch();
    }
}
