package io.github.epoll4j.net;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.io.SocketAddresses;
import io.github.epoll4j.internal.io.ThreadBuffers;
import io.github.epoll4j.internal.io.Transfer;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ProtocolFamily;
import java.nio.ByteBuffer;

/**
 * A UDP socket: sends and receives datagrams, each whole or not at all.
 *
 * <p>A datagram that is longer than the buffer it is received into is cut to what fits, and the rest is lost without a
 * sign. A buffer that is one byte larger than the longest datagram expected shows it. The longest of all has 65507
 * bytes over IPv4. An empty datagram is a datagram; there is no end of a stream.
 *
 * <p>Thread-safe: each call moves one datagram. A buffer belongs to one call at a time. Ownership: the caller closes
 * the socket.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/udp.7.html">udp(7)</a>
 */
public final class UdpSocket extends SocketFd {
    /** Racy, as an immutable object may be: often the next datagram is from the same sender. */
    private InetSocketAddress lastSender;

    private UdpSocket(int fd, int family) {
        super(fd, family);
    }

    /**
     * {@code getsockopt(2)}, {@code fcntl(2)}: takes ownership of a UDP socket that was opened elsewhere,
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
    public static UdpSocket adopt(int fd) throws ErrnoException {
        return new UdpSocket(fd, AdoptedFd.take(fd, AdoptedFd.Kind.UDP));
    }

    /**
     * {@code socket(2)}: opens a socket without an address. The kernel gives it one when it first sends.
     *
     * @param protocolFamily INET; or INET6, which also sends to IPv4 unless IPV6_V6ONLY is set
     * @param settings       options to set
     * @return the socket, to be closed by the caller
     * @throws ErrnoException EAFNOSUPPORT if the host has no IPv6; EMFILE, ENFILE, ENOBUFS or ENOMEM; what
     *     {@link SocketFd#set} throws
     * @throws IllegalArgumentException if the family is neither
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</a>
     */
    public static UdpSocket open(ProtocolFamily protocolFamily, SocketSetting<?>... settings) throws ErrnoException {
        return open(family(protocolFamily), settings);
    }

    private static UdpSocket open(int family, SocketSetting<?>... settings) throws ErrnoException {
        UdpSocket socket = new UdpSocket(openFd(family, socket_h.SOCK_DGRAM), family);
        socket.setAll(settings);
        return socket;
    }

    /**
     * {@code socket(2)}, {@code bind(2)}: opens a socket that receives at an address.
     *
     * @param address  where to receive; an IPv4 address gives an IPv4 socket, {@code [::]} serves both families unless
     *     IPV6_V6ONLY is set. Port 0 lets the kernel choose one, see {@link #localAddress()}
     * @param settings options to set before bind
     * @return the socket, to be closed by the caller
     * @throws ErrnoException EADDRINUSE; EADDRNOTAVAIL if the address is not one of this host; EACCES for a port below
     *     1024 without the privilege; EAFNOSUPPORT if the host has no IPv6; EMFILE, ENFILE, ENOBUFS or ENOMEM; what
     *     {@link SocketFd#set} throws
     * @throws java.nio.channels.UnresolvedAddressException if the address has a host name without a number
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a>
     */
    public static UdpSocket bind(InetSocketAddress address, SocketSetting<?>... settings) throws ErrnoException {
        UdpSocket socket = open(SocketAddresses.family(address), settings);
        try {
            socket.bindInet(address);
            return socket;
        } catch (Throwable e) {
            socket.close();
            throw e;
        }
    }

    /**
     * {@code bind(2)}: gives an open socket its address.
     *
     * @param address the address to receive at; an IPv4 address is mapped on an IPv6 socket. With port 0 the kernel
     *     chooses one, see {@link #localAddress()}
     * @throws ErrnoException EADDRINUSE; EADDRNOTAVAIL if the address is not one of this host; EACCES for a port below
     *     1024 without the privilege; EAFNOSUPPORT for an IPv6 address on an IPv4 socket; EINVAL if the socket is bound
     * @throws java.nio.channels.UnresolvedAddressException if the address is not resolved
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a>
     */
    public void bindTo(InetSocketAddress address) throws ErrnoException {
        bindInet(address);
    }

