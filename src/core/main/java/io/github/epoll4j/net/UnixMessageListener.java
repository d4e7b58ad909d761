package io.github.epoll4j.net;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.io.FileOwner;

/**
 * A listening Unix socket for sequenced packets (SOCK_SEQPACKET): readable while a connection waits to be accepted.
 *
 * <p>As for a {@link UnixListener}, closing does not remove the file of a path.
 *
 * <p>Thread-safe: several threads may accept. Ownership: the caller closes the listener, and each socket that was
 * accepted.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public final class UnixMessageListener extends SocketFd {
    private UnixMessageListener(int fd) {
        super(fd, socket_h.AF_UNIX);
    }

    /**
     * {@code getsockopt(2)}, {@code fcntl(2)}: takes ownership of a listening socket that was opened elsewhere, such as
     * by systemd, and makes it non-blocking and close-on-exec.
     *
     * @param fd the number of an open descriptor, which stays the caller's if this throws
     * @return its owner
     * @throws ErrnoException EBADF if it is not open; ENOTSOCK if it is not a socket
     * @throws IllegalArgumentException if it is a socket of another kind, or the number is negative
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man3/sd_listen_fds.3.html">sd_listen_fds(3)</a>
     */
    public static UnixMessageListener adopt(int fd) throws ErrnoException {
        AdoptedFd.take(fd, AdoptedFd.Kind.UNIX_PACKET_LISTENER);
        return new UnixMessageListener(fd);
    }

    /**
     * Takes ownership of a listening socket of sequenced packets that arrived as a {@link FileFd}, like {@link
     * #adopt(int)}.
     *
     * @param file the owner, closed afterwards; it stays the caller's and open if this throws
     * @return the new owner, to be closed by the caller
     * @throws ErrnoException as {@link #adopt(int)}
     * @throws IllegalArgumentException if it is of another kind, or borrowed
     * @throws IllegalStateException if the file is closed, or a call holds its number at the moment
     */
    public static UnixMessageListener adopt(FileFd file) throws ErrnoException {
        return FileOwner.pass(file, UnixMessageListener::adopt);
    }

    /**
     * {@code socket(2)}: opens a socket that is not bound and does not listen. {@link #bindTo} and
     * {@link #listen(int)} are next.
     *
     * @param settings options to set
     * @return the socket, to be closed by the caller
     * @throws ErrnoException as {@link UnixListener#open(SocketSetting...)}
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</a>
     */
    public static UnixMessageListener open(SocketSetting<?>... settings) throws ErrnoException {
        UnixMessageListener listener = new UnixMessageListener(openFd(socket_h.AF_UNIX, socket_h.SOCK_SEQPACKET));
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
     * @throws ErrnoException as {@link UnixListener#bind(UnixAddress, int, SocketSetting...)}
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static UnixMessageListener bind(UnixAddress address, SocketSetting<?>... settings) throws ErrnoException {
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
     * @throws ErrnoException as {@link UnixListener#bind(UnixAddress, int, SocketSetting...)}
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a>
     */
    public static UnixMessageListener bind(UnixAddress address, int backlog, SocketSetting<?>... settings)
            throws ErrnoException {
        UnixMessageListener listener = open(settings);
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
     * @throws ErrnoException as {@link UnixListener#bindTo}
     * @throws IllegalStateException if this listener is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a>
     */
    public void bindTo(UnixAddress address) throws ErrnoException {
        bindUnix(address);
    }

    /**
     * {@code listen(2)}: starts to listen, or changes the backlog.
     *
     * @param backlog the number of connections that may wait to be accepted; the kernel caps it (net.core.somaxconn)
     *     and lets one more wait
     * @throws ErrnoException EINVAL if the socket is not bound
     * @throws IllegalStateException if this listener is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/listen.2.html">listen(2)</a>
     */
    public void listen(int backlog) throws ErrnoException {
        startListening(backlog);
    }

    /**
     * {@code accept4(SOCK_NONBLOCK | SOCK_CLOEXEC)}: accepts the next connection that waits, and its peer's address in
     * the same call.
     *
     * @return the connection, to be closed by the caller; null if none waits
     * @throws ErrnoException as {@link StreamListener#accept()}
     * @throws IllegalStateException if this listener is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/accept.2.html">accept(2)</a>
     */
    public UnixMessageSocket accept() throws ErrnoException {
        try (CallState state = CallState.take()) {
            int fd = acceptFd(state);
            return fd == NO_CONNECTION ? null : UnixMessageSocket.accepted(fd, UnixAddress.read(state));
        }
    }

    /**
     * {@code getsockname(2)}: returns the address that this listener is bound to.
     *
     * @return the address
     * @throws ErrnoException ENOBUFS
     * @throws IllegalStateException if this listener is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/getsockname.2.html">getsockname(2)</a>
     */
    public UnixAddress localAddress() throws ErrnoException {
        return localUnixAddress();
    }
}
