package io.github.epoll4j.net;

import static io.github.epoll4j.net.LinuxSocketOptions.SO_REUSEADDR;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.io.FileOwner;
import io.github.epoll4j.internal.io.SocketAddresses;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;

/**
 * A listening TCP socket: readable while a connection waits to be accepted.
 *
 * <p>Thread-safe: several threads may accept. Ownership: the caller closes the listener, which resets the connections
 * that still wait, and closes each stream that was accepted.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</a>
 */
public final class TcpListener extends StreamListener {
    private TcpListener(int fd, int family) {
        super(fd, family);
    }

    /**
     * {@code getsockopt(2)}, {@code fcntl(2)}: takes ownership of a listening TCP socket that was opened elsewhere,
     * such as by systemd, and makes it non-blocking and close-on-exec. Non-blocking is a property of the open file, so
     * that other processes that have it see the change.
     *
     * @param fd the number of an open descriptor, which stays the caller's if this throws
     * @return its owner
     * @throws ErrnoException EBADF if it is not open; ENOTSOCK if it is not a socket
     * @throws IllegalArgumentException if it is a socket of another kind, or the number is negative
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man3/sd_listen_fds.3.html">sd_listen_fds(3)</a>
     */
    public static TcpListener adopt(int fd) throws ErrnoException {
        return new TcpListener(fd, AdoptedFd.take(fd, AdoptedFd.Kind.TCP_LISTENER));
    }

    /**
     * Takes ownership of a listening TCP socket that arrived as a {@link FileFd}, like {@link #adopt(int)}.
     *
     * @param file the owner, closed afterwards; it stays the caller's and open if this throws
     * @return the new owner, to be closed by the caller
     * @throws ErrnoException as {@link #adopt(int)}
     * @throws IllegalArgumentException if it is of another kind, or borrowed
     * @throws IllegalStateException if the file is closed, or a call holds its number at the moment
     */
    public static TcpListener adopt(FileFd file) throws ErrnoException {
        return FileOwner.pass(file, TcpListener::adopt);
    }

    /**
     * {@code socket(2)}: opens a socket that is not bound and does not listen. {@link #bindTo} and
     * {@link #listen(int)} are next.
     *
     * <p>SO_REUSEADDR is set: without it, bind fails for a minute after a restart. Two listeners on one address are
     * refused nevertheless.
     *
     * @param family   INET; or INET6, which also serves IPv4 unless IPV6_V6ONLY is set
     * @param settings options to set; they may turn SO_REUSEADDR off
     * @return the socket, to be closed by the caller
     * @throws ErrnoException EAFNOSUPPORT if the host has no IPv6; EMFILE, ENFILE, ENOBUFS or ENOMEM; the errnos of
     *     {@link SocketFd#set}
     * @throws IllegalArgumentException if the family is neither
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</a>
     */
    public static TcpListener open(ProtocolFamily family, SocketSetting<?>... settings) throws ErrnoException {
        return open(family(family), settings);
    }

    private static TcpListener open(int family, SocketSetting<?>... settings) throws ErrnoException {
        TcpListener listener = new TcpListener(openFd(family, socket_h.SOCK_STREAM), family);
        listener.setAll(SO_REUSEADDR.with(true));
        listener.setAll(settings);
        return listener;
    }

    /**
     * {@code socket(2)}, {@code bind(2)}, {@code listen(2)}: opens a listener with the longest backlog that the system
     * allows.
     *
     * @param address  the address to listen on; an IPv4 address opens an IPv4 socket, {@code [::]} serves both families
     *     unless IPV6_V6ONLY is set. {@code new InetSocketAddress(port)} is IPv4 in most JVMs. With port 0 the kernel
     *     chooses one, see {@link #localAddress()}
     * @param settings options to set before bind, on top of SO_REUSEADDR
     * @return the listener, to be closed by the caller
     * @throws ErrnoException as {@link #bind(InetSocketAddress, int, SocketSetting...)}
     * @throws java.nio.channels.UnresolvedAddressException if the address is not resolved
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static TcpListener bind(InetSocketAddress address, SocketSetting<?>... settings) throws ErrnoException {
        return bind(address, socket_h.SOMAXCONN, settings);
    }

    /**
     * {@code socket(2)}, {@code bind(2)}, {@code listen(2)}: opens a listener, as {@link #open}, {@link #bindTo} and
     * {@link #listen(int)} do.
     *
     * @param address  the address to listen on; with port 0 the kernel chooses one, see {@link #localAddress()}
     * @param backlog  the number of connections that may wait to be accepted; the kernel caps it (net.core.somaxconn)
     *     and lets one more wait. Clients beyond it try again by themselves, after a second and more
     * @param settings options to set before bind; they may turn SO_REUSEADDR off
     * @return the listener, to be closed by the caller
     * @throws ErrnoException EADDRINUSE; EADDRNOTAVAIL if the address is not one of this host; EACCES for a port below
     *     1024 without the privilege; EAFNOSUPPORT if the host has no IPv6; EMFILE, ENFILE, ENOBUFS or ENOMEM; the
     *     errnos of {@link SocketFd#set}
     * @throws java.nio.channels.UnresolvedAddressException if the address is not resolved
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a>
     * @see <a href="https://man7.org/linux/man-pages/man2/listen.2.html">listen(2)</a>
     */
    public static TcpListener bind(InetSocketAddress address, int backlog, SocketSetting<?>... settings)
            throws ErrnoException {
        TcpListener listener = open(SocketAddresses.family(address), settings);
        try {
            listener.bindInet(address);
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
     * @param address the address to listen on; an IPv4 address is mapped on an IPv6 socket. With port 0 the kernel
     *     chooses one, see {@link #localAddress()}
     * @throws ErrnoException EADDRINUSE; EADDRNOTAVAIL if the address is not one of this host; EACCES for a port below
     *     1024 without the privilege; EAFNOSUPPORT for an IPv6 address on an IPv4 socket; EINVAL if the socket is bound
     * @throws java.nio.channels.UnresolvedAddressException if the address is not resolved
     * @throws IllegalStateException if this listener is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a>
     */
    public void bindTo(InetSocketAddress address) throws ErrnoException {
        bindInet(address);
    }

    @Override
    public TcpStream accept() throws ErrnoException {
        try (CallState state = CallState.take()) {
            int fd = acceptFd(state);
            return fd == NO_CONNECTION ? null : TcpStream.accepted(fd, family(), SocketAddresses.copy(state));
        }
    }

    /**
     * {@code getsockname(2)}: returns the address of this listener, with the port that the kernel chose.
     *
     * @return the address; the wildcard and port 0 if it is not bound
     * @throws ErrnoException ENOBUFS
     * @throws IllegalStateException if this listener is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/getsockname.2.html">getsockname(2)</a>
     */
    @Override
    public InetSocketAddress localAddress() throws ErrnoException {
        return localInetAddress();
    }
}