    /**
     * {@code setsockopt(IP_ADD_MEMBERSHIP)} or {@code IPV6_ADD_MEMBERSHIP}: joins a multicast group on an interface, of
     * which the socket then receives the datagrams that are sent to its port.
     *
     * @param group            the address of the group
     * @param networkInterface the interface; null lets the kernel choose one
     * @throws ErrnoException EADDRINUSE if the socket is in the group; EINVAL if the address is not a multicast one;
     *     ENODEV if there is no interface; ENOBUFS at the limit (net.ipv4.igmp_max_memberships)
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man7/ip.7.html">ip(7)</a>
     */
    public void join(InetAddress group, NetworkInterface networkInterface) throws ErrnoException {
        set(Multicast.joinOption(group), new Multicast(group, networkInterface));
    }

    /**
     * {@code setsockopt(IP_DROP_MEMBERSHIP)} or {@code IPV6_DROP_MEMBERSHIP}: leaves a multicast group.
     *
     * @param group            the address of the group
     * @param networkInterface the interface that was given to {@link #join}
     * @throws ErrnoException EADDRNOTAVAIL if the socket is not in the group on that interface
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man7/ip.7.html">ip(7)</a>
     */
    public void leave(InetAddress group, NetworkInterface networkInterface) throws ErrnoException {
        set(Multicast.leaveOption(group), new Multicast(group, networkInterface));
    }

