package io.github.epoll4j.reactor;

import static io.github.epoll4j.net.LinuxSocketOptions.SO_REUSEPORT;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NODELAY;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.SocketSetting;
import io.github.epoll4j.net.StreamListener;
import io.github.epoll4j.net.StreamSocket;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.UnixAddress;
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
    private final StreamListener socket;
    private final SocketAddress localAddress;
    private final Path path;
    /** What tells the file from one that was made in its place; null if none is to be removed. */
    private final Object fileKey;

    private ListeningSocket(StreamListener socket, SocketAddress localAddress, Path path, Object fileKey) {
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
            SocketSetting<?> noDelay = TCP_NODELAY.with(true);
            SocketSetting<?>[] settings = isShared
                    ? new SocketSetting<?>[] {noDelay, SO_REUSEPORT.with(true)}
                    : new SocketSetting<?>[] {noDelay};
            return own(backlog == 0 ? TcpListener.bind(inet, settings) : TcpListener.bind(inet, backlog, settings));
        }
        UnixAddress unix = unixAddress(address);
        if (unix != null) {
            requireUnshared(isShared);
            return ofUnix(backlog == 0 ? UnixListener.bind(unix) : UnixListener.bind(unix, backlog), unix, address);
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

    /** Null if the address is no Unix address. */
    static UnixAddress unixAddress(SocketAddress address) {
        return switch (address) {
            case UnixAddress unix -> unix;
            case UnixDomainSocketAddress unix -> UnixAddress.of(unix);
            default -> null;
        };
    }

    /** Takes a socket that listens already; it stays the caller's if that fails. */
    static ListeningSocket adopt(StreamListener socket) throws ErrnoException {
        return new ListeningSocket(socket, socket.localAddress(), null, null);
    }

    private static ListeningSocket ofUnix(UnixListener socket, UnixAddress unix, SocketAddress address) {
        Path path = unix.isPath() ? unix.toJdk().map(jdk -> jdk.getPath().toAbsolutePath()).orElse(null) : null;
        return new ListeningSocket(socket, address, path, path == null ? null : fileKey(path));
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
        return socket.accept();
    }

    int fd() {
        return socket.fd();
    }

    boolean isOpen() {
        return socket.isOpen();
    }

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
