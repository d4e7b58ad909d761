package io.github.epoll4j.net;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.message.message_h;
import io.github.epoll4j.internal.gen.socket.sockaddr_in;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.internal.io.FileOwner;
import io.github.epoll4j.internal.io.MessageHeaders;
import io.github.epoll4j.internal.io.SocketAddresses;
import io.github.epoll4j.internal.io.ThreadBuffers;
import io.github.epoll4j.internal.io.Transfer;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ProtocolFamily;
import java.nio.ByteBuffer;

/**
 * A UDP socket: sends and receives datagrams, each whole or not at all.
 *
 * <p>A datagram that is longer than the buffer it is received into is cut to what fits, and the rest is lost.
 * {@link DatagramInfo} and {@link DatagramArray} report that. The longest of all has 65507 bytes over IPv4. An empty
 * datagram is a datagram; there is no end of a stream.
 *
 * <p>A socket that is bound to a wildcard address answers from an address that the routing table chooses, which a peer
 * that sent to another one does not accept. Switch {@link #reportLocalAddresses(boolean)} on and use {@link #reply}.
 *
 * <p>Thread-safe: each call moves one datagram. A buffer belongs to one call at a time. Ownership: the caller closes
 * the socket.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/udp.7.html">udp(7)</a>
 */
public final class UdpSocket extends SocketFd {
    /** The segment size is a 16-bit number. */
    private static final int LARGEST_SEGMENT = 0xffff;

