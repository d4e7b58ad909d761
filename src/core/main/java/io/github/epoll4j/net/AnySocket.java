package io.github.epoll4j.net;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.io.FileOwner;
import io.github.epoll4j.internal.io.SocketAddresses;
import io.github.epoll4j.internal.io.Transfer;
import java.nio.ByteBuffer;

/**
 * A socket of any family and type, such as netlink, packet and vsock, with addresses in the kernel's form.
 *
 * {@snippet :
 * try (AnySocket netlink = AnySocket.open(16, 3, 0)) {    // AF_NETLINK, SOCK_RAW, NETLINK_ROUTE
 *     netlink.write(request);
 *     // … when it is readable:
 *     int length = netlink.read(buffer.clear());
 *     boolean isCut = length > buffer.position();
 * }
 * }
 *
 * <p>TCP, UDP and Unix sockets have classes of their own, which do more.
 *
 * <p>Thread-safe. A buffer belongs to one call at a time. Ownership: the caller closes the socket.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</a>
 */
public final class AnySocket extends SocketFd {
    /** Whether it moves bytes, and not messages. */
    private final boolean isStream;

    private AnySocket(int fd, int family, int type) {
        super(fd, family);
        isStream = type == socket_h.SOCK_STREAM;
    }

    /**
     * {@code socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol)}: opens a socket.
     *
     * @param family   the family's number in the C headers, such as 16 for AF_NETLINK
     * @param type     the type's number: 1 for SOCK_STREAM, 2 for SOCK_DGRAM, 3 for SOCK_RAW, 5 for SOCK_SEQPACKET
     * @param protocol the protocol within the family; 0 for the default
     * @param settings options to set
     * @return the socket, to be closed by the caller
     * @throws ErrnoException EAFNOSUPPORT or EPROTONOSUPPORT if the kernel has no such family or protocol; EPERM
     *     without the privilege; EMFILE, ENFILE, ENOBUFS or ENOMEM; the errnos of {@link SocketFd#set}
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</a>
     */
    public static AnySocket open(int family, int type, int protocol, SocketSetting<?>... settings)
            throws ErrnoException {
        int kind = type & ~(socket_h.SOCK_NONBLOCK | socket_h.SOCK_CLOEXEC);
        AnySocket socket = new AnySocket(openFd(family, kind, protocol), family, kind);
        socket.setAll(settings);
        return socket;
    }

    /**
     * {@code getsockopt(2)}, {@code fcntl(2)}: takes ownership of a socket of any kind that was opened elsewhere, and
     * makes it non-blocking and close-on-exec. Non-blocking is a property of the open file, so that other processes
     * that have it see the change.
     *
     * @param fd the number of an open descriptor, which stays the caller's if this throws
     * @return its owner
     * @throws ErrnoException EBADF if it is not open; ENOTSOCK if it is not a socket
     * @throws IllegalArgumentException if the number is negative
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static AnySocket adopt(int fd) throws ErrnoException {
        int family = AdoptedFd.take(fd, null);
        return new AnySocket(fd, family, AdoptedFd.type(fd));
    }

    /**
     * Takes ownership of a socket that arrived as a {@link FileFd}, like {@link #adopt(int)}.
     *
     * @param file the owner, closed afterwards; it stays the caller's and open if this throws
     * @return the new owner, to be closed by the caller
     * @throws ErrnoException as {@link #adopt(int)}
     * @throws IllegalArgumentException if it is borrowed
     * @throws IllegalStateException if the file is closed, or a call holds its number at the moment
     */
    public static AnySocket adopt(FileFd file) throws ErrnoException {
        return FileOwner.pass(file, AnySocket::adopt);
    }

