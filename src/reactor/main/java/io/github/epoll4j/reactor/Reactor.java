package io.github.epoll4j.reactor;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.StreamListener;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.reactor.datagram.DatagramConfig;
import io.github.epoll4j.reactor.datagram.DatagramEndpoint;
import io.github.epoll4j.reactor.datagram.DatagramHandler;
import io.github.epoll4j.reactor.loop.EventLoop;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Event loops, each on a thread of its own, and the listeners and connections on them.
 *
 * <p>A connection is placed on one of the loops, see {@link Placement}, and stays there. The threads keep the program
 * running until the reactor is closed.
 *
 * {@snippet :
 * try (var reactor = Reactor.open()) {
 *     reactor.listen(address, connection -> Connection::write);    // echo
 *     reactor.awaitClose();
 * }
 * }
 *
 * <p>What a handler throws ends its connection alone. If a loop itself fails, because its wait fails or the JVM reports
 * an {@link InternalError}, the whole reactor closes: the failure is reported to the
 * {@link io.github.epoll4j.reactor.loop.FailureHandler}, is the cause in each {@link ConnectionHandler#onClosed}, and
 * is thrown by {@link #awaitClose()}. If a loop is stopped the reactor closes as well, without a failure.
 *
 * <p>Thread-safe. Ownership: the caller closes the reactor, which closes its loops, listeners and connections.
 */
public final class Reactor implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** Opens a listener. */
    @FunctionalInterface
    private interface Opening {
        Listener open() throws ErrnoException;
    }

    private final LoopGroup loops;
    private final Object lock = new Object();
    private final Set<Listener> listeners = new LinkedHashSet<>();
    private boolean isClosing;

    private Reactor(ReactorConfig config) throws ErrnoException {
        loops = new LoopGroup(config, () -> beginClose(GRACE));
        loops.start(config);
    }

    /**
     * Opens a reactor with {@link ReactorConfig#DEFAULT}: one loop for each processor, on epoll.
     *
     * @return the reactor, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE or ENOMEM
     */
    public static Reactor open() throws ErrnoException {
        return open(ReactorConfig.DEFAULT);
    }

    /**
     * Opens a reactor.
     *
     * @param config the loops
     * @return the reactor, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE or ENOMEM
     */
    public static Reactor open(ReactorConfig config) throws ErrnoException {
        return new Reactor(config);
    }

    /**
     * Returns the loops, for their metrics and tasks.
     *
     * @return the loops, in the order of placement
     */
    public List<EventLoop> loops() {
        return loops.loops();
    }

    /**
     * Returns the counters of all connections and listeners at this moment.
     *
     * @return the counters; each is right by itself, two of them may belong to slightly different moments
     */
    public ConnectionMetrics metrics() {
        return loops.metrics();
    }

    /**
     * Returns the counters of the connections and listeners on one loop at this moment.
     *
     * @param loop one of {@link #loops()}
     * @return the counters, as {@link #metrics()}
     * @throws IllegalArgumentException if the loop is not one of this reactor's
     */
    public ConnectionMetrics metrics(EventLoop loop) {
        return loops.context(loop).metrics();
    }

    /**
     * Listens with {@link ListenerConfig#DEFAULT}.
     *
     * @param address        the address, see {@link #listen(SocketAddress, ListenerConfig, Function)}
     * @param handlerFactory creates the handler of a new connection, on its loop's thread
     * @return the listener
     * @throws ErrnoException as {@link #listen(SocketAddress, ListenerConfig, Function)}
     * @throws IllegalStateException if this reactor is closed
     */
    public Listener listen(SocketAddress address, Function<Connection, ConnectionHandler> handlerFactory)
            throws ErrnoException {
        return listen(address, ListenerConfig.DEFAULT, handlerFactory);
    }

    /**
     * Listens with {@link ListenerConfig#DEFAULT}, and limits and timeouts for the connections.
     *
     * @param address        the address, see {@link #listen(SocketAddress, ListenerConfig, Function)}
     * @param connections    the limits and timeouts of each connection
     * @param handlerFactory creates the handler of a new connection, on its loop's thread
     * @return the listener
     * @throws ErrnoException as {@link #listen(SocketAddress, ListenerConfig, Function)}
     * @throws IllegalStateException if this reactor is closed
     */
    public Listener listen(SocketAddress address, ConnectionConfig connections,
            Function<Connection, ConnectionHandler> handlerFactory) throws ErrnoException {
        return listen(address, ListenerConfig.DEFAULT.withConnections(connections), handlerFactory);
    }

    /**
     * Listens. TCP connections have TCP_NODELAY, unless the configuration's options turn it off.
     *
     * @param address        the address: an {@link InetSocketAddress}, of which port 0 lets the kernel choose one, see
     *     {@link Listener#port()}; or a {@link java.net.UnixDomainSocketAddress} or {@link
     *     io.github.epoll4j.net.UnixAddress}, whose file is created here, removed when the listener is closed, and must
     *     not exist yet
     * @param config         the way to accept
     * @param handlerFactory creates the handler of a new connection, on its loop's thread
     * @return the listener
     * @throws ErrnoException as {@link TcpListener#bind(InetSocketAddress, int,
     *     io.github.epoll4j.net.SocketSetting...)} and {@link io.github.epoll4j.net.UnixListener#bind(
     *     io.github.epoll4j.net.UnixAddress, int, io.github.epoll4j.net.SocketSetting...)}
     * @throws IllegalArgumentException if the address is of another kind
     * @throws UnsupportedOperationException for {@link Placement#EXCLUSIVE} and {@link Trigger#EDGE} without
     *     {@link io.github.epoll4j.reactor.loop.Mechanism#EPOLL}, and {@link Placement#REUSEPORT} without an IP address
     * @throws IllegalStateException if this reactor is closed
     */
    public Listener listen(SocketAddress address, ListenerConfig config,
            Function<Connection, ConnectionHandler> handlerFactory) throws ErrnoException {
        return add(() -> Listener.bind(loops, address, config, handlerFactory, this::remove));
    }

    /**
     * Listens on a socket that listens already: one that was {@linkplain TcpListener#adopt adopted}, or that was set up
     * step by step. The configuration's backlog and options are not used. If SO_LINGER is above zero, it is cleared on
     * accepted sockets, as close(2) would block the loop.
     *
     * @param socket         the socket; it belongs to the listener from now on, and stays the caller's if this throws.
     *     A file that it has created is not removed
     * @param config         the way to accept
     * @param handlerFactory creates the handler of a new connection, on its loop's thread
     * @return the listener
     * @throws ErrnoException ENOBUFS
     * @throws UnsupportedOperationException for {@link Placement#REUSEPORT}, and for {@link Placement#EXCLUSIVE} and
     *     {@link Trigger#EDGE} without {@link io.github.epoll4j.reactor.loop.Mechanism#EPOLL}
     * @throws IllegalStateException if this reactor or the socket is closed
     */
    public Listener listen(StreamListener socket, ListenerConfig config,
            Function<Connection, ConnectionHandler> handlerFactory) throws ErrnoException {
        return add(() -> Listener.adopt(loops, socket, config, handlerFactory, this::remove));
    }

    private Listener add(Opening opening) throws ErrnoException {
        synchronized (lock) {
            if (isClosing) {
                throw new IllegalStateException("Reactor is closed");
            }
            Listener listener = opening.open();
            listeners.add(listener);
            return listener;
        }
    }

    private void remove(Listener listener) {
        synchronized (lock) {
            listeners.remove(listener);
        }
    }

    private void requireOpen() {
        synchronized (lock) {
            if (isClosing) {
                throw new IllegalStateException("Reactor is closed");
            }
        }
    }

    /**
     * Connects with {@link ConnectConfig#DEFAULT}: from a thread of one of the loops on that loop, otherwise on the
     * next one in turn.
     *
     * @param address        the peer, see {@link #connect(SocketAddress, ConnectConfig, Function)}
     * @param handlerFactory creates the handler of the connection, on its loop's thread, if the attempt succeeds
     * @return as {@link #connect(SocketAddress, ConnectConfig, Function)}
     * @throws IllegalArgumentException if the address is of another kind
     */
    public CompletableFuture<Connection> connect(SocketAddress address,
            Function<Connection, ConnectionHandler> handlerFactory) {
        return connect(address, ConnectConfig.DEFAULT, handlerFactory);
    }

    /**
     * Connects, with TCP_NODELAY where the peer has an IP address, unless the configuration's options turn it off. A
     * host name that is not resolved is resolved without blocking the loop, and its addresses are tried as RFC 8305
     * says, in the resolver's order of the families (IPv4 first unless {@code java.net.preferIPv6Addresses} is set).
     *
     * @param address        the peer: an {@link InetSocketAddress}, resolved or not, a
     *     {@link java.net.UnixDomainSocketAddress} or a {@link io.github.epoll4j.net.UnixAddress}
     * @param config         the way to connect, and the loop
     * @param handlerFactory creates the handler of the connection, on its loop's thread, if the attempt succeeds
     * @return completed on the loop's thread, after {@link ConnectionHandler#onOpen}; or exceptionally: with an
     *     {@link ErrnoException}, such as ECONNREFUSED, ENETUNREACH, ENOENT of a Unix address, and ETIMEDOUT for the
     *     timeout; with a {@link java.net.UnknownHostException}; with what the handler has thrown; with an
     *     {@link IllegalStateException} if the reactor is closed. To cancel it before that ends the attempt,
     *     or the connection that has just been opened; afterwards close the connection. On the loop's thread {@code
     *     join} and {@code get} throw an {@link IllegalStateException} unless it is done
     * @throws IllegalArgumentException if the address is of another kind, or the configuration's loop is not one of
     *     this reactor's
     * @throws UnsupportedOperationException for {@link Trigger#EDGE} without
     *     {@link io.github.epoll4j.reactor.loop.Mechanism#EPOLL}, and for TCP_FASTOPEN_CONNECT among the options
     */
    public CompletableFuture<Connection> connect(SocketAddress address, ConnectConfig config,
            Function<Connection, ConnectionHandler> handlerFactory) {
        LoopContext context = config.loop() != null ? loops.context(config.loop()) : currentOrNext();
        return Connector.connect(context, address, config, handlerFactory);
    }

    private LoopContext currentOrNext() {
        LoopContext current = loops.current();
        return current != null ? current : loops.next();
    }

    /**
     * Receives datagrams at an address, with {@link DatagramConfig#DEFAULT}.
     *
     * @param address the address; port 0 lets the kernel choose one, see {@link DatagramEndpoint#localAddress()}
     * @param handler called on the thread of one of the loops
     * @return the endpoint
     * @throws ErrnoException as {@link DatagramEndpoint#open}
     * @throws IllegalStateException if this reactor is closed
     */
    public DatagramEndpoint bind(InetSocketAddress address, DatagramHandler handler) throws ErrnoException {
        return bind(address, DatagramConfig.DEFAULT, handler);
    }

    /**
     * Receives datagrams at an address.
     *
     * @param address the address; port 0 lets the kernel choose one, see {@link DatagramEndpoint#localAddress()}
     * @param config  the limits
     * @param handler called on the thread of one of the loops
     * @return the endpoint
     * @throws ErrnoException as {@link DatagramEndpoint#open}
     * @throws IllegalStateException if this reactor is closed
     */
    public DatagramEndpoint bind(InetSocketAddress address, DatagramConfig config, DatagramHandler handler)
            throws ErrnoException {
        requireOpen();
        return DatagramEndpoint.open(loops.nextAcceptor().loop(), address, config, handler);
    }

    /**
     * Exchanges datagrams with one peer, see {@link DatagramEndpoint#connect}.
     *
     * @param peer    the peer
     * @param config  the limits
     * @param handler called on the thread of one of the loops
     * @return the endpoint
     * @throws ErrnoException as {@link DatagramEndpoint#connect}
     * @throws IllegalStateException if this reactor is closed
     */
    public DatagramEndpoint connectDatagrams(InetSocketAddress peer, DatagramConfig config, DatagramHandler handler)
            throws ErrnoException {
        requireOpen();
        return DatagramEndpoint.connect(loops.nextAcceptor().loop(), peer, config, handler);
    }

    /** Closes the reactor as {@link #close(Duration)} with a grace time of five seconds. */
    @Override
    public void close() {
        close(GRACE);
    }

    /**
     * Closes the listeners, the connections and the loops. Each connection's handler is asked to end it, by
     * {@link ConnectionHandler#onDrain}; the connections that remain after the grace time are ended. Datagram endpoints
     * are closed with their loops. It waits for all that, except on a thread of one of the loops, such as in a handler.
     * Closing again only waits.
     *
     * @param grace the time that connections have, zero or more; it begins when the listeners are closed
     * @throws IllegalArgumentException if it is negative
     */
    public void close(Duration grace) {
        if (grace.isNegative()) {
            throw new IllegalArgumentException("negative grace time: " + grace);
        }
        beginClose(grace);
        if (loops.current() == null) {
            loops.join();
        }
    }

    private void beginClose(Duration grace) {
        List<Listener> open;
        synchronized (lock) {
            if (isClosing) {
                return;
            }
            isClosing = true;
            open = List.copyOf(listeners);
        }
        open.forEach(Listener::close);
        // the last clients of a listener are on the way to their loops until its end
        CompletableFuture.allOf(open.stream().map(Listener::closeFuture).toArray(CompletableFuture[]::new))
                .thenRun(() -> loops.close(grace));
    }

    /**
     * Waits until the reactor is closed and the threads of its loops have ended.
     *
     * @throws InterruptedException if the waiting thread is interrupted
     * @throws ErrnoException if a loop's wait has failed, which has closed the reactor
     * @throws InternalError if it has ended a loop, and closed the reactor; likewise UnknownError
     * @throws IllegalStateException on a thread of one of the loops, as it would never return
     */
    public void awaitClose() throws InterruptedException, ErrnoException {
        if (loops.current() != null) {
            throw new IllegalStateException("this is a loop's thread, which the wait is for");
        }
        loops.awaitEnd();
    }

    /**
     * Describes the reactor for a log.
     *
     * @return such as {@code Reactor[EPOLL, 4 loops, 1 listener]}
     */
    @Override
    public String toString() {
        int count = loops.contexts().size();
        int listening;
        boolean isClosed;
        synchronized (lock) {
            listening = listeners.size();
            isClosed = isClosing;
        }
        return "Reactor[" + loops.loops().getFirst().mechanism() + ", " + count + (count == 1 ? " loop, " : " loops, ")
                + listening + (listening == 1 ? " listener" : " listeners") + (isClosed ? ", closed" : "") + "]";
    }
}
