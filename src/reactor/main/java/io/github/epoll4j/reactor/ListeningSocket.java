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
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A socket that listens, and the file that it may have created. Thread-safe. */
final class ListeningSocket {
    private final StreamListener socket;
    private final SocketAddress localAddress;
    /** True if accepted sockets inherit SO_LINGER above zero, with which close(2) blocks. */
    private final boolean isLingering;
    private final Path path;
    /** Distinguishes the file from a later one of the same name; null if none is to be removed. */
    private final Object fileKey;
    /** The number of acceptors that use it. */
    private final AtomicInteger users = new AtomicInteger();

    private ListeningSocket(StreamListener socket, SocketAddress localAddress, boolean isLingering, Path path,
            Object fileKey) {
        this.socket = socket;
        this.localAddress = localAddress;
        this.isLingering = isLingering;
        this.path = path;
        this.fileKey = fileKey;
    }

    /** Listens at an address. Accepted TCP sockets inherit TCP_NODELAY, unless the options turn it off. */
    static ListeningSocket bind(SocketAddress address, ListenerConfig config) throws ErrnoException {
        boolean isShared = config.placement() == Placement.REUSEPORT;
        int backlog = config.backlog();
        List<SocketSetting<?>> settings = new ArrayList<>();
        if (address instanceof InetSocketAddress inet) {
            settings.add(TCP_NODELAY.with(true));
            if (isShared) {
                settings.add(SO_REUSEPORT.with(true));
            }
            settings.addAll(config.options());
            SocketSetting<?>[] all = settings.toArray(SocketSetting<?>[]::new);
            return ofTcp(backlog == 0 ? TcpListener.bind(inet, all) : TcpListener.bind(inet, backlog, all));
        }
        UnixAddress unix = unixAddress(address);
        if (unix == null) {
            throw new IllegalArgumentException("neither an IP address nor a Unix one: " + address);
        }
        requireUnshared(isShared);
        SocketSetting<?>[] all = config.options().toArray(SocketSetting<?>[]::new);
        return ofUnix(
                backlog == 0 ? UnixListener.bind(unix, all) : UnixListener.bind(unix, backlog, all), unix, address);
    }

    static void requireUnshared(boolean isShared) {
        if (isShared) {
            throw new UnsupportedOperationException("REUSEPORT needs a TCP address to bind to");
        }
    }

    private static ListeningSocket ofTcp(TcpListener socket) throws ErrnoException {
        try {
            return new ListeningSocket(socket, socket.localAddress(), false, null, null);
        } catch (Throwable e) {
            socket.close();
            throw e;
        }
    }

    private static ListeningSocket ofUnix(UnixListener socket, UnixAddress unix, SocketAddress address) {
        Path path = unix.isPath() ? unix.toJdk().map(jdk -> jdk.getPath().toAbsolutePath()).orElse(null) : null;
        return new ListeningSocket(socket, address, false, path, path == null ? null : fileKey(path));
    }

    /** Returns a socket that listens already; it stays the caller's if this throws. */
    static ListeningSocket adopt(StreamListener socket) throws ErrnoException {
        boolean isLingering = socket.get(StandardSocketOptions.SO_LINGER) > 0;
        return new ListeningSocket(socket, socket.localAddress(), isLingering, null, null);
    }

    /** Returns null if the address is no Unix address. */
    static UnixAddress unixAddress(SocketAddress address) {
        return switch (address) {
            case UnixAddress unix -> unix;
            case UnixDomainSocketAddress unix -> UnixAddress.of(unix);
            default -> null;
        };
    }

    /** Returns null if there is no file, or its file system has no keys. */
    private static Object fileKey(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    /** Accepts the next client; returns null if none waits. */
    StreamSocket accept() throws ErrnoException {
        StreamSocket stream = socket.accept();
        if (isLingering && stream != null) {
            try {
                stream.set(StandardSocketOptions.SO_LINGER, -1);
            } catch (Throwable e) {
                stream.close();
                throw e;
            }
        }
        return stream;
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

    /** Adds an acceptor to those that use it. */
    void retain() {
        users.incrementAndGet();
    }

    /** Closes it if no other acceptor uses it. */
    void release() {
        if (users.decrementAndGet() == 0) {
            socket.close();
        }
    }

    /** Removes the file, if it is still the one that was created here. */
    void removeFile() throws IOException {
        if (fileKey != null && fileKey.equals(fileKey(path))) {
            Files.deleteIfExists(path);
        }
    }

    /** Removes the file and closes the socket, which no acceptor uses. */
    void discard() {
        try {
            removeFile();
        } catch (IOException e) {
            return; // the failure that led here is the one to be thrown
        } finally {
            socket.close();
        }
    }

    @Override
    public String toString() {
        return "ListeningSocket[" + localAddress + "]";
    }
}
