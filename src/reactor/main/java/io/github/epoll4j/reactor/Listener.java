package io.github.epoll4j.reactor;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.StreamListener;
import io.github.epoll4j.net.StreamSocket;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.reactor.loop.Mechanism;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A TCP port or a Unix socket that a {@link Reactor} listens on.
 *
 * <p>When no descriptor or memory is left, it does not spin. With {@link AcceptPolicy#PAUSE} it pauses, and tries again
 * when one of its connections has ended, and after times that grow from 5 ms to a second; clients wait in the kernel's
 * queue meanwhile. With {@link AcceptPolicy#SHED} they are accepted on a descriptor that is held in reserve, and
 * closed. Either is logged once, as a warning, until accepting has succeeded for a second; and counted, in
 * {@link ConnectionMetrics#acceptPauses()} and {@link ConnectionMetrics#acceptsRefused()}.
 *
 * <p>Thread-safe. Ownership: the reactor closes its listeners; each may be closed before. A listener owns its sockets,
 * also one that it was given.
 */
public final class Listener implements AutoCloseable {
    private final LoopGroup loops;
    private final ListenerConfig config;
    private final Function<Connection, ConnectionHandler> handlerFactory;
    private final Consumer<Listener> whenClosed;
    private final SocketAddress localAddress;
    private final List<Acceptor> acceptors = new ArrayList<>();
    private final AtomicInteger acceptorsToStop;
    /** The connections that were accepted and have not ended. */
    private final AtomicInteger connections = new AtomicInteger();
    /** Those, and the ones that are about to be accepted; not counted without a limit. */
    private final AtomicInteger reserved = new AtomicInteger();
    /** The connections from each address; empty without a limit. */
    private final Map<InetAddress, Integer> connectionsByAddress = new ConcurrentHashMap<>();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicBoolean isClosing = new AtomicBoolean();
    private final AtomicBoolean isDraining = new AtomicBoolean();
    private final CompletableFuture<Void> closed;
    private final CompletableFuture<Void> drained;

    /** Takes one socket for each loop that accepts, or one that these share. */
    private Listener(LoopGroup loops, List<ListeningSocket> sockets, ListenerConfig config,
            Function<Connection, ConnectionHandler> handlerFactory, Consumer<Listener> whenClosed) {
        this.loops = loops;
        this.config = config;
        this.handlerFactory = Objects.requireNonNull(handlerFactory);
        this.whenClosed = whenClosed;
        this.localAddress = sockets.getFirst().localAddress();
        this.closed = new LoopFuture<>(loops.loops());
        this.drained = new LoopFuture<>(loops.loops());
        List<LoopContext> accepting =
                config.placement().isOnEachLoop() ? loops.contexts() : List.of(loops.nextAcceptor());
        for (int i = 0; i < accepting.size(); i++) {
            acceptors.add(new Acceptor(this, accepting.get(i), sockets.get(i % sockets.size()), config));
        }
        this.acceptorsToStop = new AtomicInteger(acceptors.size());
    }

    /** Listens at an address. */
    static Listener bind(LoopGroup loops, SocketAddress address, ListenerConfig config,
            Function<Connection, ConnectionHandler> handlerFactory, Consumer<Listener> whenClosed)
            throws ErrnoException {
        requirePossible(loops, config);
        List<ListeningSocket> sockets = new ArrayList<>();
        try {
            sockets.add(ListeningSocket.bind(address, config));
            while (config.placement() == Placement.REUSEPORT && sockets.size() < loops.contexts().size()) {
                sockets.add(ListeningSocket.bind(sockets.getFirst().localAddress(), config));
            }
            return new Listener(loops, sockets, config, handlerFactory, whenClosed).start();
        } catch (Throwable e) {
            sockets.forEach(ListeningSocket::discard);
            throw e;
        }
    }

    /** Takes a socket that listens already; it stays the caller's if this throws. */
    static Listener adopt(LoopGroup loops, StreamListener socket, ListenerConfig config,
            Function<Connection, ConnectionHandler> handlerFactory, Consumer<Listener> whenClosed)
            throws ErrnoException {
        requirePossible(loops, config);
        ListeningSocket.requireUnshared(config.placement() == Placement.REUSEPORT);
        List<ListeningSocket> sockets = List.of(ListeningSocket.adopt(socket));
        return new Listener(loops, sockets, config, handlerFactory, whenClosed).start();
    }

    private static void requirePossible(LoopGroup loops, ListenerConfig config) {
        Mechanism mechanism = loops.loops().getFirst().mechanism();
        config.connections().trigger().requireSupport(mechanism);
        if (config.placement() == Placement.EXCLUSIVE && mechanism != Mechanism.EPOLL) {
            throw new UnsupportedOperationException("Placement.EXCLUSIVE needs Mechanism.EPOLL");
        }
    }

    private Listener start() {
        acceptors.forEach(Acceptor::start);
        return this;
    }

    /** Reserves capacity for one more connection; returns false at the limit. For any thread. */
    boolean reserve() {
        if (config.maxConnections() == 0) {
            return true;
        }
        int count;
        do {
            count = reserved.get();
            if (count >= config.maxConnections()) {
                return false;
            }
        } while (!reserved.compareAndSet(count, count + 1));
        return true;
    }

    /** Returns capacity that no client has used. For any thread. */
    void release() {
        if (config.maxConnections() > 0) {
            reserved.decrementAndGet();
            acceptors.forEach(Acceptor::capacityReleased);
        }
    }

    /** Returns whether {@link #reserve} would succeed now. */
    boolean hasCapacity() {
        return config.maxConnections() == 0 || reserved.get() < config.maxConnections();
    }

    /**
     * Opens the connection of an accepted client on the loop that it is for. Its capacity is reserved. From the thread
     * of the loop that has accepted it. Returns false if its address has as many connections as it may have: the client
     * is closed then.
     */
    boolean place(StreamSocket client, LoopContext accepting) {
        if (!reserveAddress(client)) {
            client.close();
            release();
            return false;
        }
        connections.incrementAndGet();
        LoopContext target = switch (config.placement()) {
            case ROUND_ROBIN -> loops.next();
            case LEAST_CONNECTIONS -> loops.least();
            case REUSEPORT, EXCLUSIVE -> accepting;
        };
        if (target == accepting) {
            target.open(client, this, config.connections(), handlerFactory);
            return true;
        }
        target.announce(1);
        try {
            target.loop().execute(() -> {
                target.announce(-1);
                target.open(client, this, config.connections(), handlerFactory);
            });
        } catch (Throwable e) { // that loop has stopped, or no memory is left
            target.announce(-1);
            client.close();
            connectionEnded(client);
            if (!(e instanceof RejectedExecutionException)) {
                accepting.loop().reportFailure(this, e);
            }
        }
        return true;
    }

    private boolean reserveAddress(StreamSocket client) {
        int limit = config.maxConnectionsPerAddress();
        InetAddress address = limit > 0 ? sourceAddress(client) : null;
        if (address != null && connectionsByAddress.merge(address, 1, Integer::sum) > limit) {
            releaseAddress(client);
            return false;
        }
        return true;
    }

    private void releaseAddress(StreamSocket client) {
        InetAddress address = config.maxConnectionsPerAddress() > 0 ? sourceAddress(client) : null;
        if (address != null) {
            connectionsByAddress.computeIfPresent(address, (same, count) -> count > 1 ? count - 1 : null);
        }
    }

    /** Returns null for a Unix socket. */
    private static InetAddress sourceAddress(StreamSocket client) {
        try {
            return client instanceof TcpStream tcp ? tcp.remoteAddress().getAddress() : null;
        } catch (ErrnoException e) {
            throw new AssertionError("known since accept, without a system call", e);
        }
    }

    /** Handles the end of a connection of this listener, on its loop's thread, when its socket is closed. */
    void connectionEnded(StreamSocket client) {
        releaseAddress(client);
        if (config.maxConnections() > 0) {
            reserved.decrementAndGet();
        }
        boolean isLast = connections.decrementAndGet() == 0;
        acceptors.forEach(Acceptor::connectionEnded);
        if (isLast) {
            completeDrained();
        }
    }

    private void completeDrained() {
        if (closed.isDone() && connections.get() == 0) {
            drained.complete(null);
        }
    }

    long countRefused(int count) {
        return refused.addAndGet(count);
    }

    /**
     * Returns the address.
     *
     * @return an {@link InetSocketAddress} with the port that the kernel chose if it was 0, or a
     *     {@link java.net.UnixDomainSocketAddress} or {@link io.github.epoll4j.net.UnixAddress}
     */
    public SocketAddress localAddress() {
        return localAddress;
    }

    /**
     * Returns the port.
     *
     * @return the number; -1 for a Unix socket
     */
    public int port() {
        return localAddress instanceof InetSocketAddress inet ? inet.getPort() : -1;
    }

    /**
     * Returns the number of open connections that were accepted here.
     *
     * @return the number, those included that are on their way to their loop
     */
    public int connectionCount() {
        return connections.get();
    }

    /**
     * Returns the open connections that were accepted here, collected on their loops.
     *
     * @return completed with a list of the caller's. On a thread of the reactor's loops {@code join} and {@code get}
     *     throw an {@link IllegalStateException} unless it is done
     */
    public CompletableFuture<List<Connection>> connections() {
        CompletableFuture<List<Connection>> future = new LoopFuture<>(loops.loops());
        List<Connection> list = new ArrayList<>();
        AtomicInteger missing = new AtomicInteger(loops.contexts().size());
        Consumer<List<StreamConnection>> add = part -> {
            synchronized (list) {
                list.addAll(part);
            }
            if (missing.decrementAndGet() == 0) {
                future.complete(list);
            }
        };
        for (LoopContext context : loops.contexts()) {
            if (!context.loop().runInLoop(() -> add.accept(context.connections(this)))) {
                add.accept(List.of()); // that loop has stopped
            }
        }
        return future;
    }

    /**
     * Returns the number of refused connections. They were accepted and closed at once, by {@link AcceptPolicy#SHED} or
     * as their address had as many as it may have.
     *
     * @return their number since the listener was opened
     */
    public long refused() {
        return refused.get();
    }

    /**
     * Stops listening soon after this call, see {@link #closeFuture()}. Clients that wait in the kernel's queue are
     * accepted and served first, as far as the limits allow, and connections stay. The file of a Unix socket is removed
     * if the listener has created it and it was not replaced. Closing again does nothing.
     */
    @Override
    public void close() {
        if (isClosing.compareAndSet(false, true)) {
            acceptors.forEach(Acceptor::stop);
        }
    }

    /**
     * Returns a future of the end of listening: when it is completed the sockets are closed, and the address can be
     * listened on again.
     *
     * @return completed with null after {@link #close()}. On a thread of the reactor's loops {@code join} and
     *     {@code get} throw an {@link IllegalStateException} unless it is done
     */
    public CompletableFuture<Void> closeFuture() {
        return closed.copy();
    }

    /**
     * Closes the listener, and asks the handler of each of its connections to end it, by
     * {@link ConnectionHandler#onDrain}. There is no limit of time: {@link #connections()} has the ones that remain.
     *
     * @return completed with null when the listener is closed and none of its connections is open. On a thread of the
     *     reactor's loops {@code join} and {@code get} throw an {@link IllegalStateException} unless it is done
     */
    public CompletableFuture<Void> drain() {
        close();
        if (isDraining.compareAndSet(false, true)) {
            closed.thenRun(this::drainConnections);
        }
        return drained.copy();
    }

    /** Tasks, as they call handlers; behind those that open the last connections. */
    private void drainConnections() {
        for (LoopContext context : loops.contexts()) {
            try {
                context.loop().execute(() -> context.drain(this));
            } catch (RejectedExecutionException e) {
                continue; // that loop has stopped, and has ended its connections
            }
        }
    }

    /** Handles the stop of an acceptor, whose socket is closed unless another one uses it. For any thread. */
    void acceptorStopped() {
        if (acceptorsToStop.decrementAndGet() == 0) {
            whenClosed.accept(this);
            closed.complete(null);
            completeDrained();
        }
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
