package io.github.epoll4j.reactor;

import io.github.epoll4j.net.StreamSocket;
import io.github.epoll4j.reactor.loop.EventLoop;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** The connections of one loop and what they share. For the loop's thread, except where noted. */
final class LoopContext {
    /** The size of a chunk of memory, and the bytes that a connection collects at most. */
    static final int CHUNK_SIZE = 16 << 10;
    /** The most chunks in use: a step that writes to more connections writes to the others at once. */
    private static final int MOST_CHUNKS = 256;

    private final EventLoop loop;
    private final long openedNanos = System.nanoTime();
    private final IdleTimeouts idleTimeouts;
    private final Set<Connector> connectors = new HashSet<>();
    private final ArrayDeque<ByteBuffer> freeChunks = new ArrayDeque<>();
    private int chunksInUse;
    /** The buffers of a gathering write, and their number. */
    final ByteBuffer[] gathered = new ByteBuffer[16];
    int gatheredCount;
    private final AtomicInteger load = new AtomicInteger();
    /** The head of a linked list. */
    private StreamConnection first;
    /** True when no connection is opened any more. */
    private boolean isClosing;
    /** True when the loop has stopped; its last tasks may still run. */
    private boolean isStopped;
    /** Null, or run once when the last connection has ended. */
    private Runnable whenEmpty;
    /** The failure that ends the reactor; null unless one of its loops has failed. */
    private volatile Throwable failure;

    // written by the loop's thread alone, so that no counter needs an atomic addition
    private final AtomicLong opened = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final AtomicLong bytesRead = new AtomicLong();
    private final AtomicLong bytesWritten = new AtomicLong();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicLong acceptPauses = new AtomicLong();
    private final AtomicLong acceptsRefused = new AtomicLong();

    LoopContext(EventLoop loop) {
        this.loop = loop;
        this.idleTimeouts = new IdleTimeouts(loop);
    }

    /** From the thread that prepares the loop: ends everything here when the loop stops. */
    void start() {
        loop.addStopListener(this::loopStopped);
    }

    private void loopStopped(Throwable cause) {
        if (cause != null && failure == null) {
            failure = cause;
        }
        isStopped = true;
        closeNow(cause);
    }

    boolean isStopped() {
        return isStopped;
    }

    EventLoop loop() {
        return loop;
    }

    IdleTimeouts idleTimeouts() {
        return idleTimeouts;
    }

    /** Returns the failure that ends the reactor; null unless one of its loops has failed. For any thread. */
    Throwable failure() {
        return failure;
    }

    /** Sets the cause of every end from now on that has no cause of its own. For any thread. */
    void failed(Throwable cause) {
        failure = cause;
    }

    /** Returns the number of connections that are here or on their way. For any thread. */
    int load() {
        return load.get();
    }

    /** Counts a connection that is on its way from another thread; it is subtracted before it is opened. */
    void announce(int change) {
        load.addAndGet(change);
    }

    /** Returns whether a chunk may be taken. */
    boolean hasChunk() {
        return chunksInUse < MOST_CHUNKS;
    }

    /** Returns an empty direct buffer of CHUNK_SIZE bytes. */
    ByteBuffer takeChunk() {
        ByteBuffer free = freeChunks.pollLast();
        ByteBuffer chunk = free != null ? free : ByteBuffer.allocateDirect(CHUNK_SIZE);
        chunksInUse++;
        return chunk;
    }

    /** Takes back a chunk that is not used any more. */
    void releaseChunk(ByteBuffer chunk) {
        chunksInUse--;
        freeChunks.addLast(chunk.clear());
    }

    private static void add(AtomicLong counter, long amount) {
        counter.setOpaque(counter.getPlain() + amount);
    }

    void countRead(long bytes) {
        add(bytesRead, bytes);
    }

    void countWritten(long bytes) {
        add(bytesWritten, bytes);
    }

    void countQueued(long change) {
        add(queuedBytes, change);
    }

