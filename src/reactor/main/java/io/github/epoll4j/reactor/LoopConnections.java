package io.github.epoll4j.reactor;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.StreamSocket;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.net.UnixStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** The connections of one loop, and the buffer that they read into. For the loop's thread. */
final class LoopConnections {
    private static final int READ_SIZE = 64 << 10;
    /** The kernel copies to and from memory that begins with a line of the cache faster: 16 KB by 3 to 6 percent. */
    private static final int CACHE_LINE = 64;

    /** A call of a handler. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    private final EventLoop loop;
    private final ByteBuffer readBuffer =
            ByteBuffer.allocateDirect(READ_SIZE + CACHE_LINE - 1).alignedSlice(CACHE_LINE);
    private final IdleConnections idle;
    private final Set<Connector> attempts = new HashSet<>();
    private final AtomicInteger load = new AtomicInteger();
    /** The head of a list: each knows the one before and the one after. */
    private StreamConnection first;
    private boolean isClosing;
    private Runnable whenEmpty;
    /** Why the reactor ends, if a loop of it has failed. */
    private volatile Throwable failure;

    LoopConnections(EventLoop loop) {
        this.loop = loop;
        this.idle = new IdleConnections(loop);
    }

    EventLoop loop() {
        return loop;
    }

    ByteBuffer readBuffer() {
        return readBuffer;
    }

    /** Returns why the reactor ends; null unless one of its loops has failed. */
    Throwable failure() {
        return failure;
    }

    /** From any thread: everything here that ends from now on, ends with this cause unless it has its own. */
    void failed(Throwable cause) {
        failure = cause;
    }

    /** How many connections there are here, or are on their way; for any thread. */
    int load() {
        return load.get();
    }

    /** Counts a connection that is on its way here from another thread; before it is opened it is uncounted. */
    void announce(int change) {
        load.addAndGet(change);
    }

    /**
     * Makes a connection of a socket, which belongs to it from now on; it is closed if that fails. Returns null, or
     * what went wrong, which was reported.
     */
    Throwable open(StreamSocket socket, ConnectionConfig config, Function<Connection, ConnectionHandler> handlers) {
        return open(socket, config, handlers, null);
    }

    /** Makes a connection of a socket as above; runs a task once, on the loop's thread, when it has ended or failed. */
    Throwable open(StreamSocket socket, ConnectionConfig config, Function<Connection, ConnectionHandler> handlers,
            Runnable whenEnded) {
        if (isClosing) {
            refuse(socket, whenEnded);
            return new IllegalStateException("Reactor is closed");
        }
        StreamConnection connection;
        try {
            connection = new StreamConnection(this, socket, config);
        } catch (Throwable e) { // out of memory
            refuse(socket, whenEnded);
            loop.report(handlers, e);
            return e;
        }
        connection.whenEnded = whenEnded;
        ConnectionHandler handler;
        try {
            add(connection); // before the function, which may write to the connection, or end it
            handler = Objects.requireNonNull(handlers.apply(connection), "no handler for a connection");
        } catch (Throwable e) {
            connection.end(e);
            loop.report(handlers, e);
            return e;
        }
        return connection.open(handler);
    }

    private void add(StreamConnection connection) {
        connection.after = first;
        if (first != null) {
            first.before = connection;
        }
        first = connection;
        load.incrementAndGet();
        loop.metrics().connectionOpened();
        LoopEvents.connectionOpened(connection);
        if (connection.config.hasIdleTimeout()) {
            idle.add(connection);
        }
    }

    private static void refuse(StreamSocket socket, Runnable whenEnded) {
        socket.close();
        if (whenEnded != null) {
            whenEnded.run();
        }
    }

    void remove(StreamConnection connection) {
        load.decrementAndGet();
        loop.metrics().connectionClosed();
        if (connection.before == null) {
            first = connection.after;
        } else {
            connection.before.after = connection.after;
        }
        if (connection.after != null) {
            connection.after.before = connection.before;
        }
        if (connection.idle != null) {
            idle.remove(connection.idle);
        }
        if (connection.whenEnded != null) {
            connection.whenEnded.run();
        }
        if (first == null && whenEmpty != null) {
            whenEmpty.run();
        }
    }

    /** Keeps an attempt to connect, to be told of the end; false if that has come. */
    boolean add(Connector attempt) {
        return !isClosing && attempts.add(attempt);
    }

    void remove(Connector attempt) {
        attempts.remove(attempt);
    }

    /** No new connections from here on. */
    private void refuseAll() {
        isClosing = true;
        List.copyOf(attempts).forEach(Connector::reactorClosed);
    }

    /** Closes each connection after its flush, and refuses new ones; then, perhaps at once, runs a task. */
    void close(Runnable whenEmpty) {
        refuseAll();
        this.whenEmpty = whenEmpty;
        if (first == null) {
            whenEmpty.run();
            return;
        }
        StreamConnection next;
        for (StreamConnection connection = first; connection != null; connection = next) {
            next = connection.after;
            connection.close();
        }
    }

    /** Tells of an end in a task; after the loop's last one here, as nobody would run it. */
    void tellLast(Runnable call) {
        try {
            loop.execute(call);
        } catch (RejectedExecutionException e) {
            if (!loop.executeLast(call)) {
                runLast(call);
            }
        }
    }

    /** Makes a last call here, as the loop has ended; what it throws keeps no other from its end. */
    private void runLast(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            loop.report(call, e);
        }
    }

    /** Returns the peer's address; null if it is not known. */
    static SocketAddress remoteAddress(StreamSocket socket) {
        try {
            return switch (socket) {
                case TcpStream tcp -> tcp.remoteAddress();
                case UnixStream unix -> unix.remoteAddress();
            };
        } catch (ErrnoException | IllegalStateException e) {
            return null;
        }
    }

    /** Ends each connection now. */
    void closeNow(Throwable cause) {
        refuseAll();
        while (first != null) {
            try {
                first.end(cause);
            } catch (Throwable e) { // the others end all the same
                loop.report(this, e);
            }
        }
    }
}
