package io.github.epoll4j.net;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.io.FileOwner;

/**
 * A listening Unix stream socket: readable while a connection waits to be accepted.
 *
 * <p>A socket with a path makes a file: closing does not remove it, as in C, and bind fails with EADDRINUSE while it
 * exists, whether a socket listens or not. Remove it before bind or after close with
 * {@code Files.deleteIfExists(path)}. An abstract name is no file, and goes with the socket; every process in the same
 * network namespace may connect to it.
 *
 * <p>Thread-safe: several threads may accept. Ownership: the caller closes the listener, and each stream that was
 * accepted.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public final class UnixListener extends StreamListener {
    private UnixListener(int fd) {
        super(fd, socket_h.AF_UNIX);
    }

    /**
     * {@code getsockopt(2)}, {@code fcntl(2)}: takes ownership of a listening Unix stream socket that was opened
     * elsewhere, such as by systemd, and makes it non-blocking and close-on-exec. Non-blocking is a property of the
     * open file, so that other processes that have it see the change.
     *
     * @param fd the number of an open descriptor, which stays the caller's if this throws
     * @return its owner
     * @throws ErrnoException EBADF if it is not open; ENOTSOCK if it is not a socket
     * @throws IllegalArgumentException if it is a socket of another kind, or the number is negative
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man3/sd_listen_fds.3.html">sd_listen_fds(3)</a>
     */
    public static UnixListener adopt(int fd) throws ErrnoException {
        AdoptedFd.take(fd, AdoptedFd.Kind.UNIX_LISTENER);
        return new UnixListener(fd);
    }

    /**
     * Takes ownership of a listening Unix socket that arrived as a {@link FileFd}, like {@link #adopt(int)}.
     *
     * @param file the owner, closed afterwards; it stays the caller's and open if this throws
     * @return the new owner, to be closed by the caller
     * @throws ErrnoException as {@link #adopt(int)}
     * @throws IllegalArgumentException if it is of another kind, or borrowed
     * @throws IllegalStateException if the file is closed, or a call holds its number at the moment
     */
    public static UnixListener adopt(FileFd file) throws ErrnoException {
        return FileOwner.pass(file, UnixListener::adopt);
    }

    /**
     * {@code socket(2)}: opens a socket that is not bound and does not listen. {@link #bindTo} and
     * {@link #listen(int)} are next.
     *
     * @param settings options to set
     * @return the socket, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE, ENOBUFS or ENOMEM; the errnos of {@link SocketFd#set}
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</a>
     */
    public static UnixListener open(SocketSetting<?>... settings) throws ErrnoException {
        UnixListener listener = new UnixListener(openFd(socket_h.AF_UNIX, socket_h.SOCK_STREAM));
        listener.setAll(settings);
        return listener;
    }

    /**
     * {@code socket(2)}, {@code bind(2)}, {@code listen(2)}: opens a listener with the longest backlog that the system
     * allows.
     *
     * @param address  the path of the file to make, or an abstract name; without a name the kernel chooses an abstract
     *     one
     * @param settings options to set before bind
     * @return the listener, to be closed by the caller
     * @throws ErrnoException as {@link #bind(UnixAddress, int, SocketSetting...)}
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static UnixListener bind(UnixAddress address, SocketSetting<?>... settings) throws ErrnoException {
        return bind(address, socket_h.SOMAXCONN, settings);
    }

    /**
     * {@code socket(2)}, {@code bind(2)}, {@code listen(2)}: opens a listener.
     *
     * @param address  the path of the file to make, or an abstract name; without a name the kernel chooses an abstract
     *     one
     * @param backlog  the number of connections that may wait to be accepted; the kernel caps it (net.core.somaxconn)
     *     and lets one more wait
     * @param settings options to set before bind
     * @return the listener, to be closed by the caller
     * @throws ErrnoException EADDRINUSE if the file exists, or another socket has the name; EACCES, ENOENT, ENOTDIR,
     *     ELOOP, EROFS or EPERM if the file cannot be made; EMFILE, ENFILE or ENOMEM; the errnos of
     *     {@link SocketFd#set}
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a>
     */
    public static UnixListener bind(UnixAddress address, int backlog, SocketSetting<?>... settings)
            throws ErrnoException {
        UnixListener listener = open(settings);
        try {
            listener.bindUnix(address);
            listener.listen(backlog);
            return listener;
        } catch (Throwable e) {
            listener.close();
            throw e;
        }
    }

    /**
     * {@code bind(2)}: gives an open socket its address.
     *
     * @param address the path of the file to make, or an abstract name; without a name the kernel chooses an abstract
     *     one
     * @throws ErrnoException EADDRINUSE if the file exists, or another socket has the name; EACCES, ENOENT, ENOTDIR,
     *     ELOOP, EROFS or EPERM if the file cannot be made; EINVAL if the socket is bound
     * @throws IllegalStateException if this listener is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a>
     */
    public void bindTo(UnixAddress address) throws ErrnoException {
        bindUnix(address);
    }

    @Override
    public UnixStream accept() throws ErrnoException {
        try (CallState state = CallState.take()) {
            int fd = acceptFd(state);
            return fd == NO_CONNECTION ? null : UnixStream.accepted(fd, UnixAddress.read(state));
        }
    }

    @Override
    public UnixAddress localAddress() throws ErrnoException {
        return localUnixAddress();
    }
}
