package io.github.epoll4j.internal.sys;

import java.lang.foreign.MemorySegment;

/** The calls of {@code sys/signalfd.h}, and those of {@code signal.h} that fill a set and block it in a thread. */
public final class SignalCalls {
    private static final CFunction SIGEMPTYSET = CFunction.of("sigemptyset");
    private static final CFunction SIGADDSET = CFunction.of("sigaddset");
    private static final CFunction SIGNALFD = CFunction.of("signalfd");
    private static final CFunction PTHREAD_SIGMASK = CFunction.ofOptional("pthread_sigmask");

    private SignalCalls() {
    }

    /** {@code sigemptyset(set)} of a {@code sigset_t} in the scratch memory. */
    public static int emptySet(CallState state) {
        return state.result((int) SIGEMPTYSET.call(state, state.scratch().address()));
    }

    /** {@code sigaddset(set, signal)} to the set in the scratch memory: EINVAL for what is not a signal. */
    public static int addToSet(CallState state, int signal) {
        return state.result((int) SIGADDSET.call(state, state.scratch().address(), signal));
    }

    /** {@code signalfd(fd, mask, flags)}; a new descriptor for fd -1. */
    public static int signalfd(CallState state, int fd, MemorySegment mask, int flags) {
        return state.result((int) SIGNALFD.call(state, fd, mask.address(), flags));
    }

    /**
     * {@code pthread_sigmask(how, set, NULL)}, which returns its error and does not touch errno.
     *
     * @throws UnsupportedOperationException if the C library has it elsewhere: glibc before 2.32, in libpthread
     */
    public static int threadMask(CallState state, int how, MemorySegment set) {
        if (!PTHREAD_SIGMASK.isPresent()) {
            throw new UnsupportedOperationException("this C library has no pthread_sigmask");
        }
        return -(int) PTHREAD_SIGMASK.call(state, how, set.address(), 0);
    }
}
