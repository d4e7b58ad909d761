package io.github.epoll4j.internal.sys;

import io.github.epoll4j.internal.gen.signalfd.signalfd_h;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The calls of {@code sys/signalfd.h}, and those of {@code signal.h} that fill a set and block it in a thread. */
public final class SignalCalls {
    private SignalCalls() {
    }

    /** {@code sigemptyset(set)} of a {@code sigset_t} in the scratch memory. */
    public static int emptySet(CallState state) {
        try {
            return state.result((int) Emptyset.HANDLE.invokeExact(state.errno(), state.scratch()));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code sigaddset(set, signal)} to the set in the scratch memory: EINVAL for what is not a signal. */
    public static int addToSet(CallState state, int signal) {
        try {
            return state.result((int) Addset.HANDLE.invokeExact(state.errno(), state.scratch(), signal));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code signalfd(fd, mask, flags)}; a new descriptor for fd -1. */
    public static int signalfd(CallState state, int fd, MemorySegment mask, int flags) {
        try {
            return state.result((int) Signalfd.HANDLE.invokeExact(state.errno(), fd, mask, flags));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code pthread_sigmask(how, set, NULL)}, which returns its error and does not touch errno. */
    public static int threadMask(CallState state, int how, MemorySegment set) {
        try {
            return -(int) Sigmask.HANDLE.invokeExact(state.errno(), how, set, MemorySegment.NULL);
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    private static final class Emptyset {
        static final MethodHandle HANDLE =
                Downcall.link(signalfd_h.sigemptyset$address(), signalfd_h.sigemptyset$descriptor());
    }

    private static final class Addset {
        static final MethodHandle HANDLE =
                Downcall.link(signalfd_h.sigaddset$address(), signalfd_h.sigaddset$descriptor());
    }

    private static final class Signalfd {
        static final MethodHandle HANDLE =
                Downcall.link(signalfd_h.signalfd$address(), signalfd_h.signalfd$descriptor());
    }

    private static final class Sigmask {
        static final MethodHandle HANDLE =
                Downcall.link(signalfd_h.pthread_sigmask$address(), signalfd_h.pthread_sigmask$descriptor());
    }
}
