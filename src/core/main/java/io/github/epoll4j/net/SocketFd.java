package io.github.epoll4j.net;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.internal.io.SocketAddresses;
import io.github.epoll4j.internal.io.Transfer;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;

/**
 * A non-blocking socket of any kind, with its options.
 *
 * <p>Thread-safe: any thread may use and close it. Two reads, or two writes, at the same time each move their own
 * bytes, in no particular order.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>
 */
public abstract sealed class SocketFd extends OwnedFd
        permits StreamSocket, StreamListener, UdpSocket, UnixMessageSocket, UnixMessageListener, AnySocket {
    /** The result of {@link #acceptFd} if no connection waits. */
    static final int NO_CONNECTION = -1;
    /** The result of a call that receives a message if there is none. */
    static final int NO_MESSAGE = -1;
    /** The number of failed connections that one call skips; readiness reports the next ones. */
    private static final int MOST_SKIPPED = 64;

    /** All families are below 128. A TcpStream has 32 bytes, and as an int this would take 8 more. */
    private final byte family;

    SocketFd(int fd, int family) {
        super(fd);
        this.family = (byte) family;
    }

    /** Returns AF_INET, AF_INET6, AF_UNIX, or another number. */
    final int family() {
        return family;
    }

    /**
     * {@code setsockopt(2)}: sets an option.
     *
     * <p>The option is one of {@link LinuxSocketOptions}, another {@link LinuxSocketOption}, or one of the JDK's:
     * those of {@link java.net.StandardSocketOptions}, and of {@code jdk.net.ExtendedSocketOptions} TCP_KEEPIDLE,
     * TCP_KEEPINTERVAL, TCP_KEEPCOUNT, TCP_QUICKACK and SO_INCOMING_NAPI_ID. The kernel may change the value, as the
     * option says.
     *
     * @param <T>    the type of the option's value
     * @param option the option
     * @param value  its value, as the option says
     * @throws ErrnoException EINVAL if the value is out of the kernel's range; EOPNOTSUPP or ENOPROTOOPT if this socket
     *     has no such option, or it is read-only; EPERM without the privilege; EISCONN or EINVAL if it is too late for
     *     it; ENOENT for an unknown TCP_CONGESTION
     * @throws IllegalArgumentException if the value is out of the option's own range
     * @throws NullPointerException if the value is null, and the option does not say what null means
     * @throws UnsupportedOperationException if the option is none of these, or read-only; describe others by
     *     {@link LinuxSocketOption#ofInt} and the like
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/setsockopt.2.html">setsockopt(2)</a>
     */
    public final <T> void set(SocketOption<T> option, T value) throws ErrnoException {
        LinuxSocketOption<T> known = known(option);
        int fd = acquire();
        try {
            known.set(fd, family, value);
        } finally {
            release();
        }
    }

    /**
     * {@code getsockopt(2)}: returns the value of an option. An option of the JDK has the kernel's value: the size of
     * a buffer is double of what was set.
     *
     * @param <T>    the type of the option's value
     * @param option the option, as for {@link #set}
     * @return its value
     * @throws ErrnoException EOPNOTSUPP or ENOPROTOOPT if this socket has no such option
     * @throws IllegalArgumentException if the kernel's value has fewer bytes than the option's type needs, because the
     *     option was described with a wrong one
     * @throws UnsupportedOperationException if the option is none of these
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/getsockopt.2.html">getsockopt(2)</a>
     */
    public final <T> T get(SocketOption<T> option) throws ErrnoException {
        LinuxSocketOption<T> known = known(option);
        int fd = acquire();
        try {
            return known.get(fd, family);
        } finally {
            release();
        }
    }

    private static <T> LinuxSocketOption<T> known(SocketOption<T> option) {
        return option instanceof LinuxSocketOption<T> linux ? linux : StandardOptions.find(option);
    }

    /**
     * {@code getsockopt(SO_ERROR)}: returns the socket's pending error and clears it. The next read or write would have
     * thrown it, and EPOLLERR reports it.
     *
     * @return the number, as {@link Errno} names it; 0 if there is none
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>
     */
    public int error() throws ErrnoException {
        int fd = acquire();
        try {
            return option(fd, socket_h.SO_ERROR, "SO_ERROR");
        } finally {
            release();
        }
    }

    /** Returns an int of SOL_SOCKET. */
    static int option(int fd, int number, String name) throws ErrnoException {
        try (CallState state = CallState.take()) {
            int result = state.result(socket_h.getsockopt(
                    state.errno(), fd, socket_h.SOL_SOCKET, number, state.scratch(), state.length(Integer.BYTES)));
            if (result < 0) {
                throw new ErrnoException("getsockopt", "fd=" + fd + ", " + name, -result);
            }
            return state.bytes().getInt(0);
        }
    }

    /** Turns the raw result of receiving a message into its number of bytes, or -1 if there is no message now. */
    static int orNoMessage(Transfer transfer, int fd, long result) throws ErrnoException {
        return result == -Errno.EAGAIN ? NO_MESSAGE : (int) transfer.orWouldBlock(fd, result);
    }

    /** Opens a socket, non-blocking and close-on-exec. An IPv6 socket is dual-stack, whatever the system's default. */
    static int openFd(int family, int type) throws ErrnoException {
        int fd = openFd(family, type, 0);
        try (CallState state = CallState.take()) {
            if (family == socket_h.AF_INET6) {
                state.bytes().putInt(0, 0);
                int result = state.result(socket_h.setsockopt(state.errno(), fd, socket_h.IPPROTO_IPV6,
                        socket_h.IPV6_V6ONLY, state.scratch(), Integer.BYTES));
                if (result < 0) {
                    FdCalls.close(fd);
                    throw new ErrnoException("setsockopt", "fd=" + fd + ", IPV6_V6ONLY=false", -result);
                }
            }
            return fd;
        }
    }

    /** Opens a socket, non-blocking and close-on-exec. */
    static int openFd(int family, int type, int protocol) throws ErrnoException {
        Platform.require();
        try (CallState state = CallState.take()) {
            int flags = type | socket_h.SOCK_NONBLOCK | socket_h.SOCK_CLOEXEC;
            int fd = state.result(socket_h.socket(state.errno(), family, flags, protocol));
            if (fd < 0) {
                throw new ErrnoException("socket", familyName(family)
                        + (protocol == 0 ? "" : ", type=" + type + ", protocol=" + protocol), -fd);
            }
            return fd;
        }
    }

    private static String familyName(int family) {
        return switch (family) {
            case socket_h.AF_INET -> "AF_INET";
            case socket_h.AF_INET6 -> "AF_INET6";
            case socket_h.AF_UNIX -> "AF_UNIX";
            default -> "family=" + family;
        };
    }

    /** Returns the number of an Internet protocol family. */
    static int family(ProtocolFamily family) {
        if (family == StandardProtocolFamily.INET) {
            return socket_h.AF_INET;
        }
        if (family == StandardProtocolFamily.INET6) {
            return socket_h.AF_INET6;
        }
        throw new IllegalArgumentException("neither INET nor INET6: " + family);
    }

    /** Applies settings; closes the socket if one is refused. */
    final void setAll(SocketSetting<?>... settings) throws ErrnoException {
        try {
            for (SocketSetting<?> setting : settings) {
                setting.apply(this);
            }
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    final void bindInet(InetSocketAddress address) throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            int length = SocketAddresses.write(state, family, address);
            int result = state.result(socket_h.bind(state.errno(), fd, state.scratch(), length));
            if (result < 0) {
                throw new ErrnoException("bind", "fd=" + fd + ", " + SocketAddresses.text(address), -result);
            }
        } finally {
            release();
        }
    }

    final void bindUnix(UnixAddress address) throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            int result = state.result(
                    socket_h.bind(state.errno(), fd, state.scratch(), address.write(state)));
            if (result < 0) {
                throw new ErrnoException("bind", "fd=" + fd + ", " + address, -result);
            }
        } finally {
            release();
        }
    }

    final void connectUnix(UnixAddress address) throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            int result = state.result(
                    socket_h.connect(state.errno(), fd, state.scratch(), address.write(state)));
            if (result < 0) {
                throw new ErrnoException("connect", address.toString(), -result);
            }
        } finally {
            release();
        }
    }

    final void startListening(int backlog) throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            int result = state.result(socket_h.listen(state.errno(), fd, backlog));
            if (result < 0) {
                throw new ErrnoException("listen", "fd=" + fd + ", backlog=" + backlog, -result);
            }
        } finally {
            release();
        }
    }

    /** Accepts one connection, with its peer's address in the scratch memory; skips some that failed in the queue. */
    final int acceptFd(CallState state) throws ErrnoException {
        int flags = socket_h.SOCK_NONBLOCK | socket_h.SOCK_CLOEXEC;
        int fd = acquire();
        try {
            for (int i = 0; i < MOST_SKIPPED; i++) {
                int result = state.result(socket_h.accept4(
                        state.errno(), fd, state.scratch(), SocketAddresses.length(state), flags));
                if (result >= 0) {
                    return result;
                }
                if (result == -Errno.EAGAIN) {
                    return NO_CONNECTION;
                }
                if (!isSkipped(-result)) {
                    throw new ErrnoException("accept4", "fd=" + fd, -result);
                }
            }
            return NO_CONNECTION;
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

    final UnixAddress localUnixAddress() throws ErrnoException {
        try (CallState state = CallState.take()) {
            askLocalAddress(state);
            return UnixAddress.read(state);
        }
    }

    /** Null if the socket is not connected. */
    final InetSocketAddress remoteInetAddress() throws ErrnoException {
        try (CallState state = CallState.take()) {
            return askRemoteAddress(state) ? SocketAddresses.readInet(state) : null;
        }
    }

    /** Null if the socket is not connected. */
    final UnixAddress remoteUnixAddress() throws ErrnoException {
        try (CallState state = CallState.take()) {
            return askRemoteAddress(state) ? UnixAddress.read(state) : null;
        }
    }

    /** Reads this socket's address into the scratch memory. */
    final void askLocalAddress(CallState state) throws ErrnoException {
        int fd = acquire();
        try {
            int result = state.result(
                    socket_h.getsockname(state.errno(), fd, state.scratch(), SocketAddresses.length(state)));
            if (result < 0) {
                throw new ErrnoException("getsockname", "fd=" + fd, -result);
            }
        } finally {
            release();
        }
    }

    /** Reads the peer's address into the scratch memory; false if the socket is not connected. */
    final boolean askRemoteAddress(CallState state) throws ErrnoException {
        int fd = acquire();
        try {
            int result = state.result(
                    socket_h.getpeername(state.errno(), fd, state.scratch(), SocketAddresses.length(state)));
            if (result < 0 && result != -Errno.ENOTCONN) {
                throw new ErrnoException("getpeername", "fd=" + fd, -result);
            }
            return result == 0;
        } finally {
            release();
        }
    }
}
