package io.github.epoll4j.internal.sys;

import io.github.epoll4j.Errno;
import io.github.epoll4j.internal.gen.eventfd.eventfd_h;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The calls that every descriptor knows, and those that open what one can wait for. */
public final class FdCalls {
    private FdCalls() {
    }

    /** {@code read(fd, buffer, count)} on a non-blocking descriptor; EINTR is retried. */
    public static long read(CallState state, int fd, MemorySegment buffer, long count) {
        try {
            long result;
            do {
                result = state.result((long) Read.HANDLE.invokeExact(state.errno(), fd, buffer, count));
            } while (result == -Errno.EINTR);
            return result;
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code write(fd, buffer, count)} on a non-blocking descriptor; EINTR is retried. */
    public static long write(CallState state, int fd, MemorySegment buffer, long count) {
        try {
            long result;
            do {
                result = state.result((long) Write.HANDLE.invokeExact(state.errno(), fd, buffer, count));
            } while (result == -Errno.EINTR);
            return result;
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code read(fd, address, count)}. */
    public static long read(CallState state, int fd, long address, long count) {
        try {
            long result;
            do {
                result = state.result((long) ReadAt.HANDLE.invokeExact(state.errno(), fd, address, count));
            } while (result == -Errno.EINTR);
            return result;
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code write(fd, address, count)}. */
    public static long write(CallState state, int fd, long address, long count) {
        try {
            long result;
            do {
                result = state.result((long) WriteAt.HANDLE.invokeExact(state.errno(), fd, address, count));
            } while (result == -Errno.EINTR);
            return result;
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code read(fd, memory + offset, count)}; a slice that is made where it is used is never allocated. */
    public static long read(CallState state, int fd, MemorySegment memory, long offset, long count) {
        try {
            long result;
            do {
                result = state.result((long) Read.HANDLE.invokeExact(
                        state.errno(), fd, memory.asSlice(offset, count), count));
            } while (result == -Errno.EINTR);
            return result;
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code write(fd, memory + offset, count)}; a slice that is made where it is used is never allocated. */
    public static long write(CallState state, int fd, MemorySegment memory, long offset, long count) {
        try {
            long result;
            do {
                result = state.result((long) Write.HANDLE.invokeExact(
                        state.errno(), fd, memory.asSlice(offset, count), count));
            } while (result == -Errno.EINTR);
            return result;
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code close(fd)}, never retried; EBADF alone is an error, and the program's. */
    public static void close(int fd) {
        CallState state = CallState.ofThread();
        int result;
        try {
            result = state.result((int) Close.HANDLE.invokeExact(state.errno(), fd));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
        if (result == -Errno.EBADF) {
            throw new IllegalStateException("descriptor " + fd + " was closed by somebody else");
        }
    }

    /** {@code fcntl(fd, command, argument)} with an integer argument. */
    public static int fcntl(CallState state, int fd, int command, int argument) {
        try {
            return state.result((int) Fcntl.HANDLE.invokeExact(state.errno(), fd, command, argument));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code eventfd(initval, flags)}. */
    public static int eventfd(CallState state, int initialValue, int flags) {
        try {
            return state.result((int) Eventfd.HANDLE.invokeExact(state.errno(), initialValue, flags));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code pidfd_open(pid, flags)}, for which not every C library has a function. */
    public static int pidfdOpen(CallState state, int pid, int flags) {
        try {
            return (int) state.result((long) PidfdOpen.HANDLE.invokeExact(
                    state.errno(), (long) unistd_h.SYS_pidfd_open(), (long) pid, (long) flags));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    private static final class Read {
        static final MethodHandle HANDLE = Downcall.link(unistd_h.read$address(), unistd_h.read$descriptor());
    }

    private static final class Write {
        static final MethodHandle HANDLE = Downcall.link(unistd_h.write$address(), unistd_h.write$descriptor());
    }

    private static final class ReadAt {
        static final MethodHandle HANDLE = Downcall.linkAddresses(unistd_h.read$address(), unistd_h.read$descriptor());
    }

    private static final class WriteAt {
        static final MethodHandle HANDLE = Downcall.linkAddresses(
                unistd_h.write$address(), unistd_h.write$descriptor());
    }

    private static final class Close {
        static final MethodHandle HANDLE = Downcall.link(unistd_h.close$address(), unistd_h.close$descriptor());
    }

    private static final class Fcntl {
        static final MethodHandle HANDLE = Downcall.linkVariadic(
                unistd_h.fcntl.address(), unistd_h.fcntl.makeInvoker(unistd_h.C_INT).descriptor(), 2);
    }

    private static final class Eventfd {
        static final MethodHandle HANDLE = Downcall.link(eventfd_h.eventfd$address(), eventfd_h.eventfd$descriptor());
    }

    private static final class PidfdOpen {
        static final MethodHandle HANDLE = Downcall.linkVariadic(unistd_h.syscall.address(),
                unistd_h.syscall.makeInvoker(unistd_h.C_LONG, unistd_h.C_LONG).descriptor(), 1);
    }
}
