package io.github.epoll4j.net;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.poll.poll_h;
import io.github.epoll4j.internal.gen.poll.pollfd;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.io.SocketAddresses;
import io.github.epoll4j.internal.io.Transfer;
import java.net.InetSocketAddress;

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

    private static final int CONNECTED = 0;
    private static final int CONNECTING = -1;

    /** Where an attempt goes to; null if the stream was accepted or adopted. */
    private final InetSocketAddress target;
    /** CONNECTED, CONNECTING, or the errno that the attempt ended with. */
    private volatile int progress;

    private TcpStream(int fd, InetSocketAddress target, int progress) {
        super(fd);
        this.target = target;
        this.progress = progress;
    }

    /**
     * {@code getsockopt(2)}, {@code fcntl(2)}: takes ownership of a connected TCP socket that was opened elsewhere,
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
    public static TcpStream adoptSocket(int fd) throws ErrnoException {
        AdoptedFd.take(fd, AdoptedFd.TCP, false);
        return accepted(fd);
    }

    static TcpStream accepted(int fd) {
        return new TcpStream(fd, null, CONNECTED);
    }

    /**
     * {@code socket(2)}, {@code connect(2)}: starts to connect, and returns at once. When the attempt is over, the
     * stream is writable (EPOLLOUT), also if it failed; then {@link #finishConnect()} tells how it ended. Until then
     * reads and writes answer 0; one that comes before {@code finishConnect} afterwards takes the attempt's error away
     * from it, which then throws ENOTCONN.
     *
     * @param address  the peer; an IPv4 address gives an IPv4 socket
     * @param settings options to set before connect
     * @return the stream, to be closed by the caller
     * @throws ErrnoException ENETUNREACH or EADDRNOTAVAIL if the attempt cannot be started; EAFNOSUPPORT if the host
     *     has no IPv6; EMFILE, ENFILE, ENOBUFS or ENOMEM; what {@link SocketFd#set} throws
     * @throws java.nio.channels.UnresolvedAddressException if the address has a host name without a number
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</a>
     */
    public static TcpStream connect(InetSocketAddress address, SocketOption.Setting... settings)
            throws ErrnoException {
        Platform.require();
        int family = SocketAddresses.family(address);
        TcpStream stream = new TcpStream(openFd(family, socket_h.SOCK_STREAM), address, CONNECTING);
        try {
            stream.setAll(settings);
            stream.start(family);
            return stream;
        } catch (Throwable e) {
            stream.close();
            throw e;
        }
    }

    private void start(int family) throws ErrnoException {
        int result;
        try (CallState state = CallState.take()) {
            int length = SocketAddresses.write(state, family, target);
            result = state.result(socket_h.connect(state.errno(), fd(), state.scratch(), length));
        }
        if (result == 0) {
            progress = CONNECTED;
        } else if (result != -Errno.EINPROGRESS && result != -Errno.EINTR) {
            throw failure(-result);
        }
    }

    private ErrnoException failure(int errno) {
        return new ErrnoException("connect", SocketAddresses.text(target), errno);
    }

    /**
     * {@code getpeername(2)}, {@code getsockopt(SO_ERROR)}: asks how the attempt to connect goes.
     *
     * @return true if the stream is connected, as an accepted or adopted one always is; false while the attempt is
     *     under way
     * @throws ErrnoException ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH and the like if it failed, each time;
     *     ENOTCONN if another call was told why, or the connection was made and lost before anybody asked
     * @throws IllegalStateException if this stream is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</a>
     */
    public boolean finishConnect() throws ErrnoException {
        if (progress == CONNECTING) {
            if (isConnected()) {
                progress = CONNECTED;
            } else if (error() == 0 && isHungUp() && error() == 0 && progress == CONNECTING) {
                progress = Errno.ENOTCONN; // somebody else has the error
            }
        }
        int now = progress;
        if (now > 0) {
            throw failure(now);
        }
        fd(); // throws if this stream is closed
        return now == CONNECTED;
    }

    /** {@code poll(2)} without waiting: whether the attempt, or the connection, is over. */
    private boolean isHungUp() throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            state.bytes().putInt(pollfd.fd$OFFSET, fd).putShort(pollfd.events$OFFSET, (short) 0)
                    .putShort(pollfd.revents$OFFSET, (short) 0);
            int result;
            do {
                result = state.result(poll_h.poll(state.errno(), state.scratch(), 1, 0));
            } while (result == -Errno.EINTR);
            ErrnoException.check(result, "poll", "POLLHUP");
            return (state.bytes().getShort(pollfd.revents$OFFSET) & poll_h.POLLHUP) != 0;
        } finally {
            release();
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>The error that ends an attempt to connect is fetched here as well, and {@link #finishConnect()} still knows it
     * afterwards.
     */
    @Override
    public int error() throws ErrnoException {
        int errno = super.error();
        if (errno != 0 && progress == CONNECTING) {
            progress = errno;
        }
        return errno;
    }

    /**
     * {@code getsockname(2)}: asks for this end's address.
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
     * {@code getpeername(2)}: asks for the peer's address.
     *
     * @return the address, an IPv4 peer's as IPv4; null if the stream is not connected yet, or not any more
     * @throws ErrnoException ENOBUFS
     * @throws IllegalStateException if this stream is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/getpeername.2.html">getpeername(2)</a>
     */
    public InetSocketAddress remoteAddress() throws ErrnoException {
        return remoteInetAddress();
    }

    /**
     * {@code send(MSG_OOB)}: sends one urgent byte. The peer is told that it comes (EPOLLPRI) and finds it beside its
     * stream, unless SO_OOBINLINE leaves it there. A second one before the first was read takes its place.
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
     * {@code recv(MSG_OOB)}: fetches the urgent byte, which ends EPOLLPRI.
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
