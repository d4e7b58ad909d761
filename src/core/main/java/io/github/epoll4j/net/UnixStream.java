package io.github.epoll4j.net;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.io.SocketAddresses;
import io.github.epoll4j.internal.io.Transfer;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;

/**
 * A connected Unix stream socket.
 *
 * <p>It differs from TCP: to connect succeeds or fails at once; a peer that closes with bytes unread is a reset
 * (ECONNRESET); SO_LINGER has no effect.
 *
 * <p>Thread-safe, as {@link StreamSocket} says.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public final class UnixStream extends StreamSocket {
    private UnixStream(int fd) {
        super(fd);
    }

    /**
     * {@code getsockopt(2)}, {@code fcntl(2)}: takes ownership of a connected Unix stream socket that was opened
     * elsewhere, such as by systemd, and makes it non-blocking and close-on-exec. The first is a property of the open
     * file, which whoever else holds it sees as well.
     *
     * @param fd the number of an open descriptor, which stays the caller's if this throws
     * @return its owner
     * @throws ErrnoException EBADF if it is not open; ENOTSOCK if it is no socket
     * @throws IllegalArgumentException if it is a socket of another kind
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man3/sd_listen_fds.3.html">sd_listen_fds(3)</a>
     */
    public static UnixStream adoptSocket(int fd) throws ErrnoException {
        AdoptedFd.take(fd, AdoptedFd.UNIX, false);
        return new UnixStream(fd);
    }

    static UnixStream connected(int fd) {
        return new UnixStream(fd);
    }

    /**
     * {@code socket(2)}, {@code connect(2)}: connects to a path.
     *
     * @param address the path that somebody listens on, at most 107 bytes
     * @return the stream, connected, to be closed by the caller
     * @throws ErrnoException ENOENT if there is no such file; ECONNREFUSED if nobody listens on it (any more);
     *     EAGAIN if the listener's queue is full, in which case nothing is under way: wait a little and connect again;
     *     EACCES; EPROTOTYPE if it is a datagram socket; EMFILE, ENFILE or ENOMEM
     * @throws IllegalArgumentException if the path is empty, or too long
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</a>
     */
    public static UnixStream connect(UnixDomainSocketAddress address) throws ErrnoException {
        Platform.require();
        UnixStream stream = new UnixStream(openFd(socket_h.AF_UNIX, socket_h.SOCK_STREAM));
        try (CallState state = CallState.take()) {
            return stream.start(state, SocketAddresses.write(state, address), address.toString());
        } catch (Throwable e) {
            stream.close();
            throw e;
        }
    }

    /**
     * {@code socket(2)}, {@code connect(2)}: connects to an abstract name.
     *
     * @param name the name without its leading zero byte, at most 107 bytes of UTF-8
     * @return the stream, connected, to be closed by the caller
     * @throws ErrnoException ECONNREFUSED if nobody has the name; EAGAIN if the listener's queue is full; EMFILE,
     *     ENFILE or ENOMEM
     * @throws IllegalArgumentException if the name is empty, or too long
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</a>
     */
    public static UnixStream connectAbstract(String name) throws ErrnoException {
        Platform.require();
        UnixStream stream = new UnixStream(openFd(socket_h.AF_UNIX, socket_h.SOCK_STREAM));
        try (CallState state = CallState.take()) {
            return stream.start(state, SocketAddresses.writeAbstract(state, name), "@" + name);
        } catch (Throwable e) {
            stream.close();
            throw e;
        }
    }

    /** Connects to the address that the scratch memory holds. */
    private UnixStream start(CallState state, int length, String name) throws ErrnoException {
        int result = state.result(socket_h.connect(state.errno(), fd(), state.scratch(), length));
        ErrnoException.check(result, "connect", name);
        return this;
    }

    /**
     * {@code getsockname(2)}: asks for this end's path.
     *
     * @return the listener's path if this stream was accepted on one; null if this end has none
     * @throws ErrnoException ENOBUFS
     * @throws IllegalStateException if this stream is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/getsockname.2.html">getsockname(2)</a>
     */
    public UnixDomainSocketAddress localAddress() throws ErrnoException {
        return localUnixAddress();
    }

    /**
     * {@code getpeername(2)}: asks for the peer's path.
     *
     * @return the listener's path if this stream was connected to one; null if the peer has none
     * @throws ErrnoException ENOBUFS
     * @throws IllegalStateException if this stream is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/getpeername.2.html">getpeername(2)</a>
     */
    public UnixDomainSocketAddress remoteAddress() throws ErrnoException {
        return remoteUnixAddress();
    }

    /**
     * {@code sendmsg(SCM_RIGHTS)}: writes bytes, and passes descriptors with them. The peer gets numbers of its own for
     * the same open files. They go with the first byte: if 0 is returned, none went. The owners stay the caller's and
     * are held during the call.
     *
     * @param buffer the bytes, at least one
     * @param fds    the owners, at most 253
     * @return the number of bytes taken; 0 if it would block
     * @throws ErrnoException as {@link #write(ByteBuffer)}; EINVAL if there are more than 253 descriptors;
     *     ETOOMANYREFS if more are on their way than the process may have open; EBADF if an adopted number is not open
     * @throws IllegalArgumentException if the buffer has no bytes
     * @throws IllegalStateException if this stream, or one of the owners, is closed
     * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
     */
    public int send(ByteBuffer buffer, OwnedFd... fds) throws ErrnoException {
        PassedFds.requireBytes(buffer);
        int fd = acquire();
        try {
            return PassedFds.sent(fd, PassedFds.send(fd, buffer, Transfer.LARGEST_PART, fds));
        } finally {
            release();
        }
    }

    /**
     * {@code recvmsg(MSG_CMSG_CLOEXEC)}: reads bytes, and receives the descriptors that were passed with them. One call
     * receives the descriptors of at most one {@link #send}: it may begin with bytes that were written before, and
     * reads no further than those of the send. A plain read closes the descriptors that it meets.
     *
     * @param buffer where the bytes go
     * @param fds    where the owners go, close-on-exec, to be closed by the caller: the front of the array. The rest
     *     becomes null
     * @return the number of bytes; 0 if none has arrived, or the buffer is full; -1 at the end of the stream
     * @throws ErrnoException as {@link #read(ByteBuffer)}
     * @throws IOException if more descriptors came than the array, or this process, can have (MSG_CTRUNC). Those that
     *     came are closed; the bytes are in the buffer
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws IllegalStateException if this stream is closed
     * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
     */
    public int receive(ByteBuffer buffer, FileFd[] fds) throws IOException {
        int fd = acquire();
        try {
            return buffer.hasRemaining()
                    ? (int) Transfer.RECVMSG.answer(fd, PassedFds.receive(fd, buffer, Transfer.LARGEST_PART, fds))
                    : 0;
        } finally {
            release();
        }
    }
}
