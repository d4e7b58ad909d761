package io.github.epoll4j.internal.sys;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/** The calls of {@code poll.h}. */
public final class PollCalls {
    private static final CFunction POLL = CFunction.of("poll");
    private static final CFunction PPOLL = CFunction.of("ppoll");

    private PollCalls() {
    }

    /** Waits with {@code poll} for whole milliseconds, and with {@code ppoll} for other times and very long ones. */
    public static int poll(CallState state, MemorySegment fds, long nfds, long timeoutNanos) {
        return Timeouts.isWholeMillis(timeoutNanos) && timeoutNanos <= Timeouts.LONGEST_MILLIS_NANOS
                ? poll(state, fds, nfds, Timeouts.ceilMillis(timeoutNanos))
                : ppoll(state, fds, nfds, Timeouts.timespec(state, timeoutNanos));
    }

    /** {@code poll(fds, nfds, timeout)}. */
    public static int poll(CallState state, MemorySegment fds, long nfds, int timeoutMillis) {
        int result = state.result((int) POLL.call(state, fds.address(), nfds, timeoutMillis));
        Reference.reachabilityFence(fds);
        return result;
    }

    /** {@code ppoll(fds, nfds, timeout, NULL)}. */
    public static int ppoll(CallState state, MemorySegment fds, long nfds, MemorySegment timeout) {
        int result = state.result((int) PPOLL.call(state, fds.address(), nfds, timeout.address(), 0));
        Reference.reachabilityFence(fds);
        Reference.reachabilityFence(timeout);
        return result;
    }
}
