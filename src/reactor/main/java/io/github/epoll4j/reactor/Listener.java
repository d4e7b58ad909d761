package io.github.epoll4j.reactor;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.StreamListener;
import io.github.epoll4j.net.StreamSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A TCP port or a Unix socket that a {@link Reactor} listens on.
 *
 * <p>When no descriptor or memory is left, it does not spin. By {@link AcceptPolicy#PAUSE} it looks away, and tries
 * again when one of its connections has ended, and after pauses that grow from 5 ms to a second; the clients wait in
 * the kernel's queue meanwhile. By {@link AcceptPolicy#SHED} they are accepted on a descriptor that it holds in
 * reserve, and closed. Either is logged once, as a warning, until accepting has gone well for a second; and counted, in
 * {@link LoopMetrics#acceptPauses()} and {@link LoopMetrics#acceptsRefused()}.
 *
 * <p>Thread-safe. Ownership: the reactor closes its listeners; each may be closed before.
 */
public final class Listener implements AutoCloseable {
    private final LoopGroup loops;
    private final ListenerConfig config;
    private final Function<Connection, ConnectionHandler> handlers;
    private final Consumer<Listener> whenClosed;
    private final SocketAddress localAddress;
    private final Runnable leave = this::leave;
    private final List<Acceptor> acceptors = new ArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicBoolean isClosing = new AtomicBoolean();
    /** One for each acceptor, or one that all share. */
    private final List<ListeningSocket> sockets;
    private final AtomicInteger acceptorsToStop;

    /** Takes the sockets: one for each loop that accepts, or one that these share. */
    private Listener(LoopGroup loops, List<ListeningSocket> sockets, ListenerConfig config,
            Function<Connection, ConnectionHandler> handlers, Consumer<Listener> whenClosed) {
        this.loops = loops;
        this.config = config;
        this.handlers = Objects.requireNonNull(handlers);
        this.whenClosed = whenClosed;
        this.sockets = sockets;
        this.localAddress = sockets.getFirst().localAddress();
        List<LoopConnections> accepting = config.placement().isOnEachLoop() ? loops.all() : List.of(loops.nextHome());
        for (int i = 0; i < accepting.size(); i++) {
            acceptors.add(new Acceptor(this, accepting.get(i), sockets.get(i % sockets.size()), config));
        }
        this.acceptorsToStop = new AtomicInteger(acceptors.size());
    }

    /** Listens; from any thread. */
    static Listener bind(LoopGroup loops, SocketAddress address, ListenerConfig config,
            Function<Connection, ConnectionHandler> handlers, Consumer<Listener> whenClosed) throws ErrnoException {
        requirePossible(loops, config);
        List<ListeningSocket> sockets = new ArrayList<>();
        try {
            sockets.add(ListeningSocket.bind(address, config));
            while (config.placement() == Placement.REUSEPORT && sockets.size() < loops.all().size()) {
                sockets.add(ListeningSocket.bind(sockets.getFirst().localAddress(), config));
            }
            return new Listener(loops, sockets, config, handlers, whenClosed).start();
        } catch (Throwable e) {
            for (ListeningSocket socket : sockets) {
                socket.close(loops);
            }
            throw e;
        }
    }

    /** Takes a socket that listens already; it stays the caller's if this throws. */
    static Listener adopt(LoopGroup loops, StreamListener socket, ListenerConfig config,
            Function<Connection, ConnectionHandler> handlers, Consumer<Listener> whenClosed) throws ErrnoException {
        requirePossible(loops, config);
        ListeningSocket.requireUnshared(config.placement() == Placement.REUSEPORT);
        return new Listener(loops, List.of(ListeningSocket.adopt(socket)), config, handlers, whenClosed).start();
    }

    private static void requirePossible(LoopGroup loops, ListenerConfig config) {
        Mechanism mechanism = loops.all().getFirst().loop().mechanism();
        config.connections().trigger().requireSupport(mechanism);
        if (config.placement() == Placement.EXCLUSIVE && mechanism != Mechanism.EPOLL) {
            throw new UnsupportedOperationException("Placement.EXCLUSIVE needs Mechanism.EPOLL");
        }
    }

    private Listener start() {
        for (Acceptor acceptor : acceptors) {
            if (!isClosing.get()) {
                acceptor.start();
            }
        }
        return this;
    }

    /** Counts one more connection, if the maximum allows it; from any thread. */
    boolean admit() {
        int count;
        do {
            count = connections.get();
            if (!isBelowMaximum(count)) {
                return false;
            }
        } while (!connections.compareAndSet(count, count + 1));
        return true;
    }

    boolean hasRoom() {
        return isBelowMaximum(connections.get());
    }

    private boolean isBelowMaximum(int count) {
        return config.maxConnections() == 0 || count < config.maxConnections();
    }

    /** Nobody waited to be admitted; from any thread. */
    void takeBack() {
        connections.decrementAndGet();
        if (config.maxConnections() > 0) {
            acceptors.forEach(Acceptor::room);
        }
    }

    /** A connection has ended; from any thread. */
    private void leave() {
        connections.decrementAndGet();
        acceptors.forEach(Acceptor::ended);
    }

    /** Gives a connection that was admitted to its loop; on the thread of the loop that has accepted it. */
    void place(StreamSocket stream, LoopConnections accepting) {
        LoopConnections target = accepting;
        if (config.placement() == Placement.ROUND_ROBIN) {
            target = loops.next();
        } else if (config.placement() == Placement.LEAST_CONNECTIONS) {
            target = loops.least();
        }
        if (target.loop().inLoop()) {
            target.open(stream, config.connections(), handlers, leave);
            return;
        }
        LoopConnections other = target;
        other.announce(1);
        try {
            other.loop().execute(() -> {
                other.announce(-1);
                other.open(stream, config.connections(), handlers, leave);
            });
        } catch (Throwable e) { // that loop has ended, or no memory is left
            other.announce(-1);
            stream.close();
            leave();
            if (!(e instanceof RejectedExecutionException)) {
                accepting.loop().report(this, e);
            }
        }
    }

    long countRefused(int count) {
        return refused.addAndGet(count);
    }

    /**
     * Tells where this listens.
     *
     * @return the address, an {@link InetSocketAddress} with the port that the kernel chose if it was 0, or a
     *     {@link java.net.UnixDomainSocketAddress} or {@link io.github.epoll4j.net.UnixAddress}
     */
    public SocketAddress localAddress() {
        return localAddress;
    }

    /**
     * Tells the port.
     *
     * @return the number; -1 for a Unix socket
     */
    public int port() {
        return localAddress instanceof InetSocketAddress inet ? inet.getPort() : -1;
    }

    /**
     * Counts the connections that were accepted here and have not ended, and a place for each loop that accepts now.
     *
     * @return their number
     */
    public int connections() {
        return connections.get();
    }

    /**
     * Counts the connections that were accepted and closed at once, by {@link AcceptPolicy#SHED}.
     *
     * @return their number since the listener was opened
     */
    public long refused() {
        return refused.get();
    }

    /**
     * Stops listening, on the thread of each loop that accepts, soon after this call; connections that were accepted
     * stay, those that wait in the kernel's queue are reset. The file of a Unix socket is removed if the listener has
     * made it, and nobody has put another one in its place. Closing again does nothing.
     */
    @Override
    public void close() {
        if (isClosing.compareAndSet(false, true)) {
            acceptors.forEach(acceptor -> acceptor.stop(this::stopped));
        }
    }

    /** The last one closes the sockets: none is closed while a loop watches it. */
    private void stopped() {
        if (acceptorsToStop.decrementAndGet() > 0) {
            return;
        }
        for (ListeningSocket socket : sockets) {
            socket.close(loops);
        }
        whenClosed.accept(this);
    }

    /**
     * Describes the listener for a log.
     *
     * @return such as {@code Listener[/127.0.0.1:7000]}
     */
    @Override
    public String toString() {
        return "Listener[".concat(String.valueOf(localAddress)).concat("]");
    }
}
