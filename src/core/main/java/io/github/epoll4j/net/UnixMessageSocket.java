package io.github.epoll4j.net;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.io.FileOwner;
import io.github.epoll4j.internal.io.SocketAddresses;
import io.github.epoll4j.internal.io.ThreadBuffers;
import io.github.epoll4j.internal.io.Transfer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A Unix socket that keeps messages whole: of datagrams (SOCK_DGRAM), or of sequenced packets (SOCK_SEQPACKET), which
 * are connected like streams. Nothing is lost or reordered on the way.
 *
 * <p>A message that is longer than the buffer it is read into is cut to the buffer's size, and the rest is lost without
 * a sign.
 *
 * <p>Thread-safe: each call moves one message. A buffer belongs to one call at a time. Ownership: the caller closes the
 * socket; as for a {@link UnixListener}, that does not remove the file of a path.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public final class UnixMessageSocket extends SocketFd {
    /** Whether there is an end of the stream: sequenced packets have one, datagrams do not. */
    private final boolean hasEnd;
    /** The peer's address once it is known, or null. Of datagrams always null: the peer can change. */
    private volatile UnixAddress peer;

    UnixMessageSocket(int fd, boolean hasEnd) {
        super(fd, socket_h.AF_UNIX);
        this.hasEnd = hasEnd;
    }

    static UnixMessageSocket accepted(int fd, UnixAddress peer) {
        UnixMessageSocket socket = new UnixMessageSocket(fd, true);
        socket.peer = peer;
        return socket;
    }

    /**
     * {@code getsockopt(2)}, {@code fcntl(2)}: takes ownership of a Unix datagram socket that was opened elsewhere,
     * such as by systemd, and makes it non-blocking and close-on-exec. Non-blocking is a property of the open file, so
     * that other processes that have it see the change.
     *
     * @param fd the number of an open descriptor, which stays the caller's if this throws
     * @return its owner
     * @throws ErrnoException EBADF if it is not open; ENOTSOCK if it is not a socket
     * @throws IllegalArgumentException if it is a socket of another kind, or the number is negative
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see #adoptSequencedPacket(int)
     * @see <a href="https://man7.org/linux/man-pages/man3/sd_listen_fds.3.html">sd_listen_fds(3)</a>
     */
    public static UnixMessageSocket adoptDatagram(int fd) throws ErrnoException {
        AdoptedFd.take(fd, AdoptedFd.Kind.UNIX_DATAGRAM);
        return new UnixMessageSocket(fd, false);
    }

    /**
     * Takes ownership of a Unix datagram socket that arrived as a {@link FileFd}, like {@link #adoptDatagram(int)}.
     *
     * @param file the owner, closed afterwards; it stays the caller's and open if this throws
     * @return the new owner, to be closed by the caller
     * @throws ErrnoException as {@link #adoptDatagram(int)}
     * @throws IllegalArgumentException if it is of another kind, or borrowed
     * @throws IllegalStateException if the file is closed, or a call holds its number at the moment
     */
    public static UnixMessageSocket adoptDatagram(FileFd file) throws ErrnoException {
        return FileOwner.pass(file, UnixMessageSocket::adoptDatagram);
    }

    /**
     * {@code getsockopt(2)}, {@code fcntl(2)}: takes ownership of a connected socket of sequenced packets, like
     * {@link #adoptDatagram(int)}.
     *
     * @param fd the number of an open descriptor, which stays the caller's if this throws
     * @return its owner
     * @throws ErrnoException EBADF if it is not open; ENOTSOCK if it is not a socket
     * @throws IllegalArgumentException if it is a socket of another kind, or the number is negative
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static UnixMessageSocket adoptSequencedPacket(int fd) throws ErrnoException {
        AdoptedFd.take(fd, AdoptedFd.Kind.UNIX_PACKET);
        return new UnixMessageSocket(fd, true);
    }

    /**
     * Takes ownership of a connected socket of sequenced packets that arrived as a {@link FileFd}, like {@link
     * #adoptSequencedPacket(int)}.
     *
     * @param file the owner, closed afterwards; it stays the caller's and open if this throws
     * @return the new owner, to be closed by the caller
     * @throws ErrnoException as {@link #adoptSequencedPacket(int)}
     * @throws IllegalArgumentException if it is of another kind, or borrowed
     * @throws IllegalStateException if the file is closed, or a call holds its number at the moment
     */
    public static UnixMessageSocket adoptSequencedPacket(FileFd file) throws ErrnoException {
        return FileOwner.pass(file, UnixMessageSocket::adoptSequencedPacket);
    }

    /**
     * {@code socket(2)}: opens a datagram socket that is neither bound nor connected. Without an address of its own it
     * can send, and gets no answers.
     *
     * @param settings options to set
     * @return the socket, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE, ENOBUFS or ENOMEM; the errnos of {@link SocketFd#set}
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</a>
     */
    public static UnixMessageSocket openDatagram(SocketSetting<?>... settings) throws ErrnoException {
        return open(socket_h.SOCK_DGRAM, settings);
    }

    /**
     * {@code socket(2)}: opens a socket of sequenced packets that is neither bound nor connected. {@link #connect} is
     * next.
     *
     * @param settings options to set
     * @return the socket, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE, ENOBUFS or ENOMEM; the errnos of {@link SocketFd#set}
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see UnixMessageListener
     */
    public static UnixMessageSocket openSequencedPacket(SocketSetting<?>... settings) throws ErrnoException {
        return open(socket_h.SOCK_SEQPACKET, settings);
    }

    private static UnixMessageSocket open(int type, SocketSetting<?>... settings) throws ErrnoException {
        UnixMessageSocket socket =
                new UnixMessageSocket(openFd(socket_h.AF_UNIX, type), type == socket_h.SOCK_SEQPACKET);
        socket.setAll(settings);
        return socket;
    }

    /**
     * {@code bind(2)}: gives an open socket its address.
     *
     * @param address the path of the file to make, or an abstract name; without a name the kernel chooses an abstract
     *     one
     * @throws ErrnoException EADDRINUSE if the file exists, or another socket has the name; EACCES, ENOENT, ENOTDIR,
     *     ELOOP, EROFS or EPERM if the file cannot be made; EINVAL if the socket is bound
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a>
     */
    public void bindTo(UnixAddress address) throws ErrnoException {
        bindUnix(address);
    }

    /**
     * {@code connect(2)}: connects sequenced packets to a {@link UnixMessageListener}; of datagrams, sets the peer that
     * {@link #write} sends to and {@link #read} receives from. It does not wait.
     *
     * @param address the peer
     * @throws ErrnoException ENOENT if there is no such file; ECONNREFUSED if no socket has the address (any more);
     *     EAGAIN if the listener's queue is full, in which case no attempt is under way: connect again later; EACCES;
     *     EPROTOTYPE if it is a socket of another type; EPERM if a datagram socket is connected to another one; EISCONN
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</a>
     */
    public void connect(UnixAddress address) throws ErrnoException {
        connectUnix(address);
        if (hasEnd) {
            peer = address;
        }
    }

    /**
     * {@code sendto(2)}: sends the buffer's remaining bytes as one datagram. If it is sent, nothing remains. Sequenced
     * packets go to the peer, whatever the address.
     *
     * @param buffer  the bytes; none sends an empty datagram
     * @param address the receiver
     * @return false if it would block, because the receiver's queue or the send buffer is full
     * @throws ErrnoException ENOENT if there is no such file; ECONNREFUSED if no socket has the address (any more);
     *     EMSGSIZE if the datagram is larger than the send buffer; EACCES; EPERM if the receiver is connected to
     *     another socket; EPROTOTYPE if it is a socket of another type; ENOTCONN if a socket for sequenced packets
     *     is not connected; EPIPE if its peer is closed; ECONNRESET; ENOBUFS; ENOMEM
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/sendto.2.html">sendto(2)</a>
     */
    public boolean send(ByteBuffer buffer, UnixAddress address) throws ErrnoException {
        int fd = acquire();
        try (ThreadBuffers thread = ThreadBuffers.take()) {
            int length = address.write(thread.state());
            long result = Transfer.SENDTO.move(thread, fd, buffer, Integer.MAX_VALUE, 0, thread.state().scratch(),
                    MemorySegment.NULL, length);
            if (result < 0 && result != -Errno.EAGAIN) {
                throw Transfer.failure("sendto", "fd=" + fd + ", " + address, (int) -result);
            }
            return result >= 0;
        } finally {
            release();
        }
    }

    /**
     * {@code recvfrom(2)}: receives one datagram into the buffer's remaining space, and advances its position. Bytes
     * that do not fit are lost.
     *
     * @param buffer the buffer to fill
     * @return the sender, unnamed if it is not bound; null if there is no datagram
     * @throws ErrnoException ECONNRESET if the peer that this socket is connected to connected to another one with
     *     datagrams unread; ENOMEM
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws UnsupportedOperationException for sequenced packets, which have one sender: use {@link #read}
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/recvfrom.2.html">recvfrom(2)</a>
     */
    public UnixAddress receive(ByteBuffer buffer) throws ErrnoException {
        if (hasEnd) {
            throw new UnsupportedOperationException("sequenced packets have one sender: use read");
        }
        int fd = acquire();
        try (ThreadBuffers thread = ThreadBuffers.take()) {
            long result = Transfer.RECVFROM.move(thread, fd, buffer, Integer.MAX_VALUE, 0, thread.state().scratch(),
                    SocketAddresses.length(thread.state()), 0);
            if (result < 0 && result != -Errno.EAGAIN) {
                throw Transfer.failure("recvfrom", "fd=" + fd, (int) -result);
            }
            return result < 0 ? null : UnixAddress.read(thread.state());
        } finally {
            release();
        }
    }

    /**
     * {@code recvfrom(2)}: reads one message into the buffer's remaining space, and advances its position. What does
     * not fit is lost. It allocates nothing, unless a heap buffer has more than 1 MB.
     *
     * @param buffer where the bytes go
     * @return the number of bytes; 0 for an empty message, or of sequenced packets at their end, when the peer is
     *     closed: do not send empty ones; -1 if there is no message now
     * @throws ErrnoException ECONNRESET if the peer was closed with messages unread; ENOMEM
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/recvfrom.2.html">recvfrom(2)</a>
     */
    public int read(ByteBuffer buffer) throws ErrnoException {
        int fd = acquire();
        try {
            return orNoMessage(
                    Transfer.RECVFROM, fd, Transfer.RECVFROM.message(fd, buffer, Integer.MAX_VALUE, 0));
        } finally {
            release();
        }
    }

    /**
     * {@code sendto(2)} without an address: sends the buffer's remaining bytes as one message. It allocates nothing,
     * unless a heap buffer has more than 1 MB.
     *
     * @param buffer the bytes; none sends an empty message
     * @return the number of bytes, which is all; 0 if it would block, or none remained
     * @throws ErrnoException EMSGSIZE if the message is larger than the send buffer; EPIPE if the peer is closed, of
     *     datagrams ECONNREFUSED; ECONNRESET; ENOBUFS; ENOMEM
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/sendto.2.html">sendto(2)</a>
     */
    public int write(ByteBuffer buffer) throws ErrnoException {
        int fd = acquire();
        try {
            return (int) Transfer.SENDTO.orWouldBlock(
                    fd, Transfer.SENDTO.message(fd, buffer, Integer.MAX_VALUE, 0));
        } finally {
            release();
        }
    }

    /**
     * {@code sendmsg(SCM_RIGHTS)}: sends one message, and passes descriptors with it. The peer gets numbers of its own
     * for the same open files. The owners stay the caller's and are held during the call.
     *
     * @param buffer the bytes; none sends an empty message
     * @param fds    the owners, at most 253
     * @return false if it would block
     * @throws ErrnoException as {@link #write(ByteBuffer)}; EINVAL if there are more than 253 descriptors;
     *     ETOOMANYREFS if more are on their way than the process may have open; EBADF if an adopted number is not open
     * @throws IllegalStateException if this socket, or one of the owners, is closed
     * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
     */
    public boolean send(ByteBuffer buffer, OwnedFd... fds) throws ErrnoException {
        int fd = acquire();
        try {
            long result = PassedFds.send(fd, buffer, Integer.MAX_VALUE, fds);
            return result != -Errno.EAGAIN && PassedFds.sent(fd, result) >= 0;
        } finally {
            release();
        }
    }

    /**
     * {@code recvmsg(MSG_CMSG_CLOEXEC)}: receives one message, and the descriptors that were passed with it. A plain
     * read closes the descriptors that it meets.
     *
     * @param buffer where the bytes go
     * @param fds    where the owners go, close-on-exec, to be closed by the caller: the front of the array. The rest
     *     becomes null
     * @return the number of bytes; 0 for an empty message, or of sequenced packets without descriptors at their end;
     *     -1 if there is no message now
     * @throws ErrnoException as {@link #read(ByteBuffer)}
     * @throws IOException if more descriptors came than the array, or this process, can have (MSG_CTRUNC). Those that
     *     came are closed; the bytes are in the buffer
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
     */
    public int receive(ByteBuffer buffer, FileFd[] fds) throws IOException {
        int fd = acquire();
        try {
            return orNoMessage(Transfer.RECVMSG, fd, PassedFds.receive(fd, buffer, Integer.MAX_VALUE, fds));
        } finally {
            release();
        }
    }

    /**
     * {@code getsockname(2)}: returns this socket's address.
     *
     * @return the address; unnamed if it is not bound
     * @throws ErrnoException ENOBUFS
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/getsockname.2.html">getsockname(2)</a>
     */
    public UnixAddress localAddress() throws ErrnoException {
        return localUnixAddress();
    }

    /**
     * Returns the peer's address. Of sequenced packets it is known since accept or connect, also after this socket was
     * closed. Otherwise the kernel is asked, by {@code getpeername(2)}.
     *
     * @return the address; unnamed if the peer is not bound; null if the socket is not connected
     * @throws ErrnoException ENOBUFS
     * @throws IllegalStateException if this socket is closed, and the address is not known
     * @see <a href="https://man7.org/linux/man-pages/man2/getpeername.2.html">getpeername(2)</a>
     */
    public UnixAddress remoteAddress() throws ErrnoException {
        UnixAddress known = peer;
        return known == null ? remoteUnixAddress() : known;
    }
}