    /** Last sender, reused to avoid allocation. Benign race: the value is immutable. */
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
     * Takes ownership of a UDP socket that arrived as a {@link FileFd}, like {@link #adopt(int)}.
     *
     * @param file the owner, closed afterwards; it stays the caller's and open if this throws
     * @return the new owner, to be closed by the caller
     * @throws ErrnoException as {@link #adopt(int)}
     * @throws IllegalArgumentException if it is of another kind, or borrowed
     * @throws IllegalStateException if the file is closed, or a call holds its number at the moment
     */
    public static UdpSocket adopt(FileFd file) throws ErrnoException {
        return FileOwner.pass(file, UdpSocket::adopt);
    }

    /**
     * {@code socket(2)}: opens a socket without an address. The kernel binds it at its first send.
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
     * @param address  the address to receive at; an IPv4 one opens an IPv4 socket, {@code [::]} serves both families
     *     unless IPV6_V6ONLY is set. Port 0 lets the kernel choose one, see {@link #localAddress()}
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
     * {@code connect(2)}: sets the peer for {@link #read} and {@link #write}. Datagrams of other senders are dropped.
     * If the peer answers that no socket has the port (ICMP), the next call throws ECONNREFUSED. It may be called
     * again.
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
     * @param buffer  the bytes; none sends an empty datagram
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
            throw Transfer.failure("sendto", SocketAddresses.text(address), (int) -result);
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
     * {@code recvmsg(2)}: receives one datagram into the buffer's remaining space, advances its position, and reports
     * all that is known about the datagram. It allocates nothing.
     *
     * @param buffer where the bytes go
     * @param info   overwritten with sender, local address, length, and whether the datagram was cut
     * @return the number of bytes in the buffer; 0 if the datagram is empty; -1 if there is no datagram
     * @throws ErrnoException ECONNREFUSED and the like if the socket is connected and the peer does not listen; ENOMEM
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws IllegalStateException if this socket is closed, or another thread receives with the same info
     * @see <a href="https://man7.org/linux/man-pages/man2/recvmsg.2.html">recvmsg(2)</a>
     */
    public int receive(ByteBuffer buffer, DatagramInfo info) throws ErrnoException {
        info.begin();
        try {
            return receiveOnce(buffer, info);
        } finally {
            info.end();
        }
    }

    private int receiveOnce(ByteBuffer buffer, DatagramInfo info) throws ErrnoException {
        int fd = acquire();
        try (ThreadBuffers thread = ThreadBuffers.take()) {
            MessageHeaders header = info.header();
            header.expect(0);
            int before = buffer.position();
            int result = (int) Transfer.RECVMSG.message(
                    thread, fd, buffer, Transfer.LARGEST_PART, header, socket_h.MSG_TRUNC);
            if (result < 0) {
                header.clear(0);
                info.received(0);
                return orNoMessage(Transfer.RECVMSG, fd, result);
            }
            info.received(result);
            return buffer.position() - before;
        } finally {
            release();
        }
    }

    /**
     * {@code recvmmsg(2)}: receives the datagrams that have arrived, as many as the array can hold. It allocates
     * nothing.
     *
     * @param datagrams overwritten with the datagrams, from index 0
     * @return how many there are; 0 if there is no datagram
     * @throws ErrnoException ECONNREFUSED and the like if the socket is connected and the peer does not listen; ENOMEM
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/recvmmsg.2.html">recvmmsg(2)</a>
     */
    public int receive(DatagramArray datagrams) throws ErrnoException {
        int fd = acquire();
        try {
            return (int) Transfer.RECVMMSG.orWouldBlock(fd, datagrams.receive(fd));
        } finally {
            release();
        }
    }

    /**
     * {@code sendmsg(2)} with control data: sends the buffer's remaining bytes from a local address (IP_PKTINFO), and
     * cut into segments if so wished (UDP_SEGMENT). If they are sent, nothing remains.
     *
     * @param buffer      the bytes; none sends an empty datagram
     * @param address     the receiver; null for the connected peer
     * @param source      the local address to send from, of the receiver's family; null if the kernel chooses. Its
     *     scope is the interface to send by
     * @param segmentSize the size in bytes, 1 to 65535, of the datagrams that the kernel cuts the bytes into, at most
     *     64 (128 since Linux 6.9); the last one may be shorter. 0 for one datagram
     * @return false if it would block
     * @throws ErrnoException as {@link #send(ByteBuffer, InetSocketAddress)}; EINVAL or ENETUNREACH if the
     *     source is not an address of this host; EINVAL if there are too many segments, or one does not fit the
     *     network's MTU; EDESTADDRREQ if the address is null and the socket is not connected
     * @throws IllegalArgumentException if the segment size is out of range, or the source is of another family
     * @throws java.nio.channels.UnresolvedAddressException if the address has a host name without a number
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man7/udp.7.html">udp(7)</a>
     */
    public boolean send(ByteBuffer buffer, InetSocketAddress address, InetAddress source, int segmentSize)
            throws ErrnoException {
        int fd = acquire();
        try (ThreadBuffers thread = ThreadBuffers.take()) {
            if (family() == socket_h.AF_INET && source instanceof Inet6Address) {
                throw new IllegalArgumentException("an IPv6 source on an IPv4 socket: " + source.getHostAddress());
            }
            MessageHeaders header = thread.header(MessageHeaders.DATAGRAM_CONTROL);
            fill(header, 0, address, source, segmentSize);
            return sendMessage(thread, fd, buffer, header, address);
        } finally {
            release();
        }
    }

    /** Writes a datagram's addresses and segment size. */
    static void fill(MessageHeaders headers, int index, InetSocketAddress address, InetAddress source,
            int segmentSize) {
        if (segmentSize < 0 || segmentSize > LARGEST_SEGMENT) {
            throw new IllegalArgumentException(
                    "a segment size of " + segmentSize + "; 0 to " + LARGEST_SEGMENT + " are possible");
        }
        if (address != null) {
            headers.receiver(index, address);
        }
        if (source != null) {
            headers.source(index, source);
        }
        if (segmentSize > 0) {
            headers.segmentSize(index, segmentSize);
        }
    }

    /**
     * {@code sendmsg(2)}: sends the buffer's remaining bytes to the sender of a received datagram. They come from the
     * local address it was sent to, if that is {@linkplain #reportLocalAddresses(boolean) reported}. It allocates
     * nothing.
     *
     * @param buffer the bytes; none sends an empty datagram
     * @param info   the received datagram
     * @return false if it would block
     * @throws ErrnoException as {@link #send(ByteBuffer, InetSocketAddress)}
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/sendmsg.2.html">sendmsg(2)</a>
     */
    public boolean reply(ByteBuffer buffer, DatagramInfo info) throws ErrnoException {
        int fd = acquire();
        try (ThreadBuffers thread = ThreadBuffers.take()) {
            MessageHeaders header = thread.header(MessageHeaders.DATAGRAM_CONTROL);
            header.reply(0, info.header(), 0);
            return sendMessage(thread, fd, buffer, header, null);
        } finally {
            release();
        }
    }

    private static boolean sendMessage(ThreadBuffers thread, int fd, ByteBuffer buffer, MessageHeaders header,
            InetSocketAddress address) throws ErrnoException {
        long result = Transfer.SENDMSG.message(thread, fd, buffer, Transfer.LARGEST_PART, header, 0);
        if (result < 0 && result != -Errno.EAGAIN) {
            throw Transfer.failure(
                    "sendmsg", address == null ? "fd=" + fd : SocketAddresses.text(address), (int) -result);
        }
        return result >= 0;
    }

    /**
     * {@code sendmmsg(2)}: sends the datagrams that remain in the array, as many as the socket takes, and advances it.
     * It allocates nothing.
     *
     * @param datagrams the datagrams
     * @return how many were sent; 0 if it would block, or none remained
     * @throws ErrnoException as {@link #send(ByteBuffer, InetSocketAddress, InetAddress, int)}, for the first that
     *     remains, which the message names: {@link DatagramArray#skip()} gives it up
     * @throws IllegalStateException if this socket is closed, or the array holds received datagrams
     * @see <a href="https://man7.org/linux/man-pages/man2/sendmmsg.2.html">sendmmsg(2)</a>
     */
    public int send(DatagramArray datagrams) throws ErrnoException {
        datagrams.requireSending();
        int fd = acquire();
        try {
            int result = datagrams.send(fd);
            if (result < 0 && result != -Errno.EAGAIN) {
                throw new ErrnoException("sendmmsg", "fd=" + fd + ", " + datagrams.describeNext(), -result);
            }
            return Math.max(0, result);
        } finally {
            release();
        }
    }

    /**
     * {@code setsockopt(IP_PKTINFO)}, and {@code IPV6_RECVPKTINFO} on an IPv6 socket: lets the kernel report the local
     * address of each datagram that is received with {@link DatagramInfo} or {@link DatagramArray}. On an IPv6 socket
     * that covers IPv4 as well.
     *
     * @param isReported true to switch it on
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man7/ip.7.html">ip(7)</a>
     */
    public void reportLocalAddresses(boolean isReported) throws ErrnoException {
        int fd = acquire();
        try {
            report(fd, socket_h.IPPROTO_IP, message_h.IP_PKTINFO, "IP_PKTINFO", isReported);
            if (family() == socket_h.AF_INET6) {
                report(fd, socket_h.IPPROTO_IPV6, message_h.IPV6_RECVPKTINFO, "IPV6_RECVPKTINFO", isReported);
            }
        } finally {
            release();
        }
    }

    private static void report(int fd, int level, int option, String name, boolean isReported) throws ErrnoException {
        try (CallState state = CallState.take()) {
            state.bytes().putInt(0, isReported ? 1 : 0);
            int result = state.result(
                    socket_h.setsockopt(state.errno(), fd, level, option, state.scratch(), Integer.BYTES));
            ErrnoException.check(result, "setsockopt", name + ", fd=" + fd);
        }
    }

    /**
     * {@code connect(AF_UNSPEC)}: removes the peer, so that the socket receives from everywhere again. A port that the
     * kernel chose, also for port 0 of bind, is given back, and the next send gets another one. One that bind was given
     * stays.
     *
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</a>
     */
    public void disconnect() throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            state.scratch().fill((byte) 0);
            state.bytes().putShort(sockaddr_in.sin_family$OFFSET, (short) socket_h.AF_UNSPEC);
            int result = state.result(
                    socket_h.connect(state.errno(), fd, state.scratch(), sockaddr_in.SIZEOF));
            ErrnoException.check(result, "connect", "AF_UNSPEC, fd=" + fd);
        } finally {
            release();
        }
    }

