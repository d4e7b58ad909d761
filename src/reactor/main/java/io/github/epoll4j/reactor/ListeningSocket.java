package io.github.epoll4j.reactor;

import static io.github.epoll4j.net.SocketOption.SO_REUSEPORT;
import static io.github.epoll4j.net.SocketOption.TCP_NODELAY;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.SocketFd;
import io.github.epoll4j.net.SocketOption;
import io.github.epoll4j.net.StreamSocket;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.UnixListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** A socket that listens, and the file that it may have made. Thread-safe. */
final class ListeningSocket {
    private final SocketFd socket;
    private final SocketAddress localAddress;
    private final Path path;
    /** What tells the file from one that was made in its place; null if none is to be removed. */
    private final Object fileKey;

    private ListeningSocket(SocketFd socket, SocketAddress localAddress, Path path, Object fileKey) {
        this.socket = socket;
        this.localAddress = localAddress;
        this.path = path;
        this.fileKey = fileKey;
    }

    /** Binds; accepted TCP sockets have TCP_NODELAY from the listener. */
    static ListeningSocket bind(SocketAddress address, ListenerConfig config) throws ErrnoException {
        boolean isShared = config.placement() == Placement.REUSEPORT;
        int backlog = config.backlog();
        if (address instanceof InetSocketAddress inet) {
            SocketOption.Setting noDelay = TCP_NODELAY.with(true);
            SocketOption.Setting[] settings = isShared
                    ? new SocketOption.Setting[] {noDelay, SO_REUSEPORT.with(true)}
                    : new SocketOption.Setting[] {noDelay};
            return own(backlog == 0 ? TcpListener.bind(inet, settings) : TcpListener.bind(inet, backlog, settings));
        }
        if (address instanceof UnixDomainSocketAddress unix) {
            requireUnshared(isShared);
            return ofFile(backlog == 0 ? UnixListener.bind(unix) : UnixListener.bind(unix, backlog), unix);
        }
        throw new IllegalArgumentException("neither an IP address nor a Unix one: " + address);
    }

    static void requireUnshared(boolean isShared) {
        if (isShared) {
            throw new UnsupportedOperationException("REUSEPORT needs a TCP address to bind to");
        }
    }

    private static ListeningSocket own(TcpListener socket) throws ErrnoException {
        try {
            return adopt(socket);
        } catch (Throwable e) {
            socket.close();
            throw e;
        }
    }

    /** Takes a socket that listens already; it stays the caller's if that fails. */
    static ListeningSocket adopt(SocketFd socket) throws ErrnoException {
        SocketAddress address;
        if (socket instanceof TcpListener tcp) {
            address = tcp.localAddress();
        } else if (socket instanceof UnixListener unix) {
            address = unix.localAddress();
        } else {
            throw new IllegalArgumentException("neither a TcpListener nor a UnixListener: " + socket);
        }
        return new ListeningSocket(socket, address, null, null);
    }

    private static ListeningSocket ofFile(UnixListener socket, UnixDomainSocketAddress address) {
        Path path = address.getPath().toAbsolutePath();
        return new ListeningSocket(socket, address, path, fileKey(path));
    }

    /** Null if there is no file, or nobody knows. */
    private static Object fileKey(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    /** As the socket's own; null if nobody waits. */
    StreamSocket accept() throws ErrnoException {
        return socket instanceof TcpListener tcp ? tcp.accept() : ((UnixListener) socket).accept();
    }

    int fd() {
        return socket.fd();
    }

    boolean isOpen() {
        return socket.isOpen();
    }

    /** Null for an abstract name. */
    SocketAddress localAddress() {
        return localAddress;
    }

    /** Removes the file, if it is still the one that was made, and closes the socket. */
    void close(LoopGroup loops) {
        try {
            if (socket.isOpen() && fileKey != null && fileKey.equals(fileKey(path))) {
                Files.deleteIfExists(path);
            }
        } catch (Throwable e) {
            loops.report(this, e);
        } finally {
            socket.close();
        }
    }

    @Override
    public String toString() {
        return "ListeningSocket[" + localAddress + "]";
    }
}
