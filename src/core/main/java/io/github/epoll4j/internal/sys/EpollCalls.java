package io.github.epoll4j.internal.sys;

import io.github.epoll4j.Errno;
import io.github.epoll4j.internal.gen.epoll.epoll_h;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The calls of {@code sys/epoll.h}. */
public final class EpollCalls {
    private EpollCalls() {
    }

    /** {@code epoll_create(size)}: the size is ignored, but must be positive. */
    public static int create(CallState state, int size) {
        try {
            return state.result((int) Create.HANDLE.invokeExact(state.errno(), size));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code epoll_create1(flags)}. */
    public static int create1(CallState state, int flags) {
        try {
            return state.result((int) Create1.HANDLE.invokeExact(state.errno(), flags));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code epoll_ctl(epfd, op, fd, event)} with an event made of a mask and a datum. */
    public static int ctl(CallState state, int epfd, int op, int fd, int events, long data) {
        EpollEventLayout.write(state.scratch(), events, data);
        return ctl(state, epfd, op, fd, state.scratch());
    }

    /** {@code epoll_ctl(epfd, op, fd, event)}. */
    public static int ctl(CallState state, int epfd, int op, int fd, MemorySegment event) {
        try {
            return state.result((int) Ctl.HANDLE.invokeExact(state.errno(), epfd, op, fd, event));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /**
     * Waits with the coarsest call that can express the time: {@code epoll_wait} for whole milliseconds, and
     * {@code epoll_pwait2} for others, where there is one.
     */
    public static int wait(CallState state, int epfd, MemorySegment events, int maxEvents, long timeoutNanos) {
        if (!Timeouts.isWholeMillis(timeoutNanos) && Pwait2.present) {
            int result = pwait2(state, epfd, events, maxEvents, Timeouts.timespec(state, timeoutNanos));
            // a kernel before 5.11 lacks it, and some sandboxes deny what they do not know
            if (result != -Errno.ENOSYS && result != -Errno.EPERM) {
                return result;
            }
            Pwait2.present = false;
        }
        return wait(state, epfd, events, maxEvents, Timeouts.ceilMillis(timeoutNanos));
    }

    /** {@code epoll_wait(epfd, events, maxevents, timeout)}. */
    public static int wait(CallState state, int epfd, MemorySegment events, int maxEvents, int timeoutMillis) {
        try {
            return state.result((int) Wait.HANDLE.invokeExact(state.errno(), epfd, events, maxEvents, timeoutMillis));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code epoll_pwait2(epfd, events, maxevents, timeout, NULL)}, only where {@link #hasPwait2()}. */
    public static int pwait2(CallState state, int epfd, MemorySegment events, int maxEvents, MemorySegment timeout) {
        try {
            return state.result((int) Pwait2.HANDLE.invokeExact(
                    state.errno(), epfd, events, maxEvents, timeout, MemorySegment.NULL));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** Whether {@code epoll_pwait2} exists, as far as is known. */
    public static boolean hasPwait2() {
        return Pwait2.present;
    }

    /** {@code ioctl(epfd, request, params)} with EPIOCSPARAMS or EPIOCGPARAMS. */
    public static int ioctl(CallState state, int epfd, long request, MemorySegment params) {
        try {
            return state.result((int) Ioctl.HANDLE.invokeExact(state.errno(), epfd, request, params));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    private static final class Create {
        static final MethodHandle HANDLE =
                Downcall.link(epoll_h.epoll_create$address(), epoll_h.epoll_create$descriptor());
    }

    private static final class Create1 {
        static final MethodHandle HANDLE =
                Downcall.link(epoll_h.epoll_create1$address(), epoll_h.epoll_create1$descriptor());
    }

    private static final class Ctl {
        static final MethodHandle HANDLE = Downcall.link(epoll_h.epoll_ctl$address(), epoll_h.epoll_ctl$descriptor());
    }

    private static final class Wait {
        static final MethodHandle HANDLE =
                Downcall.link(epoll_h.epoll_wait$address(), epoll_h.epoll_wait$descriptor());
    }

    private static final class Pwait2 {
        static final MethodHandle HANDLE =
                Downcall.linkOptional(epoll_h::epoll_pwait2$address, epoll_h::epoll_pwait2$descriptor);
        /** Once false, false for good; a thread that sees it late asks the kernel once more. */
        static boolean present = HANDLE != null;
    }

    private static final class Ioctl {
        static final MethodHandle HANDLE = Downcall.linkVariadic(
                unistd_h.ioctl.address(), unistd_h.ioctl.makeInvoker(epoll_h.C_POINTER).descriptor(), 2);
    }
}
