package io.github.epoll4j.net;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.poll.poll_h;
import io.github.epoll4j.internal.gen.poll.pollfd;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.io.FileOwner;
import io.github.epoll4j.internal.io.SocketAddresses;
import io.github.epoll4j.internal.io.Transfer;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;

/**
 * A TCP connection, or the attempt at one.
 *
 * <p>Thread-safe, as {@link StreamSocket} says.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</a>
 */
public final class TcpStream extends StreamSocket {
    /** The result of {@link #receiveUrgent()} if there is no urgent byte. */
    public static final int NO_URGENT_BYTE = -1;
    /** The result of {@link #receiveUrgent()} if SO_OOBINLINE is set and the byte is in the stream. */
    public static final int URGENT_BYTE_INLINE = -2;

    private static final short CONNECTED = 0;
    private static final short CONNECTING = -1;
    private static final short OPEN = -2;

    /** The address that connect was called with; null before, and if the stream was accepted or adopted. */
    private volatile InetSocketAddress target;
    /** OPEN, CONNECTING, CONNECTED, or the errno that the attempt ended with. */
    private volatile short progress;
    /** The peer's address in the kernel's form once it is known, or null. */
    private volatile byte[] peer;

    private TcpStream(int fd, int family, short progress) {
        super(fd, family);
        this.progress = progress;
    }

    static TcpStream accepted(int fd, int family, byte[] peer) {
        TcpStream stream = new TcpStream(fd, family, CONNECTED);
        stream.peer = peer;
        return stream;
    }

    /**
     * {@code getsockopt(2)}, {@code fcntl(2)}, {@code getpeername(2)}: takes ownership of a TCP socket that was opened
     * elsewhere, such as by systemd, and makes it non-blocking and close-on-exec. Non-blocking is a property of the
     * open file, so that other processes that have it see the change.
     *
     * <p>The socket is connected in most cases. If it is not, an attempt to connect may be under way, which
     * {@link #finishConnect()} finishes, or {@link #connectTo} starts one.
     *
     * @param fd the number of an open descriptor, which stays the caller's if this throws
     * @return its owner
     * @throws ErrnoException EBADF if it is not open; ENOTSOCK if it is not a socket; ENOBUFS
     * @throws IllegalArgumentException if it is a socket of another kind, or the number is negative
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man3/sd_listen_fds.3.html">sd_listen_fds(3)</a>
     */
    public static TcpStream adopt(int fd) throws ErrnoException {
        TcpStream stream = new TcpStream(fd, AdoptedFd.take(fd, AdoptedFd.Kind.TCP), CONNECTING);
        if (stream.askPeer() != null) {
            stream.progress = CONNECTED;
        }
        return stream;
    }

    /**
     * Takes ownership of a TCP stream that arrived as a {@link FileFd}, like {@link #adopt(int)}.
     *
     * @param file the owner, closed afterwards; it stays the caller's and open if this throws
     * @return the new owner, to be closed by the caller
     * @throws ErrnoException as {@link #adopt(int)}
     * @throws IllegalArgumentException if it is of another kind, or borrowed
     * @throws IllegalStateException if the file is closed, or a call holds its number at the moment
     */
    public static TcpStream adopt(FileFd file) throws ErrnoException {
        return FileOwner.pass(file, TcpStream::adopt);
    }

    /**
     * {@code socket(2)}: opens a socket that is neither bound nor connected. {@link #connectTo} is next.
     *
     * @param family   INET; or INET6, which also connects to IPv4 unless IPV6_V6ONLY is set
     * @param settings options to set
     * @return the socket, to be closed by the caller
     * @throws ErrnoException EAFNOSUPPORT if the host has no IPv6; EMFILE, ENFILE, ENOBUFS or ENOMEM; the errnos of
     *     {@link SocketFd#set}
     * @throws IllegalArgumentException if the family is neither
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</a>
     */
    public static TcpStream open(ProtocolFamily family, SocketSetting<?>... settings) throws ErrnoException {
        return open(family(family), settings);
    }

    private static TcpStream open(int family, SocketSetting<?>... settings) throws ErrnoException {
        TcpStream stream = new TcpStream(openFd(family, socket_h.SOCK_STREAM), family, OPEN);
        stream.setAll(settings);
        return stream;
    }

