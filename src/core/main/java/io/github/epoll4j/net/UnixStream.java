package io.github.epoll4j.net;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.io.FileOwner;
import io.github.epoll4j.internal.io.Transfer;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A connected Unix stream socket.
 *
 * <p>Unlike TCP, connect succeeds or fails at once, a peer that closes with bytes unread is a reset (ECONNRESET), and
 * SO_LINGER has no effect.
 *
 * <p>Thread-safe, as {@link StreamSocket} says.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public final class UnixStream extends StreamSocket {
    /** The peer's address once it is known, or null. */
    private volatile UnixAddress peer;

    private UnixStream(int fd, UnixAddress peer) {
        super(fd, socket_h.AF_UNIX);
        this.peer = peer;
    }

    static UnixStream accepted(int fd, UnixAddress peer) {
        return new UnixStream(fd, peer);
    }

    /**
     * {@code getsockopt(2)}, {@code fcntl(2)}: takes ownership of a Unix stream socket that was opened elsewhere,
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
    public static UnixStream adopt(int fd) throws ErrnoException {
        AdoptedFd.take(fd, AdoptedFd.Kind.UNIX);
        return new UnixStream(fd, null);
    }

    /**
     * Takes ownership of a Unix stream that arrived as a {@link FileFd}, like {@link #adopt(int)}.
     *
     * @param file the owner, closed afterwards; it stays the caller's and open if this throws
     * @return the new owner, to be closed by the caller
     * @throws ErrnoException as {@link #adopt(int)}
     * @throws IllegalArgumentException if it is of another kind, or borrowed
     * @throws IllegalStateException if the file is closed, or a call holds its number at the moment
     */
    public static UnixStream adopt(FileFd file) throws ErrnoException {
        return FileOwner.pass(file, UnixStream::adopt);
    }

    /**
     * {@code socket(2)}: opens a socket that is neither bound nor connected. {@link #connectTo} is next.
     *
     * @param settings options to set
     * @return the socket, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE, ENOBUFS or ENOMEM; the errnos of {@link SocketFd#set}
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</a>
     */
    public static UnixStream open(SocketSetting<?>... settings) throws ErrnoException {
        UnixStream stream = new UnixStream(openFd(socket_h.AF_UNIX, socket_h.SOCK_STREAM), null);
        stream.setAll(settings);
        return stream;
    }

    /**
     * {@code socket(2)}, {@code connect(2)}: connects to a listener, as {@link #open} and {@link #connectTo} do.
     *
     * @param address  the address of the listener
     * @param settings options to set before connect
     * @return the stream, connected, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE, ENOBUFS or ENOMEM; the errnos of {@link #connectTo} and
     *     {@link SocketFd#set}
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</a>
     */
    public static UnixStream connect(UnixAddress address, SocketSetting<?>... settings) throws ErrnoException {
        UnixStream stream = open(settings);
        try {
            stream.connectTo(address);
            return stream;
        } catch (Throwable e) {
            stream.close();
            throw e;
        }
    }

    /**
     * {@code bind(2)}: gives an open socket its own address, which the peer can then see.
     *
     * @param address the path of the file to make, or an abstract name; without a name the kernel chooses an abstract
     *     one
     * @throws ErrnoException EADDRINUSE if the file exists, or another socket has the name; EACCES, ENOENT, ENOTDIR,
     *     ELOOP, EROFS or EPERM if the file cannot be made; EINVAL if the socket is bound
     * @throws IllegalStateException if this stream is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a>
     */
    public void bindTo(UnixAddress address) throws ErrnoException {
        bindUnix(address);
    }

    /**
     * {@code connect(2)}: connects an open socket to a listener. It does not wait.
     *
     * @param address the address of the listener
     * @throws ErrnoException ENOENT if there is no such file; ECONNREFUSED if no socket listens on it (any more);
     *     EAGAIN if the listener's queue is full, in which case no attempt is under way: connect again later; EACCES;
     *     EPROTOTYPE if it is a socket of another type; EINVAL for an address without a name; EISCONN
     * @throws IllegalStateException if this stream is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</a>
     */
    public void connectTo(UnixAddress address) throws ErrnoException {
        connectUnix(address);
        peer = address;
    }

    /**
     * {@code getsockname(2)}: returns this end's address.
     *
     * @return the listener's address if this stream was accepted; unnamed if this end is not bound
     * @throws ErrnoException ENOBUFS
     * @throws IllegalStateException if this stream is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/getsockname.2.html">getsockname(2)</a>
     */
    public UnixAddress localAddress() throws ErrnoException {
        return localUnixAddress();
    }

    /**
     * Returns the peer's address, which is known since accept or connect, also after this stream was closed. Only the
     * first call on an adopted stream asks the kernel, by {@code getpeername(2)}.
     *
     * @return the listener's address as it was given to connect; the client's, which is unnamed in most cases; null if
     *     the stream is not connected
     * @throws ErrnoException ENOBUFS
     * @throws IllegalStateException if this stream is closed, and the address is not known
     * @see <a href="https://man7.org/linux/man-pages/man2/getpeername.2.html">getpeername(2)</a>
     */
    public UnixAddress remoteAddress() throws ErrnoException {
        UnixAddress known = peer;
        if (known == null) {
            known = remoteUnixAddress();
            peer = known;
        }
        return known;
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
