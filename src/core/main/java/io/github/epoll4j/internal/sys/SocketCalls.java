package io.github.epoll4j.internal.sys;

import io.github.epoll4j.Errno;
import io.github.epoll4j.internal.gen.socket.socket_h;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The calls of {@code sys/socket.h}. A TCP server's start needs six shapes of function: socket, setsockopt, bind,
 * listen, accept4, and recv with send.
 *
 * <p>What moves bytes takes a segment and an offset, and makes the slice itself: only one that is made where it is used
 * is never allocated, however the compiler cuts the callers.
 */
public final class SocketCalls {
    private SocketCalls() {
    }

    /** {@code socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)}. */
    public static int socket(CallState state, int domain, int type) {
        int flags = type | socket_h.SOCK_NONBLOCK() | socket_h.SOCK_CLOEXEC();
        try {
            return state.result((int) Socket.HANDLE.invokeExact(state.errno(), domain, flags, 0));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code socketpair(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds)}. */
    public static int socketpair(CallState state, int type, MemorySegment fds) {
        int flags = type | socket_h.SOCK_NONBLOCK() | socket_h.SOCK_CLOEXEC();
        try {
            return state.result((int) Socketpair.HANDLE.invokeExact(
                    state.errno(), socket_h.AF_UNIX(), flags, 0, fds));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code bind(fd, address, length)}. */
    public static int bind(CallState state, int fd, MemorySegment address, int length) {
        try {
            return state.result((int) Bind.HANDLE.invokeExact(state.errno(), fd, address, length));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code connect(fd, address, length)}. */
    public static int connect(CallState state, int fd, MemorySegment address, int length) {
        try {
            return state.result((int) Connect.HANDLE.invokeExact(state.errno(), fd, address, length));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code listen(fd, backlog)}. */
    public static int listen(CallState state, int fd, int backlog) {
        try {
            return state.result((int) Listen.HANDLE.invokeExact(state.errno(), fd, backlog));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code shutdown(fd, how)}. */
    public static int shutdown(CallState state, int fd, int how) {
        try {
            return state.result((int) Shutdown.HANDLE.invokeExact(state.errno(), fd, how));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)}. */
    public static int accept(CallState state, int fd) {
        try {
            return state.result((int) Accept4.HANDLE.invokeExact(state.errno(), fd, MemorySegment.NULL,
                    MemorySegment.NULL, socket_h.SOCK_NONBLOCK() | socket_h.SOCK_CLOEXEC()));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code getsockname(fd, address, length)}. */
    public static int getsockname(CallState state, int fd, MemorySegment address, MemorySegment length) {
        try {
            return state.result((int) Getsockname.HANDLE.invokeExact(state.errno(), fd, address, length));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code getpeername(fd, address, length)}. */
    public static int getpeername(CallState state, int fd, MemorySegment address, MemorySegment length) {
        try {
            return state.result((int) Getpeername.HANDLE.invokeExact(state.errno(), fd, address, length));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code getsockopt(fd, level, option, value, length)}. */
    public static int getsockopt(CallState state, int fd, int level, int option, MemorySegment value,
            MemorySegment length) {
        try {
            return state.result((int) Getsockopt.HANDLE.invokeExact(
                    state.errno(), fd, level, option, value, length));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code setsockopt(fd, level, option, value, length)}. */
    public static int setsockopt(CallState state, int fd, int level, int option, MemorySegment value, int length) {
        try {
            return state.result((int) Setsockopt.HANDLE.invokeExact(
                    state.errno(), fd, level, option, value, length));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code recv(fd, address, count, 0)} on a non-blocking socket; EINTR is retried. */
    public static long recv(CallState state, int fd, long address, long count) {
        try {
            long result;
            do {
                result = state.result((long) RecvAt.HANDLE.invokeExact(state.errno(), fd, address, count, 0));
            } while (result == -Errno.EINTR);
            return result;
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code send(fd, address, count, MSG_NOSIGNAL)} on a non-blocking socket; EINTR is retried. */
    public static long send(CallState state, int fd, long address, long count) {
        int silent = socket_h.MSG_NOSIGNAL();
        try {
            long result;
            do {
                result = state.result((long) SendAt.HANDLE.invokeExact(state.errno(), fd, address, count, silent));
            } while (result == -Errno.EINTR);
            return result;
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code recv(fd, memory + offset, count, flags)} on a non-blocking socket; EINTR is retried. */
    public static long recv(CallState state, int fd, MemorySegment memory, long offset, long count, int flags) {
        try {
            long result;
            do {
                result = state.result((long) Recv.HANDLE.invokeExact(
                        state.errno(), fd, memory.asSlice(offset, count), count, flags));
            } while (result == -Errno.EINTR);
            return result;
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code send(fd, memory + offset, count, flags | MSG_NOSIGNAL)} on a non-blocking socket; EINTR is retried. */
    public static long send(CallState state, int fd, MemorySegment memory, long offset, long count, int flags) {
        int silent = flags | socket_h.MSG_NOSIGNAL();
        try {
            long result;
            do {
                result = state.result((long) Send.HANDLE.invokeExact(
                        state.errno(), fd, memory.asSlice(offset, count), count, silent));
            } while (result == -Errno.EINTR);
            return result;
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code sendmsg(fd, message, MSG_NOSIGNAL)} on a non-blocking socket; EINTR is retried. */
    public static long sendmsg(CallState state, int fd, MemorySegment message) {
        try {
            long result;
            do {
                result = state.result((long) Sendmsg.HANDLE.invokeExact(
                        state.errno(), fd, message, socket_h.MSG_NOSIGNAL()));
            } while (result == -Errno.EINTR);
            return result;
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /**
     * {@code recvfrom(fd, memory + offset, count, 0, address, address + lengthOffset)} on a non-blocking socket; EINTR
     * is retried. A null pointer and 0 ask for no address.
     */
    public static long recvfrom(CallState state, int fd, MemorySegment memory, long offset, long count,
            MemorySegment address, long lengthOffset) {
        try {
            long result;
            do {
                result = state.result((long) Recvfrom.HANDLE.invokeExact(state.errno(), fd,
                        memory.asSlice(offset, count), count, 0, address, address.asSlice(lengthOffset)));
            } while (result == -Errno.EINTR);
            return result;
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code sendto(fd, memory + offset, count, MSG_NOSIGNAL, address, length)}, non-blocking; EINTR is retried. */
    public static long sendto(CallState state, int fd, MemorySegment memory, long offset, long count,
            MemorySegment address, int length) {
        int silent = socket_h.MSG_NOSIGNAL();
        try {
            long result;
            do {
                result = state.result((long) Sendto.HANDLE.invokeExact(
                        state.errno(), fd, memory.asSlice(offset, count), count, silent, address, length));
            } while (result == -Errno.EINTR);
            return result;
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    private static final class Socket {
        static final MethodHandle HANDLE = Downcall.link(socket_h.socket$address(), socket_h.socket$descriptor());
    }

    private static final class Socketpair {
        static final MethodHandle HANDLE =
                Downcall.link(socket_h.socketpair$address(), socket_h.socketpair$descriptor());
    }

    private static final class Bind {
        static final MethodHandle HANDLE = Downcall.link(socket_h.bind$address(), socket_h.bind$descriptor());
    }

    private static final class Connect {
        static final MethodHandle HANDLE = Downcall.link(socket_h.connect$address(), socket_h.connect$descriptor());
    }

    private static final class Listen {
        static final MethodHandle HANDLE = Downcall.link(socket_h.listen$address(), socket_h.listen$descriptor());
    }

    private static final class Shutdown {
        static final MethodHandle HANDLE = Downcall.link(socket_h.shutdown$address(), socket_h.shutdown$descriptor());
    }

    private static final class Accept4 {
        static final MethodHandle HANDLE = Downcall.link(socket_h.accept4$address(), socket_h.accept4$descriptor());
    }

    private static final class Getsockname {
        static final MethodHandle HANDLE =
                Downcall.link(socket_h.getsockname$address(), socket_h.getsockname$descriptor());
    }

    private static final class Getpeername {
        static final MethodHandle HANDLE =
                Downcall.link(socket_h.getpeername$address(), socket_h.getpeername$descriptor());
    }

    private static final class Getsockopt {
        static final MethodHandle HANDLE =
                Downcall.link(socket_h.getsockopt$address(), socket_h.getsockopt$descriptor());
    }

    private static final class Setsockopt {
        static final MethodHandle HANDLE =
                Downcall.link(socket_h.setsockopt$address(), socket_h.setsockopt$descriptor());
    }

    private static final class Recv {
        static final MethodHandle HANDLE = Downcall.link(socket_h.recv$address(), socket_h.recv$descriptor());
    }

    private static final class Send {
        static final MethodHandle HANDLE = Downcall.link(socket_h.send$address(), socket_h.send$descriptor());
    }

    private static final class RecvAt {
        static final MethodHandle HANDLE = Downcall.linkAddresses(socket_h.recv$address(), socket_h.recv$descriptor());
    }

    private static final class SendAt {
        static final MethodHandle HANDLE = Downcall.linkAddresses(socket_h.send$address(), socket_h.send$descriptor());
    }

    private static final class Sendmsg {
        static final MethodHandle HANDLE = Downcall.link(socket_h.sendmsg$address(), socket_h.sendmsg$descriptor());
    }

    private static final class Recvfrom {
        static final MethodHandle HANDLE = Downcall.link(socket_h.recvfrom$address(), socket_h.recvfrom$descriptor());
    }

    private static final class Sendto {
        static final MethodHandle HANDLE = Downcall.link(socket_h.sendto$address(), socket_h.sendto$descriptor());
    }
}
