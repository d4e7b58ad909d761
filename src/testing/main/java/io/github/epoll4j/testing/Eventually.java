package io.github.epoll4j.testing;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition that another thread, another process or the kernel makes true. */
public final class Eventually {
    private static final long LIMIT_SECONDS = 20;
    private static final long PAUSE_NANOS = 100_000;

    private Eventually() {
    }

    /** A condition whose evaluation may fail. */
    @FunctionalInterface
    public interface Condition {
        /** Returns whether it holds. */
        boolean isTrue() throws Exception;
    }

    /**
     * Waits until a condition holds.
     *
     * @param what the condition in words, for the message
     * @throws AssertionError if it does not hold within 20 seconds, or its evaluation fails
     */
    public static void await(String what, Condition condition) {
        long start = System.nanoTime();
        while (!holds(what, condition)) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(LIMIT_SECONDS)) {
                throw new AssertionError("not within " + LIMIT_SECONDS + " s: " + what);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    @SuppressWarnings("checkstyle:IllegalCatch")
    private static boolean holds(String what, Condition condition) {
        try {
            return condition.isTrue();
        } catch (Exception e) {
            throw new AssertionError(what, e);
        }
    }
}