    void countAcceptPause() {
        add(acceptPauses, 1);
    }

    void countRefused(int connections) {
        add(acceptsRefused, connections);
    }

    /** For any thread. */
    ConnectionMetrics metrics() {
        long gone = ended.getOpaque(); // first, so that the difference is never negative
        long all = opened.getOpaque();
        return new ConnectionMetrics(Duration.ofNanos(System.nanoTime() - openedNanos), all, all - gone,
                bytesRead.getOpaque(), bytesWritten.getOpaque(), queuedBytes.getOpaque(), acceptPauses.getOpaque(),
                acceptsRefused.getOpaque());
    }

    /**
     * Opens a connection on a socket, which belongs to it from now on; it is closed if that fails.
     *
     * @param listener the listener that has accepted it, which is notified of the end; null for none
     * @return null, or the failure, which was reported
     */
    Throwable open(StreamSocket socket, Listener listener, ConnectionConfig config,
            Function<Connection, ConnectionHandler> handlerFactory) {
        if (isClosing) {
            refuse(socket, listener);
            return new IllegalStateException("Reactor is closed", failure);
        }
        StreamConnection connection;
        try {
            connection = new StreamConnection(this, socket, listener, config);
        } catch (Throwable e) { // out of memory
            refuse(socket, listener);
            loop.reportFailure(handlerFactory, e);
            return e;
        }
        ConnectionHandler handler;
        try {
            add(connection); // before the factory, which may write to the connection, or end it
            handler = Objects.requireNonNull(handlerFactory.apply(connection), "no handler for a connection");
        } catch (Throwable e) {
            connection.fail(e);
            return e;
        }
        return connection.open(handler);
    }

    private static void refuse(StreamSocket socket, Listener listener) {
        socket.close();
        if (listener != null) {
            listener.connectionEnded(socket);
        }
    }

    private void add(StreamConnection connection) {
        connection.after = first;
        if (first != null) {
            first.before = connection;
        }
        first = connection;
        load.incrementAndGet();
        add(opened, 1);
        ConnectionEvents.opened(connection);
    }

    /** Removes a connection that has ended. */
    void remove(StreamConnection connection) {
        load.decrementAndGet();
        add(ended, 1);
        if (connection.before == null) {
            first = connection.after;
        } else {
            connection.before.after = connection.after;
        }
        if (connection.after != null) {
            connection.after.before = connection.before;
        }
        if (first == null && whenEmpty != null) {
            Runnable action = whenEmpty;
            whenEmpty = null;
            action.run();
        }
    }

    /** Adds an attempt to connect, which is notified of the end; returns false if no connection is opened any more. */
    boolean add(Connector connector) {
        return !isClosing && connectors.add(connector);
    }

    void remove(Connector connector) {
        connectors.remove(connector);
    }

    /** Returns the connections that a listener has accepted; all for null. */
    List<StreamConnection> connections(Listener listener) {
        List<StreamConnection> list = new ArrayList<>();
        for (StreamConnection connection = first; connection != null; connection = connection.after) {
            if (listener == null || connection.listener == listener) {
                list.add(connection);
            }
        }
        return list;
    }

    /** Calls onDrain of each connection of a listener (null: of every connection). */
    void drain(Listener listener) {
        connections(listener).forEach(StreamConnection::drain);
    }

    /** Opens no connection any more. */
    private void refuseAll() {
        isClosing = true;
        List.copyOf(connectors).forEach(Connector::reactorClosed);
    }

    /** Drains all connections, and opens none any more; then, perhaps at once, runs an action. */
    void close(Runnable action) {
        refuseAll();
        if (first == null) {
            action.run();
            return;
        }
        whenEmpty = action;
        drain(null);
    }

    /** Ends all connections now. */
    void closeNow(Throwable cause) {
        refuseAll();
        while (first != null) {
            try {
                first.end(cause);
            } catch (Throwable e) { // the others end all the same
                loop.reportFailure(this, e);
            }
        }
    }
}
