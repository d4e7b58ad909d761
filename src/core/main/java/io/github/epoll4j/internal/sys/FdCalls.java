package io.github.epoll4j.internal.sys;

import io.github.epoll4j.Errno;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/** The calls that every descriptor knows, and those that open what one can wait for. */
public final class FdCalls {
    static final CFunction READ = CFunction.of("read");
    static final CFunction WRITE = CFunction.of("write");
    private static final CFunction CLOSE = CFunction.of("close");
    private static final CFunction FCNTL = CFunction.of("fcntl");
    private static final CFunction EVENTFD = CFunction.of("eventfd");
    private static final CFunction SYSCALL = CFunction.of("syscall");

    private FdCalls() {
    }

    /** {@code read(fd, buffer, count)}. */
    public static long read(CallState state, int fd, MemorySegment buffer, long count) {
        long result = READ.transfer(state, fd, buffer.address(), count, 0);
        Reference.reachabilityFence(buffer);
        return result;
    }

    /** {@code write(fd, buffer, count)}. */
    public static long write(CallState state, int fd, MemorySegment buffer, long count) {
        long result = WRITE.transfer(state, fd, buffer.address(), count, 0);
        Reference.reachabilityFence(buffer);
        return result;
    }

    /** {@code close(fd)}, never retried; EBADF alone is an error, and the program's. */
    public static void close(int fd) {
        CallState state = CallState.ofThread();
        int result = state.result((int) CLOSE.call(state, fd));
        if (result == -Errno.EBADF) {
            throw new IllegalStateException("descriptor " + fd + " was closed by somebody else");
        }
    }

    /** {@code fcntl(fd, command, argument)} with an integer argument. */
    public static int fcntl(CallState state, int fd, int command, int argument) {
        return state.result((int) FCNTL.callVariadic(state, fd, command, argument));
    }

    /** {@code eventfd(initval, flags)}. */
    public static int eventfd(CallState state, int initialValue, int flags) {
        return state.result((int) EVENTFD.call(state, initialValue, flags));
    }

    /** {@code pidfd_open(pid, flags)}, for which not every C library has a function. */
    public static int pidfdOpen(CallState state, int pid, int flags) {
        return (int) state.result(SYSCALL.callVariadic(state, unistd_h.SYS_pidfd_open(), pid, flags));
    }
}