    /**
     * {@code bind(2)}: gives the socket its address.
     *
     * @param address a {@code struct sockaddr} of the family, which begins with the family's number in native byte
     *     order; at most 128 bytes
     * @throws ErrnoException EINVAL if the address is none of the family, or the socket is bound; EADDRINUSE; others of
     *     the family
     * @throws IllegalArgumentException if the address is longer
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</a>
     */
    public void bindTo(byte[] address) throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            int length = write(state, address);
            int result = state.result(socket_h.bind(state.errno(), fd, state.scratch(), length));
            ErrnoException.check(result, "bind", "fd=" + fd + ", an address of " + length + " bytes");
        } finally {
            release();
        }
    }

    /**
     * {@code connect(2)}: sets the peer, or starts to connect to it. It does not wait: at the end of an attempt the
     * socket is writable, and {@link #error()} returns its result.
     *
     * @param address the peer, as for {@link #bindTo}
     * @return false if an attempt is under way
     * @throws ErrnoException EINVAL if the address is none of the family; others of the family
     * @throws IllegalArgumentException if the address is longer than 128 bytes
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</a>
     */
    public boolean connectTo(byte[] address) throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            int length = write(state, address);
            int result = state.result(socket_h.connect(state.errno(), fd, state.scratch(), length));
            if (result == -Errno.EINPROGRESS || result == -Errno.EINTR) {
                return false;
            }
            ErrnoException.check(result, "connect", "fd=" + fd + ", an address of " + length + " bytes");
            return true;
        } finally {
            release();
        }
    }

    private static int write(CallState state, byte[] address) {
        if (address.length > CallState.SCRATCH_SIZE) {
            throw new IllegalArgumentException(
                    "an address of " + address.length + " bytes; the limit is " + CallState.SCRATCH_SIZE);
        }
        state.bytes().put(0, address);
        return address.length;
    }

    /**
     * {@code getsockname(2)}: returns this socket's address.
     *
     * @return a {@code struct sockaddr} of the family
     * @throws ErrnoException ENOBUFS
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/getsockname.2.html">getsockname(2)</a>
     */
    public byte[] localAddress() throws ErrnoException {
        try (CallState state = CallState.take()) {
            askLocalAddress(state);
            return SocketAddresses.copy(state);
        }
    }

    /**
     * {@code recv(2)}: reads bytes of a stream, or one message, of which the rest is lost if it does not fit.
     *
     * @param buffer where the bytes go; its position advances
     * @return of a stream, the number of bytes, 0 if none has arrived, -1 at the end; of messages, the length of the
     *     message, which is more than the position advanced if it was cut (MSG_TRUNC), 0 for an empty message or the
     *     end of sequenced packets, -1 if there is no message now
     * @throws ErrnoException ENOBUFS of netlink, once, if messages were lost; ENOMEM; others of the family
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/recv.2.html">recv(2)</a>
     */
    public int read(ByteBuffer buffer) throws ErrnoException {
        int fd = acquire();
        try {
            if (isStream) {
                return Transfer.RECV.move(fd, buffer);
            }
            return orNoMessage(Transfer.RECVFROM, fd,
                    Transfer.RECVFROM.message(fd, buffer, Integer.MAX_VALUE, socket_h.MSG_TRUNC));
        } finally {
            release();
        }
    }

    /**
     * {@code send(2)}: writes bytes to a stream, or the remaining bytes as one message to the peer. The peer of netlink
     * is the kernel, unless another one is connected.
     *
     * @param buffer the bytes; its position advances
     * @return the number of bytes; 0 if it would block, or none remained
     * @throws ErrnoException EMSGSIZE if the message is too long; ENOBUFS; ENOMEM; others of the family
     * @throws IllegalStateException if this socket is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/send.2.html">send(2)</a>
     */
    public int write(ByteBuffer buffer) throws ErrnoException {
        int fd = acquire();
        try {
            return isStream
                    ? Transfer.SEND.move(fd, buffer)
                    : (int) Transfer.SENDTO.orWouldBlock(
                            fd, Transfer.SENDTO.message(fd, buffer, Integer.MAX_VALUE, 0));
        } finally {
            release();
        }
    }
}