    /**
     * {@code socket(2)}, {@code connect(2)}: starts to connect, as {@link #open} and {@link #connectTo} do, and returns
     * at once.
     *
     * @param address  the peer; an IPv4 address opens an IPv4 socket
     * @param settings options to set before connect
     * @return the stream, to be closed by the caller
     * @throws ErrnoException ENETUNREACH or EADDRNOTAVAIL if the attempt cannot be started; EAFNOSUPPORT if the host
     *     has no IPv6; EMFILE, ENFILE, ENOBUFS or ENOMEM; the errnos of {@link SocketFd#set}
     * @throws java.nio.channels.UnresolvedAddressException if the address is not resolved
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</a>
     */
    public static TcpStream connect(InetSocketAddress address, SocketSetting<?>... settings) throws ErrnoException {
        TcpStream stream = open(SocketAddresses.family(address), settings);
        try {
            stream.connectTo(address);
            return stream;
        } catch (Throwable e) {
            stream.close();
            throw e;
        }
    }

    /**
     * {@code bind(2)}: gives an open socket its own address, from which it connects.
     *
     * @param address the address of this end; with port 0 the kernel chooses one
     * @throws ErrnoException EADDRINUSE; EADDRNOTAVAIL if the address is not one of this host; EACCES for a port below
     *     1024 without the privilege; EAFNOSUPPORT for an IPv6 address on an IPv4 socket; EINVAL if the socket is bound
     * @throws java.nio.channels.UnresolvedAddressException if the address is not resolved
     * @throws IllegalStateException if this stream is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a>
     */
    public void bindTo(InetSocketAddress address) throws ErrnoException {
        bindInet(address);
    }

