package io.github.epoll4j.net;

import static io.github.epoll4j.net.SocketOption.SO_REUSEADDR;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.io.SocketAddresses;
import java.net.InetSocketAddress;

/**
 * A TCP socket that listens: readable while a connection waits to be accepted.
 *
 * <p>Thread-safe: several threads may accept. Ownership: the caller closes the listener, which resets the connections
 * that still wait, and closes each stream that was accepted.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</a>
 */
public final class TcpListener extends SocketFd {
    private TcpListener(int fd) {
        super(fd);
    }

    /**
     * {@code getsockopt(2)}, {@code fcntl(2)}: takes ownership of a listening TCP socket that was opened elsewhere,
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
    public static TcpListener adoptSocket(int fd) throws ErrnoException {
        AdoptedFd.take(fd, AdoptedFd.TCP, true);
        return new TcpListener(fd);
    }

    /**
     * {@code socket(2)}, {@code bind(2)}, {@code listen(2)}: listens with as long a queue as the system allows.
     *
     * @param address  where to listen; an IPv4 address gives an IPv4 socket, {@code [::]} serves both families unless
     *     IPV6_V6ONLY is set. {@code new InetSocketAddress(port)} is IPv4 in most JVMs. Port 0 lets the kernel choose
     *     one, see {@link #localAddress()}
     * @param settings options to set before bind, on top of SO_REUSEADDR
     * @return the listener, to be closed by the caller
     * @throws ErrnoException as {@link #bind(InetSocketAddress, int, SocketOption.Setting...)}
     * @throws java.nio.channels.UnresolvedAddressException if the address has a host name without a number
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static TcpListener bind(InetSocketAddress address, SocketOption.Setting... settings) throws ErrnoException {
        Platform.require();
        return bind(address, socket_h.SOMAXCONN, settings);
    }

    /**
     * {@code socket(2)}, {@code bind(2)}, {@code listen(2)}: listens.
     *
     * <p>SO_REUSEADDR is set, as every server wants it: without it, bind fails for a minute after a restart. Two
     * listeners on one address are refused nevertheless.
     *
     * @param address  where to listen; port 0 lets the kernel choose one, see {@link #localAddress()}
     * @param backlog  how many connections may wait to be accepted; the kernel caps it (net.core.somaxconn) and lets
     *     one more wait. Clients beyond it try again by themselves, after a second and more
     * @param settings options to set before bind; they may turn SO_REUSEADDR off
     * @return the listener, to be closed by the caller
     * @throws ErrnoException EADDRINUSE; EADDRNOTAVAIL if the address is not one of this host; EACCES for a port below
     *     1024 without the privilege; EAFNOSUPPORT if the host has no IPv6; EMFILE, ENFILE, ENOBUFS or ENOMEM; what
     *     {@link SocketFd#set} throws
     * @throws java.nio.channels.UnresolvedAddressException if the address has a host name without a number
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a>
     * @see <a href="https://man7.org/linux/man-pages/man2/listen.2.html">listen(2)</a>
     */
    public static TcpListener bind(InetSocketAddress address, int backlog, SocketOption.Setting... settings)
            throws ErrnoException {
        Platform.require();
        int family = SocketAddresses.family(address);
        TcpListener listener = new TcpListener(openFd(family, socket_h.SOCK_STREAM));
        try {
            listener.set(SO_REUSEADDR, true);
            listener.setAll(settings);
            listener.bindTo(family, address);
            listener.listen(backlog, SocketAddresses.text(address));
            return listener;
        } catch (Throwable e) {
            listener.close();
            throw e;
        }
    }

    /**
     * {@code accept4(SOCK_NONBLOCK | SOCK_CLOEXEC)}: accepts the next connection that waits.
     *
     * <p>Connections that ended in the queue, and the other network errors that accept(2) says to treat so, are
     * skipped. With no descriptor left the call throws EMFILE <em>whether a connection waits or not</em>, for the
     * kernel reserves the descriptor before it looks; a connection that waits stays in the queue, and the listener
     * readable.
     *
     * @return the connection, to be closed by the caller; null if none waits
     * @throws ErrnoException EMFILE or ENFILE if no descriptor is left; ENOBUFS or ENOMEM; EPERM if a firewall forbids
     *     it
     * @throws IllegalStateException if this listener is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/accept.2.html">accept(2)</a>
     */
    public TcpStream accept() throws ErrnoException {
        int fd = acceptFd();
        return fd == NOBODY ? null : TcpStream.accepted(fd);
    }

    /**
     * {@code getsockname(2)}: asks where this listener listens, with the port that the kernel chose.
     *
     * @return the address
     * @throws ErrnoException ENOBUFS
     * @throws IllegalStateException if this listener is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/getsockname.2.html">getsockname(2)</a>
     */
    public InetSocketAddress localAddress() throws ErrnoException {
        return localInetAddress();
    }
}
