package io.github.epoll4j.internal.sys;

import io.github.epoll4j.internal.gen.unistd.unistd_h;
import java.lang.foreign.MemorySegment;

/** The call that opens a pipe; its bytes move through {@link FdCalls}. */
public final class PipeCalls {
    private static final CFunction PIPE2 = CFunction.of("pipe2");

    private PipeCalls() {
    }

    /** {@code pipe2(fds, O_CLOEXEC | O_NONBLOCK)}. */
    public static int pipe2(CallState state, MemorySegment fds) {
        return state.result((int) PIPE2.call(state, fds.address(), unistd_h.O_CLOEXEC() | unistd_h.O_NONBLOCK()));
    }
}
