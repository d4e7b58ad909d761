package io.github.epoll4j.internal.sys;

import io.github.epoll4j.internal.gen.poll.poll_h;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The calls of {@code poll.h}. */
public final class PollCalls {
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
        try {
            return state.result((int) Poll.HANDLE.invokeExact(state.errno(), fds, nfds, timeoutMillis));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code ppoll(fds, nfds, timeout, NULL)}. */
    public static int ppoll(CallState state, MemorySegment fds, long nfds, MemorySegment timeout) {
        try {
            return state.result(
                    (int) Ppoll.HANDLE.invokeExact(state.errno(), fds, nfds, timeout, MemorySegment.NULL));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    private static final class Poll {
        static final MethodHandle HANDLE = Downcall.link(poll_h.poll$address(), poll_h.poll$descriptor());
    }

    private static final class Ppoll {
        static final MethodHandle HANDLE = Downcall.link(poll_h.ppoll$address(), poll_h.ppoll$descriptor());
    }
}