    /**
     * {@code recvfrom(2)} without asking for the sender: receives one datagram into the buffer's remaining space, and
     * advances its position. What does not fit is lost. It allocates nothing. On a socket that is not connected it
     * takes the datagrams of all senders.
     *
     * @param buffer where the bytes go
     * @return the number of bytes; 0 if the datagram is empty; -1 if there is no datagram
     * @throws ErrnoException ECONNREFUSED and the like if the peer does not listen; ENOMEM
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/recvfrom.2.html">recvfrom(2)</a>
     */
    public int read(ByteBuffer buffer) throws ErrnoException {
        int fd = acquire();
        try {
            return orNoMessage(
                    Transfer.RECVFROM, fd, Transfer.RECVFROM.message(fd, buffer, Transfer.LARGEST_PART, 0));
        } finally {
            release();
        }
    }

    /**
     * {@code recvmsg(2)}: receives one datagram into several parts of memory, in their order, and advances them. What
     * does not fit is lost.
     *
     * @param buffers where the bytes go
     * @return the number of bytes; 0 if the datagram is empty; -1 if there is no datagram
     * @throws ErrnoException as {@link #read(ByteBuffer)}
     * @throws IllegalArgumentException if a part is read-only, or there are more than 1024 that are not full (IOV_MAX)
     * @throws IllegalStateException if this socket is closed, or another thread uses the array
     * @see <a href="https://man7.org/linux/man-pages/man2/recvmsg.2.html">recvmsg(2)</a>
     */
    public int read(IoVectors buffers) throws ErrnoException {
        buffers.requireOneCall();
        int fd = acquire();
        try {
            return orNoMessage(Transfer.RECVMSG, fd, buffers.move(Transfer.RECVMSG, fd, true, 0));
        } finally {
            release();
        }
    }

