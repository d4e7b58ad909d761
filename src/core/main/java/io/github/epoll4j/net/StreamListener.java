package io.github.epoll4j.net;

import io.github.epoll4j.ErrnoException;
import java.net.SocketAddress;

/**
 * A listening stream socket: readable while a connection waits to be accepted.
 *
 * <p>Thread-safe: several threads may accept. Ownership: the caller closes the listener, and each stream that was
 * accepted.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/listen.2.html">listen(2)</a>
 */
public abstract sealed class StreamListener extends SocketFd permits TcpListener, UnixListener {
    StreamListener(int fd, int family) {
        super(fd, family);
    }

    /**
     * {@code listen(2)}: starts to listen, or changes the backlog.
     *
     * @param backlog the number of connections that may wait to be accepted; the kernel caps it (net.core.somaxconn)
     *     and lets one more wait
     * @throws ErrnoException EADDRINUSE if another socket listens on the port; EINVAL if a Unix socket is not bound
     * @throws IllegalStateException if this listener is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/listen.2.html">listen(2)</a>
     */
    public final void listen(int backlog) throws ErrnoException {
        startListening(backlog);
    }

    /**
     * {@code accept4(SOCK_NONBLOCK | SOCK_CLOEXEC)}: accepts the next connection that waits, and its peer's address in
     * the same call.
     *
     * <p>Connections that failed in the queue, and the other network errors that accept(2) says to treat so, are
     * skipped. With no descriptor left the call throws EMFILE <em>whether a connection waits or not</em>, because the
     * kernel reserves the descriptor first; a connection that waits stays in the queue, and the listener readable.
     *
     * @return the connection, to be closed by the caller; null if none waits
     * @throws ErrnoException EMFILE or ENFILE if no descriptor is left; ENOBUFS or ENOMEM; EPERM if a firewall forbids
     *     it; EINVAL if this socket does not listen
     * @throws IllegalStateException if this listener is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/accept.2.html">accept(2)</a>
     */
    public abstract StreamSocket accept() throws ErrnoException;

    /**
     * {@code getsockname(2)}: returns the address that this listener is bound to.
     *
     * @return the address
     * @throws ErrnoException ENOBUFS
     * @throws IllegalStateException if this listener is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/getsockname.2.html">getsockname(2)</a>
     */
    public abstract SocketAddress localAddress() throws ErrnoException;
}
