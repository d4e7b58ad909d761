package io.github.epoll4j.reactor.testkit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A clock that stands still until it is advanced, for the timers of an {@link
 * io.github.epoll4j.reactor.loop.EventLoop}.
 *
 * {@snippet :
 * var clock = new ManualClock();
 * var loop = EventLoop.open(Mechanism.EPOLL, FailureHandler.LOGGING, clock);
 * }
 *
 * <p>Thread-safe. A loop that sleeps does not notice that its clock was advanced: a test iterates it afterwards, as
 * {@link TestLoop#advance} does.
 */
public final class ManualClock implements LongSupplier {
    private final AtomicLong nanos = new AtomicLong();

    /** Creates a clock. */
    public ManualClock() {
    }

    /**
     * Advances the clock.
     *
     * @param time the time that passes, zero or more
     * @throws IllegalArgumentException if the time is negative
     */
    public void advance(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("negative time: " + time);
        }
        nanos.addAndGet(TimeUnit.NANOSECONDS.convert(time));
    }

    /**
     * Returns the time.
     *
     * @return the time in nanoseconds, to be compared as {@link System#nanoTime()} is
     */
    @Override
    public long getAsLong() {
        return nanos.get();
    }

    /**
     * Describes the clock for a message.
     *
     * @return such as {@code ManualClock[PT3S]}
     */
    @Override
    public String toString() {
        return "ManualClock[" + Duration.ofNanos(nanos.get()) + "]";
    }
}