    /**
     * {@code sendto(2)} without an address: sends the buffer's remaining bytes to the connected peer, as one datagram.
     * It allocates nothing.
     *
     * @param buffer the bytes; none sends an empty datagram
     * @return the number of bytes, which is all; 0 if it would block, or none remained
     * @throws ErrnoException EDESTADDRREQ if the socket is not connected; EMSGSIZE if the datagram is too long;
     *     ECONNREFUSED and the like if the peer does not listen, and then nothing was sent; ENOBUFS; ENOMEM
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/sendto.2.html">sendto(2)</a>
     */
    public int write(ByteBuffer buffer) throws ErrnoException {
        int fd = acquire();
        try {
            return (int) Transfer.SENDTO.orWouldBlock(
                    fd, Transfer.SENDTO.message(fd, buffer, Transfer.LARGEST_PART, 0));
        } finally {
            release();
        }
    }

    /**
     * {@code sendmsg(2)}: sends several parts of memory, in their order, to the connected peer as one datagram, and
     * advances them.
     *
     * @param buffers the bytes; none sends an empty datagram
     * @return the number of bytes, which is all; 0 if it would block, or none remained
     * @throws ErrnoException as {@link #write(ByteBuffer)}
     * @throws IllegalArgumentException if more than 1024 parts remain (IOV_MAX)
     * @throws IllegalStateException if this socket is closed, or another thread uses the array
     * @see <a href="https://man7.org/linux/man-pages/man2/sendmsg.2.html">sendmsg(2)</a>
     */
    public int write(IoVectors buffers) throws ErrnoException {
        buffers.requireOneCall();
        int fd = acquire();
        try {
            return (int) Transfer.SENDMSG.orWouldBlock(fd, buffers.move(Transfer.SENDMSG, fd, false, 0));
        } finally {
            release();
        }
    }

    /**
     * {@code ioctl(FIONREAD)}: returns the length of the next datagram. The first such call in a JVM takes some 10 ms
     * for its preparation: make one before a loop needs it.
     *
     * @return the number of bytes; 0 if there is no datagram, or an empty one
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man7/udp.7.html">udp(7)</a>
     */
    public int available() throws ErrnoException {
        int fd = acquire();
        try {
            return FdCalls.ioctlInt(fd, unistd_h.FIONREAD, "FIONREAD");
        } finally {
            release();
        }
    }

    /**
     * {@code ioctl(SIOCOUTQ)}: returns how much memory the datagrams take that were sent and have not left this host.
     * The first such call in a JVM takes some 10 ms for its preparation: make one before a loop needs it.
     *
     * @return the number of bytes
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man7/udp.7.html">udp(7)</a>
     */
    public int unsent() throws ErrnoException {
        int fd = acquire();
        try {
            return FdCalls.ioctlInt(fd, unistd_h.TIOCOUTQ, "SIOCOUTQ"); // the same number
        } finally {
            release();
        }
    }

    /**
     * {@code getsockname(2)}: returns this socket's address.
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
     * {@code getpeername(2)}: returns the peer's address.
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
