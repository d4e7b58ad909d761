package io.github.epoll4j.internal.sys;

import io.github.epoll4j.internal.gen.unistd.unistd_h;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The call that opens a pipe; its bytes move through {@link FdCalls}. */
public final class PipeCalls {
    private PipeCalls() {
    }

    /** {@code pipe2(fds, O_CLOEXEC | O_NONBLOCK)}. */
    public static int pipe2(CallState state, MemorySegment fds) {
        try {
            return state.result((int) Pipe2.HANDLE.invokeExact(
                    state.errno(), fds, unistd_h.O_CLOEXEC() | unistd_h.O_NONBLOCK()));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    private static final class Pipe2 {
        static final MethodHandle HANDLE = Downcall.link(unistd_h.pipe2$address(), unistd_h.pipe2$descriptor());
    }
}
