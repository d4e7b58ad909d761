package io.github.epoll4j.internal.io;

import static io.github.epoll4j.internal.gen.epoll.epoll_h.epoll_pwait2;
import static io.github.epoll4j.internal.gen.epoll.epoll_h.epoll_wait;

import io.github.epoll4j.Errno;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.EpollEventLayout;
import io.github.epoll4j.internal.gen.epoll.epoll_h;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** The choice between {@code epoll_wait} and {@code epoll_pwait2}. */
public final class EpollCalls {
    /** Once false, false for good. A thread that reads it late asks the kernel once more. */
    private static boolean hasPwait2 = epoll_h.epoll_pwait2$address().address() != 0;

    private EpollCalls() {
    }

    /**
     * Waits by the coarsest call that can express the time: {@code epoll_wait} for whole milliseconds,
     * {@code epoll_pwait2} for others where it exists.
     *
     * @return the number of events, or {@code -errno}
     * @throws IndexOutOfBoundsException if the memory has no space for so many events
     */
    public static int wait(CallState state, int epfd, MemorySegment events, int maxEvents, long timeoutNanos) {
        Objects.checkFromIndexSize(0, (long) maxEvents * EpollEventLayout.SIZE, events.byteSize());
        if (!Timeouts.isWholeMillis(timeoutNanos) && hasPwait2) {
            int precise = state.result(epoll_pwait2(state.errno(), epfd, events, maxEvents,
                    Timeouts.timespec(state, timeoutNanos), MemorySegment.NULL));
            // a kernel before 5.11 lacks it, and some sandboxes deny what they do not know
            if (precise != -Errno.ENOSYS && precise != -Errno.EPERM) {
                return precise;
            }
            hasPwait2 = false;
        }
        return state.result(epoll_wait(state.errno(), epfd, events, maxEvents, Timeouts.ceilMillis(timeoutNanos)));
    }
}
