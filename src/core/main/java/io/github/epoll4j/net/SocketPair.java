package io.github.epoll4j.net;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.socket.socket_h;
import java.util.function.IntFunction;

/**
 * Two unnamed Unix sockets that are connected to each other: a pipe that goes both ways.
 *
 * <p>Thread-safe. Ownership: closing the pair closes both ends; each may be closed before on its own.
 *
 * @param <S> the kind of socket
 * @see <a href="https://man7.org/linux/man-pages/man2/socketpair.2.html">socketpair(2)</a>
 */
public final class SocketPair<S extends SocketFd> implements AutoCloseable {
    private final S first;
    private final S second;

    private SocketPair(S first, S second) {
        this.first = first;
        this.second = second;
    }

    /**
     * {@code socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC)}: opens a pair of streams.
     *
     * @return the pair, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE or ENOMEM
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static SocketPair<UnixStream> open() throws ErrnoException {
        Platform.require();
        return open(socket_h.SOCK_STREAM, fd -> UnixStream.accepted(fd, UnixAddress.unnamed()));
    }

    /**
     * {@code socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC)}: opens a pair that keeps messages whole.
     * After one end was closed, the other one learns of it only by a write.
     *
     * @return the pair, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE or ENOMEM
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static SocketPair<UnixMessageSocket> openDatagram() throws ErrnoException {
        Platform.require();
        return open(socket_h.SOCK_DGRAM, fd -> new UnixMessageSocket(fd, false));
    }

    /**
     * {@code socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC)}: opens a pair that keeps messages
     * whole and has an end of the stream.
     *
     * @return the pair, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE or ENOMEM
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static SocketPair<UnixMessageSocket> openSequencedPacket() throws ErrnoException {
        Platform.require();
        return open(socket_h.SOCK_SEQPACKET, fd -> new UnixMessageSocket(fd, true));
    }

    private static <S extends SocketFd> SocketPair<S> open(int type, IntFunction<S> owner) throws ErrnoException {
        int flags = type | socket_h.SOCK_NONBLOCK | socket_h.SOCK_CLOEXEC;
        try (CallState state = CallState.take()) {
            int result = state.result(
                    socket_h.socketpair(state.errno(), socket_h.AF_UNIX, flags, 0, state.scratch()));
            if (result < 0) {
                throw new ErrnoException("socketpair", "AF_UNIX", -result);
            }
            int first = state.bytes().getInt(0);
            int second = state.bytes().getInt(Integer.BYTES);
            return new SocketPair<>(owner.apply(first), owner.apply(second));
        }
    }

    /**
     * Returns one end.
     *
     * @return the end, the same each time
     */
    public S first() {
        return first;
    }

    /**
     * Returns the other end.
     *
     * @return the end, the same each time
     */
    public S second() {
        return second;
    }

    /** Closes both ends. Closing again does nothing. */
    @Override
    public void close() {
        try {
            first.close();
        } finally {
            second.close();
        }
    }

    /**
     * Returns both ends, for a log.
     *
     * @return text such as {@code SocketPair[UnixStream[fd=7], UnixStream[fd=8]]}
     */
    @Override
    public String toString() {
        return "SocketPair[" + first + ", " + second + "]";
    }
}
