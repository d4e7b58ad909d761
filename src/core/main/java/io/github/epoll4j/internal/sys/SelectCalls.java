package io.github.epoll4j.internal.sys;

import io.github.epoll4j.internal.gen.select.select_h;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The calls of {@code sys/select.h}. */
public final class SelectCalls {
    private SelectCalls() {
    }

    /**
     * Waits with {@code select}, or with {@code pselect} for a time that is not whole microseconds. The sets are
     * bitmaps of at least {@code nfds} bits, rounded up to 64, or null pointers.
     */
    public static int select(CallState state, int nfds, MemorySegment read, MemorySegment write, MemorySegment except,
            long timeoutNanos) {
        return Timeouts.isWholeMicros(timeoutNanos)
                ? select(state, nfds, read, write, except, Timeouts.timeval(state, timeoutNanos))
                : pselect(state, nfds, read, write, except, Timeouts.timespec(state, timeoutNanos));
    }

    /** {@code select(nfds, readfds, writefds, exceptfds, timeout)}; Linux writes the time that is left to timeout. */
    public static int select(CallState state, int nfds, MemorySegment read, MemorySegment write, MemorySegment except,
            MemorySegment timeout) {
        try {
            return state.result(
                    (int) Select.HANDLE.invokeExact(state.errno(), nfds, read, write, except, timeout));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code pselect(nfds, readfds, writefds, exceptfds, timeout, NULL)}. */
    public static int pselect(CallState state, int nfds, MemorySegment read, MemorySegment write,
            MemorySegment except, MemorySegment timeout) {
        try {
            return state.result((int) Pselect.HANDLE.invokeExact(
                    state.errno(), nfds, read, write, except, timeout, MemorySegment.NULL));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    private static final class Select {
        static final MethodHandle HANDLE = Downcall.link(select_h.select$address(), select_h.select$descriptor());
    }

    private static final class Pselect {
        static final MethodHandle HANDLE = Downcall.link(select_h.pselect$address(), select_h.pselect$descriptor());
    }
}