    /**
     * {@code connect(2)}: starts to connect an open socket, and returns at once. At the end of the attempt the stream
     * is writable (EPOLLOUT), also if it failed; then {@link #finishConnect()} returns or throws its result. Until then
     * reads and writes return 0. A read or write between the end and {@code finishConnect} takes the attempt's error,
     * and {@code finishConnect} then throws ENOTCONN.
     *
     * <p>An attempt to a local port of the ephemeral range on which no socket listens can connect the socket to itself,
     * when the kernel chooses that port for this end. Compare {@link #localAddress()} and {@link #remoteAddress()}
     * where that can happen.
     *
     * @param address the peer; an IPv4 address is mapped on an IPv6 socket
     * @throws ErrnoException ENETUNREACH or EADDRNOTAVAIL if the attempt cannot be started; EAFNOSUPPORT for an IPv6
     *     address on an IPv4 socket; EALREADY if an attempt is under way; ECONNABORTED if one has failed, for which a
     *     new stream is needed; EISCONN
     * @throws java.nio.channels.UnresolvedAddressException if the address is not resolved
     * @throws IllegalStateException if this stream is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</a>
     */
    public void connectTo(InetSocketAddress address) throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            int length = SocketAddresses.write(state, family(), address);
            int result = state.result(socket_h.connect(state.errno(), fd, state.scratch(), length));
            if (result < 0 && result != -Errno.EINPROGRESS && result != -Errno.EINTR) {
                throw new ErrnoException("connect", SocketAddresses.text(address), -result);
            }
            target = address;
            progress = CONNECTING; // TCP_FASTOPEN_CONNECT with a cookie answers 0 before the handshake has begun
        } finally {
            release();
        }
    }

    private ErrnoException failure(int errno) {
        InetSocketAddress address = target;
        return new ErrnoException("connect", address == null ? "fd=" + fd() : SocketAddresses.text(address), errno);
    }

    /**
     * {@code getpeername(2)}, {@code getsockopt(SO_ERROR)}: returns whether the attempt to connect has succeeded.
     *
     * <p>With TCP_FASTOPEN_CONNECT the stream may be writable before the first write has started the handshake; the
     * attempt is under way until the handshake is over.
     *
     * @return true if the stream is connected, as an accepted one always is, and an adopted one if it was connected
     *     when it was adopted; also after the connection is lost. False while the attempt is under way
     * @throws ErrnoException ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH and the like if it failed, each time;
     *     ENOTCONN if it was not started, if another call took its error, or if the connection was made and lost before
     *     the first call or before adopt
     * @throws IllegalStateException if this stream is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</a>
     */
    public boolean finishConnect() throws ErrnoException {
        if (progress == CONNECTING) {
            if (askPeer() != null) {
                progress = CONNECTED;
            } else if (error() == 0 && isHungUp() && error() == 0 && progress == CONNECTING) {
                progress = Errno.ENOTCONN; // another call has the error
            }
        }
        fd(); // throws if this stream is closed
        int now = progress;
        if (now > 0 || now == OPEN) {
            throw failure(now == OPEN ? Errno.ENOTCONN : now);
        }
        return now == CONNECTED;
    }

    /** Returns the peer's address in the kernel's form, and keeps it; null if the stream is not connected. */
    private byte[] askPeer() throws ErrnoException {
        try (CallState state = CallState.take()) {
            if (!askRemoteAddress(state)) {
                return null;
            }
            byte[] address = SocketAddresses.copy(state);
            peer = address;
            return address;
        }
    }

    /** Returns whether the attempt, or the connection, is over: {@code poll(2)} without waiting. */
    private boolean isHungUp() throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            state.bytes().putInt(pollfd.fd$OFFSET, fd).putShort(pollfd.events$OFFSET, (short) 0)
                    .putShort(pollfd.revents$OFFSET, (short) 0);
            int result;
            do {
                result = state.result(poll_h.poll(state.errno(), state.scratch(), 1, 0));
            } while (result == -Errno.EINTR);
            if (result < 0) {
                throw new ErrnoException("poll", "fd=" + fd + ", POLLHUP", -result);
            }
            return (state.bytes().getShort(pollfd.revents$OFFSET) & poll_h.POLLHUP) != 0;
        } finally {
            release();
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>If it is the error that ended an attempt to connect, {@link #finishConnect()} still throws it afterwards.
     */
    @Override
    public int error() throws ErrnoException {
        int errno = super.error();
        if (errno != 0 && progress == CONNECTING) {
            progress = (short) errno;
        }
        return errno;
    }

    /**
     * {@code getsockname(2)}: returns this end's address.
     *
     * @return the address; of an IPv6 socket that serves an IPv4 peer, the IPv4 one
     * @throws ErrnoException ENOBUFS
     * @throws IllegalStateException if this stream is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/getsockname.2.html">getsockname(2)</a>
     */
    public InetSocketAddress localAddress() throws ErrnoException {
        return localInetAddress();
    }

    /**
     * Returns the peer's address. It is known since accept or adopt, or since {@link #finishConnect()} returned true,
     * also after a reset and after this stream was closed. Before that the kernel is asked, by {@code getpeername(2)}.
     *
     * @return the address, an IPv4 peer's as IPv4; null if the stream is not connected
     * @throws ErrnoException ENOBUFS
     * @throws IllegalStateException if this stream is closed, and the address is not known
     * @see <a href="https://man7.org/linux/man-pages/man2/getpeername.2.html">getpeername(2)</a>
     */
    public InetSocketAddress remoteAddress() throws ErrnoException {
        byte[] known = peer;
        if (known == null) {
            known = askPeer();
        }
        return known == null ? null : SocketAddresses.readInet(known);
    }

    /**
     * {@code send(MSG_OOB)}: sends one urgent byte. It is EPOLLPRI for the peer, which reads it out of band, unless
     * SO_OOBINLINE leaves it in the stream. A second one before the first was read takes its place.
     *
     * @param value the byte
     * @return false if it would block
     * @throws ErrnoException as {@link #write(java.nio.ByteBuffer)}
     * @throws IllegalStateException if this stream is closed
     * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</a>
     */
    public boolean sendUrgent(byte value) throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            state.bytes().put(0, value);
            long result = Transfer.SEND.move(state, fd, state.scratch(), 1, socket_h.MSG_OOB);
            if (result < 0 && result != -Errno.EAGAIN) {
                throw Transfer.failure("send", "MSG_OOB, fd=" + fd, (int) -result);
            }
            return result == 1;
        } finally {
            release();
        }
    }

    /**
     * {@code recv(MSG_OOB)}: reads the urgent byte, which ends EPOLLPRI.
     *
     * @return the byte, 0 to 255; {@link #NO_URGENT_BYTE} if there is none, or it was fetched already, or it is
     *     announced but has not arrived; {@link #URGENT_BYTE_INLINE} if SO_OOBINLINE leaves it in the stream, where a
     *     read finds it
     * @throws ErrnoException as {@link #read(java.nio.ByteBuffer)}
     * @throws IllegalStateException if this stream is closed
     * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</a>
     */
    public int receiveUrgent() throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            long result = Transfer.RECV.move(state, fd, state.scratch(), 1, socket_h.MSG_OOB);
            if (result == 1) {
                return Byte.toUnsignedInt(state.bytes().get(0));
            }
            if (result == 0 || result == -Errno.EAGAIN) {
                return NO_URGENT_BYTE;
            }
            if (result == -Errno.EINVAL) {
                int inline = state.result(socket_h.getsockopt(state.errno(), fd, socket_h.SOL_SOCKET,
                        socket_h.SO_OOBINLINE, state.scratch(), state.length(Integer.BYTES)));
                ErrnoException.check(inline, "getsockopt", "SO_OOBINLINE, fd=" + fd);
                return state.bytes().getInt(0) == 0 ? NO_URGENT_BYTE : URGENT_BYTE_INLINE;
            }
            throw Transfer.failure("recv", "MSG_OOB, fd=" + fd, (int) -result);
        } finally {
            release();
        }
    }
}
