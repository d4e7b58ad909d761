package io.github.epoll4j.net;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.io.SocketAddresses;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;

/**
 * A non-blocking socket of any kind, with its options.
 *
 * <p>Thread-safe: any thread may use and close it. Two reads, or two writes, at the same time each move their own
 * bytes, in an order that nobody promises.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>
 */
public abstract sealed class SocketFd extends OwnedFd
        permits StreamSocket, TcpListener, UnixListener, UdpSocket, UnixMessageSocket {
    /** What {@link #acceptFd()} answers when nobody waits. */
    static final int NOBODY = -1;
    /** How many connections that died one call skips; readiness reports the next ones. */
    private static final int MOST_SKIPPED = 64;

    SocketFd(int fd) {
        super(fd);
    }

    /**
     * {@code setsockopt(2)}: sets an option.
     *
     * @param <T>    the type of the option's value
     * @param option which one
     * @param value  its value, as the option says
     * @throws ErrnoException EINVAL if the value is out of the kernel's range; EOPNOTSUPP or ENOPROTOOPT if this socket
     *     has no such option, or it can only be read; EPERM if it takes a privilege; EISCONN or EINVAL if it is too
     *     late for it
     * @throws IllegalArgumentException if the value is out of the option's own range
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/setsockopt.2.html">setsockopt(2)</a>
     */
    public final <T> void set(SocketOption<T> option, T value) throws ErrnoException {
        int fd = acquire();
        try {
            option.set(fd, value);
        } finally {
            release();
        }
    }

    /**
     * {@code getsockopt(2)}: asks for an option's value. The kernel may have changed what was set, as the option says.
     *
     * @param <T>    the type of the option's value
     * @param option which one
     * @return its value
     * @throws ErrnoException EOPNOTSUPP or ENOPROTOOPT if this socket has no such option
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/getsockopt.2.html">getsockopt(2)</a>
     */
    public final <T> T get(SocketOption<T> option) throws ErrnoException {
        int fd = acquire();
        try {
            return option.get(fd);
        } finally {
            release();
        }
    }

    /**
     * {@code getsockopt(SO_ERROR)}: fetches the socket's pending error and clears it. The next read or write would have
     * thrown it, and EPOLLERR reports it.
     *
     * @return the number, as {@link Errno} names it; 0 if there is none
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>
     */
    public int error() throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            int result = state.result(socket_h.getsockopt(state.errno(), fd, socket_h.SOL_SOCKET, socket_h.SO_ERROR,
                    state.scratch(), state.length(Integer.BYTES)));
            ErrnoException.check(result, "getsockopt", "SO_ERROR");
            return state.bytes().getInt(0);
        } finally {
            release();
        }
    }

    /** Opens a socket, non-blocking and close-on-exec. */
    static int openFd(int family, int type) throws ErrnoException {
        Platform.require();
        try (CallState state = CallState.take()) {
            int flags = type | socket_h.SOCK_NONBLOCK | socket_h.SOCK_CLOEXEC;
            int fd = state.result(socket_h.socket(state.errno(), family, flags, 0));
            return fd >= 0 ? fd : ErrnoException.check(fd, "socket", familyName(family));
        }
    }

    private static String familyName(int family) {
        return family == socket_h.AF_INET ? "AF_INET" : family == socket_h.AF_INET6 ? "AF_INET6" : "AF_UNIX";
    }

    final void setAll(SocketOption.Setting... settings) throws ErrnoException {
        for (SocketOption.Setting setting : settings) {
            setting.apply(this);
        }
    }

    final void bindTo(int family, InetSocketAddress address) throws ErrnoException {
        try (CallState state = CallState.take()) {
            int length = SocketAddresses.write(state, family, address);
            int result = state.result(socket_h.bind(state.errno(), fd(), state.scratch(), length));
            if (result < 0) {
                throw new ErrnoException("bind", SocketAddresses.text(address), -result);
            }
        }
    }

    final void listen(int backlog, String name) throws ErrnoException {
        try (CallState state = CallState.take()) {
            int result = state.result(socket_h.listen(state.errno(), fd(), backlog));
            if (result < 0) {
                throw new ErrnoException("listen", name + ", backlog=" + backlog, -result);
            }
        }
    }

    /** Accepts one connection; skips those that died in the queue, but not for ever. */
    final int acceptFd() throws ErrnoException {
        int flags = socket_h.SOCK_NONBLOCK | socket_h.SOCK_CLOEXEC;
        int fd = acquire();
        try (CallState state = CallState.take()) {
            for (int i = 0; i < MOST_SKIPPED; i++) {
                int result = state.result(
                        socket_h.accept4(state.errno(), fd, MemorySegment.NULL, MemorySegment.NULL, flags));
                if (result >= 0) {
                    return result;
                }
                if (result == -Errno.EAGAIN) {
                    return NOBODY;
                }
                if (!isSkipped(-result)) {
                    return ErrnoException.check(result, "accept4", "fd=" + fd);
                }
            }
            return NOBODY;
        } finally {
            release();
        }
    }

    /**
     * The errors of the waiting connection, not of the listener; accept(2) says to treat them like EAGAIN. Out of
     * descriptors one cannot load a class from a folder: none may be needed here.
     */
    static boolean isSkipped(int errno) {
        return errno == Errno.EINTR || errno == Errno.ECONNABORTED
                || errno == Errno.ENETDOWN || errno == Errno.EPROTO || errno == Errno.ENOPROTOOPT
                || errno == Errno.EHOSTDOWN || errno == Errno.ENONET || errno == Errno.EHOSTUNREACH
                || errno == Errno.EOPNOTSUPP || errno == Errno.ENETUNREACH;
    }

    final InetSocketAddress localInetAddress() throws ErrnoException {
        try (CallState state = CallState.take()) {
            askLocalAddress(state);
            return SocketAddresses.readInet(state);
        }
    }

    /** Null if the socket is not connected. */
    final InetSocketAddress remoteInetAddress() throws ErrnoException {
        try (CallState state = CallState.take()) {
            return askRemoteAddress(state) ? SocketAddresses.readInet(state) : null;
        }
    }

    /** Null if the socket has no path. */
    final UnixDomainSocketAddress localUnixAddress() throws ErrnoException {
        try (CallState state = CallState.take()) {
            askLocalAddress(state);
            return SocketAddresses.readUnix(state);
        }
    }

    /** Null if the peer has no path, or the socket is not connected. */
    final UnixDomainSocketAddress remoteUnixAddress() throws ErrnoException {
        try (CallState state = CallState.take()) {
            return askRemoteAddress(state) ? SocketAddresses.readUnix(state) : null;
        }
    }

    final boolean isConnected() throws ErrnoException {
        try (CallState state = CallState.take()) {
            return askRemoteAddress(state);
        }
    }

    private void askLocalAddress(CallState state) throws ErrnoException {
        int fd = acquire();
        try {
            int result = state.result(
                    socket_h.getsockname(state.errno(), fd, state.scratch(), SocketAddresses.length(state)));
            ErrnoException.check(result, "getsockname", "");
        } finally {
            release();
        }
    }

    /** False if the socket is not connected. */
    private boolean askRemoteAddress(CallState state) throws ErrnoException {
        int fd = acquire();
        try {
            int result = state.result(
                    socket_h.getpeername(state.errno(), fd, state.scratch(), SocketAddresses.length(state)));
            return result != -Errno.ENOTCONN && ErrnoException.check(result, "getpeername", "") == 0;
        } finally {
            release();
        }
    }
}
