package io.github.epoll4j.net;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.io.SocketAddresses;
import java.net.UnixDomainSocketAddress;

/**
 * A Unix socket that listens: readable while a connection waits to be accepted.
 *
 * <p>A socket with a path leaves a file behind: closing does not remove it, as in C, and bind fails with EADDRINUSE
 * while it is there, whether somebody listens or not. Remove it before bind or after close:
 * {@code Files.deleteIfExists(address.getPath())}. An abstract name is no file, and goes with the socket.
 *
 * <p>Thread-safe: several threads may accept. Ownership: the caller closes the listener, and each stream that was
 * accepted.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public final class UnixListener extends SocketFd {
    private UnixListener(int fd) {
        super(fd);
    }

    /**
     * {@code getsockopt(2)}, {@code fcntl(2)}: takes ownership of a listening Unix socket that was opened elsewhere,
     * such as by systemd, and makes it non-blocking and close-on-exec. The first is a property of the open file, which
     * whoever else holds it sees as well.
     *
     * @param fd the number of an open descriptor, which stays the caller's if this throws
     * @return its owner
     * @throws ErrnoException EBADF if it is not open; ENOTSOCK if it is no socket
     * @throws IllegalArgumentException if it is a socket of another kind
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man3/sd_listen_fds.3.html">sd_listen_fds(3)</a>
     */
    public static UnixListener adoptSocket(int fd) throws ErrnoException {
        AdoptedFd.take(fd, AdoptedFd.UNIX, true);
        return new UnixListener(fd);
    }

    /**
     * {@code socket(2)}, {@code bind(2)}, {@code listen(2)}: listens on a path with as long a queue as the system
     * allows.
     *
     * @param address  the path of the file to create, at most 107 bytes
     * @param settings options to set before bind
     * @return the listener, to be closed by the caller
     * @throws ErrnoException as {@link #bind(UnixDomainSocketAddress, int, SocketOption.Setting...)}
     * @throws IllegalArgumentException if the path is empty, or too long
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static UnixListener bind(UnixDomainSocketAddress address, SocketOption.Setting... settings)
            throws ErrnoException {
        Platform.require();
        return bind(address, socket_h.SOMAXCONN, settings);
    }

    /**
     * {@code socket(2)}, {@code bind(2)}, {@code listen(2)}: listens on a path.
     *
     * @param address  the path of the file to create, at most 107 bytes
     * @param backlog  how many connections may wait to be accepted; the kernel caps it (net.core.somaxconn) and lets
     *     one more wait
     * @param settings options to set before bind
     * @return the listener, to be closed by the caller
     * @throws ErrnoException EADDRINUSE if the file exists; EACCES, ENOENT, ENOTDIR, ELOOP, EROFS or EPERM if it cannot
     *     be created; EMFILE, ENFILE or ENOMEM; what {@link SocketFd#set} throws
     * @throws IllegalArgumentException if the path is empty, or too long
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a>
     */
    public static UnixListener bind(UnixDomainSocketAddress address, int backlog, SocketOption.Setting... settings)
            throws ErrnoException {
        Platform.require();
        UnixListener listener = new UnixListener(openFd(socket_h.AF_UNIX, socket_h.SOCK_STREAM));
        try (CallState state = CallState.take()) {
            listener.setAll(settings);
            return listener.start(state, SocketAddresses.write(state, address), address.toString(), backlog);
        } catch (Throwable e) {
            listener.close();
            throw e;
        }
    }

    /**
     * {@code socket(2)}, {@code bind(2)}, {@code listen(2)}: listens on an abstract name, with as long a queue as the
     * system allows. Anybody in the same network namespace may connect: there are no file permissions.
     *
     * @param name     the name without its leading zero byte, at most 107 bytes of UTF-8
     * @param settings options to set before bind
     * @return the listener, to be closed by the caller
     * @throws ErrnoException EADDRINUSE if somebody has the name; EMFILE, ENFILE or ENOMEM; what
     *     {@link SocketFd#set} throws
     * @throws IllegalArgumentException if the name is empty, or too long
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
     */
    public static UnixListener bindAbstract(String name, SocketOption.Setting... settings) throws ErrnoException {
        Platform.require();
        return bindAbstract(name, socket_h.SOMAXCONN, settings);
    }

    /**
     * {@code socket(2)}, {@code bind(2)}, {@code listen(2)}: listens on an abstract name.
     *
     * @param name     the name without its leading zero byte, at most 107 bytes of UTF-8
     * @param backlog  how many connections may wait to be accepted; the kernel caps it (net.core.somaxconn) and lets
     *     one more wait
     * @param settings options to set before bind
     * @return the listener, to be closed by the caller
     * @throws ErrnoException EADDRINUSE if somebody has the name; EMFILE, ENFILE or ENOMEM; what
     *     {@link SocketFd#set} throws
     * @throws IllegalArgumentException if the name is empty, or too long
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
     */
    public static UnixListener bindAbstract(String name, int backlog, SocketOption.Setting... settings)
            throws ErrnoException {
        Platform.require();
        UnixListener listener = new UnixListener(openFd(socket_h.AF_UNIX, socket_h.SOCK_STREAM));
        try (CallState state = CallState.take()) {
            listener.setAll(settings);
            return listener.start(state, SocketAddresses.writeAbstract(state, name), "@" + name, backlog);
        } catch (Throwable e) {
            listener.close();
            throw e;
        }
    }

    /** Binds to the address that the scratch memory holds. */
    private UnixListener start(CallState state, int length, String name, int backlog) throws ErrnoException {
        int result = state.result(socket_h.bind(state.errno(), fd(), state.scratch(), length));
        ErrnoException.check(result, "bind", name);
        listen(backlog, name);
        return this;
    }

    /**
     * {@code accept4(SOCK_NONBLOCK | SOCK_CLOEXEC)}: accepts the next connection that waits. With no descriptor left
     * the call throws EMFILE whether a connection waits or not; a connection that waits stays in the queue.
     *
     * @return the connection, to be closed by the caller; null if none waits
     * @throws ErrnoException EMFILE or ENFILE if no descriptor is left; ENOBUFS or ENOMEM
     * @throws IllegalStateException if this listener is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/accept.2.html">accept(2)</a>
     */
    public UnixStream accept() throws ErrnoException {
        int fd = acceptFd();
        return fd == NOBODY ? null : UnixStream.connected(fd);
    }

    /**
     * {@code getsockname(2)}: asks where this listener listens.
     *
     * @return the path; null if it has an abstract name
     * @throws ErrnoException ENOBUFS
     * @throws IllegalStateException if this listener is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/getsockname.2.html">getsockname(2)</a>
     */
    public UnixDomainSocketAddress localAddress() throws ErrnoException {
        return localUnixAddress();
    }
}
