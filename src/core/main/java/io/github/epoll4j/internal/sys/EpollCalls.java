package io.github.epoll4j.internal.sys;

import io.github.epoll4j.Errno;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/** The calls of {@code sys/epoll.h}. */
public final class EpollCalls {
    private static final CFunction EPOLL_CREATE = CFunction.of("epoll_create");
    private static final CFunction EPOLL_CREATE1 = CFunction.of("epoll_create1");
    private static final CFunction EPOLL_CTL = CFunction.of("epoll_ctl");
    private static final CFunction EPOLL_WAIT = CFunction.of("epoll_wait");
    private static final CFunction EPOLL_PWAIT2 = CFunction.ofOptional("epoll_pwait2");
    private static final CFunction IOCTL = CFunction.of("ioctl");

    /** Once false, false for good; a thread that sees it late asks the kernel once more. */
    private static boolean hasPwait2 = EPOLL_PWAIT2.isPresent();

    private EpollCalls() {
    }

    /** {@code epoll_create(size)}: the size is ignored, but must be positive. */
    public static int create(CallState state, int size) {
        return state.result((int) EPOLL_CREATE.call(state, size));
    }

    /** {@code epoll_create1(flags)}. */
    public static int create1(CallState state, int flags) {
        return state.result((int) EPOLL_CREATE1.call(state, flags));
    }

    /** {@code epoll_ctl(epfd, op, fd, event)} with an event made of a mask and a datum. */
    public static int ctl(CallState state, int epfd, int op, int fd, int events, long data) {
        EpollEventLayout.write(state.bytes(), events, data);
        // not by the one below, and so is it with the waits: a level less to inline, see CFunction
        return state.result((int) EPOLL_CTL.call(state, epfd, op, fd, state.scratch().address()));
    }

    /** {@code epoll_ctl(epfd, op, fd, event)}. */
    public static int ctl(CallState state, int epfd, int op, int fd, MemorySegment event) {
        return state.result((int) EPOLL_CTL.call(state, epfd, op, fd, event.address()));
    }

    /**
     * Waits with the coarsest call that can express the time: {@code epoll_wait} for whole milliseconds, and
     * {@code epoll_pwait2} for others, where there is one.
     */
    public static int wait(CallState state, int epfd, MemorySegment events, int maxEvents, long timeoutNanos) {
        if (!Timeouts.isWholeMillis(timeoutNanos) && hasPwait2) {
            int precise = pwait2(state, epfd, events, maxEvents, Timeouts.timespec(state, timeoutNanos));
            // a kernel before 5.11 lacks it, and some sandboxes deny what they do not know
            if (precise != -Errno.ENOSYS && precise != -Errno.EPERM) {
                return precise;
            }
            hasPwait2 = false;
        }
        int timeoutMillis = Timeouts.ceilMillis(timeoutNanos);
        int result = state.result((int) EPOLL_WAIT.call(state, epfd, events.address(), maxEvents, timeoutMillis));
        Reference.reachabilityFence(events);
        return result;
    }

    /** {@code epoll_wait(epfd, events, maxevents, timeout)}. */
    public static int wait(CallState state, int epfd, MemorySegment events, int maxEvents, int timeoutMillis) {
        int result = state.result((int) EPOLL_WAIT.call(state, epfd, events.address(), maxEvents, timeoutMillis));
        Reference.reachabilityFence(events);
        return result;
    }

    /** {@code epoll_pwait2(epfd, events, maxevents, timeout, NULL)}, only where {@link #hasPwait2()}. */
    public static int pwait2(CallState state, int epfd, MemorySegment events, int maxEvents, MemorySegment timeout) {
        int result = state.result((int) EPOLL_PWAIT2.call(
                state, epfd, events.address(), maxEvents, timeout.address(), 0));
        Reference.reachabilityFence(events);
        Reference.reachabilityFence(timeout);
        return result;
    }

    /** Whether {@code epoll_pwait2} exists, as far as is known. */
    public static boolean hasPwait2() {
        return hasPwait2;
    }

    /** {@code ioctl(epfd, request, params)} with EPIOCSPARAMS or EPIOCGPARAMS. */
    public static int ioctl(CallState state, int epfd, long request, MemorySegment params) {
        return state.result((int) IOCTL.callVariadic(state, epfd, request, params.address()));
    }
}
