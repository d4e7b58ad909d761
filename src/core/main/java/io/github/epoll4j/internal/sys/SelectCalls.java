package io.github.epoll4j.internal.sys;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/** The calls of {@code sys/select.h}. */
public final class SelectCalls {
    private static final CFunction SELECT = CFunction.of("select");
    private static final CFunction PSELECT = CFunction.of("pselect");

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
        int result = state.result((int) SELECT.call(
                state, nfds, read.address(), write.address(), except.address(), timeout.address()));
        Reference.reachabilityFence(read);
        Reference.reachabilityFence(write);
        Reference.reachabilityFence(except);
        Reference.reachabilityFence(timeout);
        return result;
    }

    /** {@code pselect(nfds, readfds, writefds, exceptfds, timeout, NULL)}. */
    public static int pselect(CallState state, int nfds, MemorySegment read, MemorySegment write,
            MemorySegment except, MemorySegment timeout) {
        int result = state.result((int) PSELECT.call(
                state, nfds, read.address(), write.address(), except.address(), timeout.address(), 0));
        Reference.reachabilityFence(read);
        Reference.reachabilityFence(write);
        Reference.reachabilityFence(except);
        Reference.reachabilityFence(timeout);
        return result;
    }
}