    /**
     * {@code connect(2)}: fixes the peer. {@link #read} and {@link #write} go to it, datagrams of others are dropped,
     * and its answer that nobody listens (ICMP) is reported, as ECONNREFUSED by the next call. It may be called again.
     *
     * @param address the peer
     * @throws ErrnoException ENETUNREACH; EADDRNOTAVAIL; EAFNOSUPPORT for an IPv6 address on an IPv4 socket
     * @throws java.nio.channels.UnresolvedAddressException if the address has a host name without a number
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</a>
     */
    public void connect(InetSocketAddress address) throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            int length = SocketAddresses.write(state, family(), address);
            int result = state.result(socket_h.connect(state.errno(), fd, state.scratch(), length));
            if (result < 0) {
                throw new ErrnoException("connect", SocketAddresses.text(address), -result);
            }
        } finally {
            release();
        }
    }

    /**
     * {@code sendto(2)}: sends the buffer's remaining bytes as one datagram. If it is sent, nothing remains.
     *
     * @param buffer  the bytes; none gives an empty datagram
     * @param address the receiver
     * @return false if it would block
     * @throws ErrnoException EMSGSIZE if the datagram is too long; EACCES for a broadcast address without SO_BROADCAST;
     *     ENETUNREACH; EHOSTUNREACH; EAFNOSUPPORT for an IPv6 address on an IPv4 socket; EPERM if a firewall forbids
     *     it; ENOBUFS; ENOMEM
     * @throws java.nio.channels.UnresolvedAddressException if the address has a host name without a number
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/sendto.2.html">sendto(2)</a>
     */
    public boolean send(ByteBuffer buffer, InetSocketAddress address) throws ErrnoException {
        int fd = acquire();
        try (ThreadBuffers thread = ThreadBuffers.take()) {
            MemorySegment peer = thread.state().scratch();
            int length = SocketAddresses.write(thread.state(), family(), address);
            long result = Transfer.SENDTO.move(
                    thread, fd, buffer, Transfer.LARGEST_PART, 0, peer, MemorySegment.NULL, length);
            if (result >= 0) {
                return true;
            }
            if (result == -Errno.EAGAIN) {
                return false;
            }
            throw new ErrnoException("sendto", SocketAddresses.text(address), (int) -result);
        } finally {
            release();
        }
    }

    /**
     * {@code recvfrom(2)}: receives one datagram into the buffer's remaining space, and advances its position. What
     * does not fit is lost. On an IPv4 socket the address of the sender of the datagram before is the same object, and
     * nothing is allocated; any other address is a new object.
     *
     * @param buffer where the bytes go
     * @return the sender, an IPv4 one as IPv4; null if there is no datagram
     * @throws ErrnoException ECONNREFUSED and the like if the socket is connected and the peer does not listen; ENOMEM
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/recvfrom.2.html">recvfrom(2)</a>
     */
    public InetSocketAddress receive(ByteBuffer buffer) throws ErrnoException {
        int fd = acquire();
        try (ThreadBuffers thread = ThreadBuffers.take()) {
            CallState state = thread.state();
            int result = (int) Transfer.RECVFROM.move(thread, fd, buffer, Transfer.LARGEST_PART, 0, state.scratch(),
                    SocketAddresses.length(state), 0);
            if (result == -Errno.EAGAIN) {
                return null;
            }
            ErrnoException.check(result, "recvfrom", "");
            InetSocketAddress sender = SocketAddresses.readInet(state, lastSender);
            lastSender = sender;
            return sender;
        } finally {
            release();
        }
    }

    /**
     * {@code recvfrom(2)} without asking for the sender: receives one datagram into the buffer's remaining space, and
     * advances its position. What does not fit is lost. It allocates nothing. On a socket that is not connected it
     * takes the datagrams of everybody.
     *
     * @param buffer where the bytes go
     * @return the number of bytes; 0 if there is no datagram, or an empty one, which {@link #receive} tells apart
     * @throws ErrnoException ECONNREFUSED and the like if the peer does not listen; ENOMEM
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/recvfrom.2.html">recvfrom(2)</a>
     */
    public int read(ByteBuffer buffer) throws ErrnoException {
        int fd = acquire();
        try {
            return transfer(Transfer.RECVFROM, fd, buffer);
        } finally {
            release();
        }
    }

    /**
     * {@code sendto(2)} without an address: sends the buffer's remaining bytes to the connected peer, as one datagram.
     * It allocates nothing.
     *
     * @param buffer the bytes; none gives an empty datagram
     * @return the number of bytes, which is all; 0 if it would block, or none remained
     * @throws ErrnoException EDESTADDRREQ if the socket is not connected; EMSGSIZE if the datagram is too long;
     *     ECONNREFUSED and the like if the peer does not listen, and then nothing was sent; ENOBUFS; ENOMEM
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/sendto.2.html">sendto(2)</a>
     */
    public int write(ByteBuffer buffer) throws ErrnoException {
        int fd = acquire();
        try {
            return transfer(Transfer.SENDTO, fd, buffer);
        } finally {
            release();
        }
    }

    private static int transfer(Transfer transfer, int fd, ByteBuffer buffer) throws ErrnoException {
        try (ThreadBuffers thread = ThreadBuffers.take()) {
            return (int) transfer.orWouldBlock(fd, transfer.move(thread, fd, buffer, Transfer.LARGEST_PART, 0,
                    MemorySegment.NULL, MemorySegment.NULL, 0));
        }
    }

    /**
     * {@code getsockname(2)}: asks for this socket's address.
     *
     * @return the address, with port 0 if it has none yet
     * @throws ErrnoException ENOBUFS
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/getsockname.2.html">getsockname(2)</a>
     */
    public InetSocketAddress localAddress() throws ErrnoException {
        return localInetAddress();
    }

    /**
     * {@code getpeername(2)}: asks for the peer's address.
     *
     * @return the address; null if the socket is not connected
     * @throws ErrnoException ENOBUFS
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/getpeername.2.html">getpeername(2)</a>
     */
    public InetSocketAddress remoteAddress() throws ErrnoException {
        return remoteInetAddress();
    }
}
