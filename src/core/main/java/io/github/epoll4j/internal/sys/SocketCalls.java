package io.github.epoll4j.internal.sys;

import io.github.epoll4j.internal.gen.socket.socket_h;
import java.lang.foreign.MemorySegment;

/**
 * The calls of {@code sys/socket.h}. What moves bytes is for non-blocking sockets, and made again when a signal
 * interrupts it.
 */
public final class SocketCalls {
    private static final CFunction SOCKET = CFunction.of("socket");
    private static final CFunction SOCKETPAIR = CFunction.of("socketpair");
    private static final CFunction BIND = CFunction.of("bind");
    private static final CFunction CONNECT = CFunction.of("connect");
    private static final CFunction LISTEN = CFunction.of("listen");
    private static final CFunction SHUTDOWN = CFunction.of("shutdown");
    private static final CFunction ACCEPT4 = CFunction.of("accept4");
    private static final CFunction GETSOCKNAME = CFunction.of("getsockname");
    private static final CFunction GETPEERNAME = CFunction.of("getpeername");
    private static final CFunction GETSOCKOPT = CFunction.of("getsockopt");
    private static final CFunction SETSOCKOPT = CFunction.of("setsockopt");
    static final CFunction RECV = CFunction.of("recv");
    static final CFunction SEND = CFunction.of("send");
    private static final CFunction SENDMSG = CFunction.of("sendmsg");
    private static final CFunction RECVFROM = CFunction.of("recvfrom");
    private static final CFunction SENDTO = CFunction.of("sendto");

    /** Where in the scratch memory the length of an option's value lies: behind the largest, a {@code linger}. */
    private static final int OPTION_LENGTH = 8;

    private SocketCalls() {
    }

    /** {@code socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)}. */
    public static int socket(CallState state, int domain, int type) {
        int flags = type | socket_h.SOCK_NONBLOCK() | socket_h.SOCK_CLOEXEC();
        return state.result((int) SOCKET.call(state, domain, flags, 0));
    }

    /** {@code socketpair(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds)}. */
    public static int socketpair(CallState state, int type, MemorySegment fds) {
        int flags = type | socket_h.SOCK_NONBLOCK() | socket_h.SOCK_CLOEXEC();
        return state.result((int) SOCKETPAIR.call(state, socket_h.AF_UNIX(), flags, 0, fds.address()));
    }

    /** {@code bind(fd, address, length)}. */
    public static int bind(CallState state, int fd, MemorySegment address, int length) {
        return state.result((int) BIND.call(state, fd, address.address(), length));
    }

    /** {@code connect(fd, address, length)}. */
    public static int connect(CallState state, int fd, MemorySegment address, int length) {
        return state.result((int) CONNECT.call(state, fd, address.address(), length));
    }

    /** {@code listen(fd, backlog)}. */
    public static int listen(CallState state, int fd, int backlog) {
        return state.result((int) LISTEN.call(state, fd, backlog));
    }

    /** {@code shutdown(fd, how)}. */
    public static int shutdown(CallState state, int fd, int how) {
        return state.result((int) SHUTDOWN.call(state, fd, how));
    }

    /** {@code accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)}. */
    public static int accept(CallState state, int fd) {
        int flags = socket_h.SOCK_NONBLOCK() | socket_h.SOCK_CLOEXEC();
        return state.result((int) ACCEPT4.call(state, fd, 0, 0, flags));
    }

    /** {@code getsockname(fd, address, length)}. */
    public static int getsockname(CallState state, int fd, MemorySegment address, MemorySegment length) {
        return state.result((int) GETSOCKNAME.call(state, fd, address.address(), length.address()));
    }

    /** {@code getpeername(fd, address, length)}. */
    public static int getpeername(CallState state, int fd, MemorySegment address, MemorySegment length) {
        return state.result((int) GETPEERNAME.call(state, fd, address.address(), length.address()));
    }

    /** {@code getsockopt(fd, level, option, value, length)} into the scratch memory, of so many bytes at most. */
    public static int getsockopt(CallState state, int fd, int level, int option, int size) {
        state.bytes().putInt(OPTION_LENGTH, size);
        long value = state.scratch().address();
        return state.result((int) GETSOCKOPT.call(state, fd, level, option, value, value + OPTION_LENGTH));
    }

    /** {@code setsockopt(fd, level, option, value, length)}. */
    public static int setsockopt(CallState state, int fd, int level, int option, MemorySegment value, int length) {
        return state.result((int) SETSOCKOPT.call(state, fd, level, option, value.address(), length));
    }

    /** {@code recv(fd, address, count, flags)}. */
    public static long recv(CallState state, int fd, long address, long count, int flags) {
        return RECV.transfer(state, fd, address, count, flags);
    }

    /** {@code send(fd, address, count, flags | MSG_NOSIGNAL)}. */
    public static long send(CallState state, int fd, long address, long count, int flags) {
        return SEND.transfer(state, fd, address, count, flags | socket_h.MSG_NOSIGNAL());
    }

    /** {@code sendmsg(fd, message, MSG_NOSIGNAL)}. */
    public static long sendmsg(CallState state, int fd, MemorySegment message) {
        return SENDMSG.transfer(state, fd, message.address(), socket_h.MSG_NOSIGNAL(), 0); // flags come third here
    }

    /**
     * {@code recvfrom(fd, memory + offset, count, 0, address, address + lengthOffset)}. A null pointer and 0
     * ask for no address.
     */
    public static long recvfrom(CallState state, int fd, MemorySegment memory, long offset, long count,
            MemorySegment address, long lengthOffset) {
        return RECVFROM.transferHolding(
                state, fd, memory, offset, count, 0, address.address(), address.address() + lengthOffset);
    }

    /** {@code sendto(fd, memory + offset, count, MSG_NOSIGNAL, address, length)}. */
    public static long sendto(CallState state, int fd, MemorySegment memory, long offset, long count,
            MemorySegment address, int length) {
        return SENDTO.transferHolding(
                state, fd, memory, offset, count, socket_h.MSG_NOSIGNAL(), address.address(), length);
    }
}
