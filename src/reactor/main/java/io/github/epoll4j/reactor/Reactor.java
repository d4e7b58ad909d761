package io.github.epoll4j.reactor;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.StreamListener;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.UdpSocket;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Event loops, each on a platform thread of its own, and the connections on them.
 *
 * <p>A connection is placed on one of the loops, as {@link Placement} says, and stays there. The threads keep the
 * program running until the reactor is closed.
 *
 * {@snippet :
 * try (var reactor = Reactor.open()) {
 *     reactor.listen(address, connection -> new EchoHandler());
 *     reactor.awaitClose();
 * }
 * }
 *
 * <p>What a handler throws ends its connection alone. If a loop itself fails, because its wait fails or the JVM reports
 * an {@link InternalError}, the whole reactor closes: the failure is reported to the {@link FailureHandler}, is the
 * cause in each {@link ConnectionHandler#onClosed}, and is thrown by {@link #awaitClose()}.
 *
 * <p>Thread-safe. Ownership: the caller closes the reactor, which closes its loops, listeners and connections.
 */
public final class Reactor implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** Opens a listener or an endpoint, and starts it. */
    @FunctionalInterface
    private interface Opening<T> {
        T open() throws ErrnoException;
    }

    private final LoopGroup loops;
    private final Object lock = new Object();
    private final Set<Listener> listeners = new LinkedHashSet<>();
    private final Set<DatagramEndpoint> endpoints = new LinkedHashSet<>();
    private boolean isClosing;

    private Reactor(int loopCount, Mechanism mechanism, FailureHandler failures) throws ErrnoException {
        loops = new LoopGroup(loopCount, mechanism, failures, () -> beginClose(GRACE)); // for a loop that has failed
        loops.start();
    }

    /**
     * Opens a reactor with one loop for each processor, on epoll.
     *
     * @return the reactor, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE or ENOMEM
     */
    public static Reactor open() throws ErrnoException {
        return open(Runtime.getRuntime().availableProcessors(), Mechanism.EPOLL);
    }

    /**
     * Opens a reactor that logs failures.
     *
     * @param loops     how many loops, and threads, it has
     * @param mechanism what they wait with
     * @return the reactor, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE or ENOMEM
     * @throws IllegalArgumentException if the number is not above 0
     */
    public static Reactor open(int loops, Mechanism mechanism) throws ErrnoException {
        return open(loops, mechanism, FailureHandler.LOGGING);
    }

    /**
     * Opens a reactor.
     *
     * @param loops     how many loops, and threads, it has
     * @param mechanism what they wait with
     * @param failures  what is told of the exceptions of handlers, on the loops' threads
     * @return the reactor, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE or ENOMEM
     * @throws IllegalArgumentException if the number is not above 0
     */
    public static Reactor open(int loops, Mechanism mechanism, FailureHandler failures) throws ErrnoException {
        if (loops <= 0) {
            throw new IllegalArgumentException("loops: " + loops);
        }
        return new Reactor(loops, mechanism, failures);
    }

    /**
     * Gives the loops, for their metrics and tasks.
     *
     * @return the loops, in the order of placement
     */
    public List<EventLoop> loops() {
        return loops.all().stream().map(LoopConnections::loop).toList();
    }

    /**
     * Listens, as {@link ListenerConfig#DEFAULT} says.
     *
     * @param address  where to listen, see {@link #listen(SocketAddress, ListenerConfig, Function)}
     * @param handlers makes the handler of a new connection, on its loop's thread
     * @return the listener
     * @throws ErrnoException as {@link #listen(SocketAddress, ListenerConfig, Function)}
     * @throws IllegalStateException if this reactor is closed
     */
    public Listener listen(SocketAddress address, Function<Connection, ConnectionHandler> handlers)
            throws ErrnoException {
        return listen(address, ListenerConfig.DEFAULT, handlers);
    }

    /**
     * Listens, with limits for the connections, and else as {@link ListenerConfig#DEFAULT} says.
     *
     * @param address     where to listen, see {@link #listen(SocketAddress, ListenerConfig, Function)}
     * @param connections the limits of each connection
     * @param handlers    makes the handler of a new connection, on its loop's thread
     * @return the listener
     * @throws ErrnoException as {@link #listen(SocketAddress, ListenerConfig, Function)}
     * @throws IllegalStateException if this reactor is closed
     */
    public Listener listen(SocketAddress address, ConnectionConfig connections,
            Function<Connection, ConnectionHandler> handlers) throws ErrnoException {
        return listen(address, ListenerConfig.DEFAULT.withConnections(connections), handlers);
    }

    /**
     * Listens. TCP connections have TCP_NODELAY.
     *
     * @param address  where to listen: an {@link InetSocketAddress}, of which port 0 lets the kernel choose one, see
     *     {@link Listener#port()}; or a {@link java.net.UnixDomainSocketAddress} or {@link
     *     io.github.epoll4j.net.UnixAddress}, whose file is made here, removed when the listener is closed, and must
     *     not be there yet
     * @param config   how to accept
     * @param handlers makes the handler of a new connection, on its loop's thread
     * @return the listener
     * @throws ErrnoException as {@link TcpListener#bind(InetSocketAddress, int,
     *     io.github.epoll4j.net.SocketSetting...)} and {@link io.github.epoll4j.net.UnixListener#bind(
     *     io.github.epoll4j.net.UnixAddress, int, io.github.epoll4j.net.SocketSetting...)}
     * @throws IllegalArgumentException if the address is of another kind
     * @throws UnsupportedOperationException for {@link Placement#EXCLUSIVE} and {@link Trigger#EDGE} without
     *     {@link Mechanism#EPOLL}, and {@link Placement#REUSEPORT} without an IP address
     * @throws IllegalStateException if this reactor is closed
     */
    public Listener listen(SocketAddress address, ListenerConfig config,
            Function<Connection, ConnectionHandler> handlers) throws ErrnoException {
        return add(listeners, () -> Listener.bind(loops, address, config, handlers, this::remove));
    }

    /**
     * Listens on a socket that listens already: one that was {@linkplain TcpListener#adopt adopted}, or that has
     * options of its own. The configuration's backlog is not used.
     *
     * @param socket   the socket; it belongs to the listener from now on, and stays the caller's if this throws. A file
     *     that it has made is not removed
     * @param config   how to accept
     * @param handlers makes the handler of a new connection, on its loop's thread
     * @return the listener
     * @throws ErrnoException if the kernel does not tell the socket's address
     * @throws UnsupportedOperationException for {@link Placement#REUSEPORT}, and for {@link Placement#EXCLUSIVE}
     *     without {@link Mechanism#EPOLL}
     * @throws IllegalStateException if this reactor or the socket is closed
     */
    public Listener listen(StreamListener socket, ListenerConfig config,
            Function<Connection, ConnectionHandler> handlers) throws ErrnoException {
        return add(listeners, () -> Listener.adopt(loops, socket, config, handlers, this::remove));
    }

    /**
     * Connects with the limits of {@link ConnectionConfig#DEFAULT}.
     *
     * @param address  the peer: an {@link InetSocketAddress}, a {@link java.net.UnixDomainSocketAddress} or a
     *     {@link io.github.epoll4j.net.UnixAddress}
     * @param timeout  how long the attempt may take; zero for as long as the kernel tries, which is about two minutes
     * @param handlers makes the handler of the connection, on its loop's thread, if the attempt succeeds
     * @return as {@link #connect(SocketAddress, Duration, ConnectionConfig, Function)}
     * @throws IllegalArgumentException if the timeout is negative, or the address is of another kind
     * @throws IllegalStateException if this reactor is closed
     */
    public CompletableFuture<Connection> connect(SocketAddress address, Duration timeout,
            Function<Connection, ConnectionHandler> handlers) {
        return connect(address, timeout, ConnectionConfig.DEFAULT, handlers);
    }

    /**
     * Connects, with TCP_NODELAY where the peer has an IP address. The name of a host must be resolved before.
     *
     * @param address  the peer: an {@link InetSocketAddress}, a {@link java.net.UnixDomainSocketAddress} or a
     *     {@link io.github.epoll4j.net.UnixAddress}
     * @param timeout  how long the attempt may take; zero for as long as the kernel tries, which is about two minutes
     * @param config   the limits of the connection
     * @param handlers makes the handler of the connection, on its loop's thread, if the attempt succeeds
     * @return what is completed on the loop's thread, after {@link ConnectionHandler#onOpen}; or exceptionally: with an
     *     {@link ErrnoException}, such as ECONNREFUSED, ENETUNREACH, ENOENT of a Unix address, and ETIMEDOUT for the
     *     timeout; with what the handler has thrown; with an {@link IllegalStateException} if the reactor is closed
     *     meanwhile. To cancel it ends the attempt, or the connection. On the loop's thread {@code join} and
     *     {@code get} of it throw an {@link IllegalStateException} unless it is done
     * @throws IllegalArgumentException if the timeout is negative, or the address is of another kind
     * @throws UnsupportedOperationException for {@link Trigger#EDGE} without {@link Mechanism#EPOLL}
     * @throws IllegalStateException if this reactor is closed
     */
    public CompletableFuture<Connection> connect(SocketAddress address, Duration timeout, ConnectionConfig config,
            Function<Connection, ConnectionHandler> handlers) {
        synchronized (lock) {
            if (isClosing) {
                throw new IllegalStateException("Reactor is closed");
            }
            return Connector.connect(loops.nextHome(), address, timeout, config, handlers);
        }
    }

    /**
     * Receives datagrams at an address, with the limits of {@link DatagramConfig#DEFAULT}.
     *
     * @param address where to receive; port 0 lets the kernel choose one, see {@link DatagramEndpoint#localAddress()}
     * @param handler what is called, on the thread of one of the loops
     * @return the endpoint
     * @throws ErrnoException as {@link UdpSocket#bind(InetSocketAddress,
     *     io.github.epoll4j.net.SocketSetting...)}
     * @throws IllegalStateException if this reactor is closed
     */
    public DatagramEndpoint bind(InetSocketAddress address, DatagramHandler handler) throws ErrnoException {
        return bind(address, DatagramConfig.DEFAULT, handler);
    }

    /**
     * Receives datagrams at an address.
     *
     * @param address where to receive; port 0 lets the kernel choose one, see {@link DatagramEndpoint#localAddress()}
     * @param config  the limits
     * @param handler what is called, on the thread of one of the loops
     * @return the endpoint
     * @throws ErrnoException as {@link UdpSocket#bind(InetSocketAddress,
     *     io.github.epoll4j.net.SocketSetting...)}
     * @throws IllegalStateException if this reactor is closed
     */
    public DatagramEndpoint bind(InetSocketAddress address, DatagramConfig config, DatagramHandler handler)
            throws ErrnoException {
        return add(endpoints, () -> DatagramEndpoint.open(
                loops.nextHome(), UdpSocket.bind(address), null, config, handler, this::remove));
    }

    /**
     * Exchanges datagrams with one peer, those of others are dropped: connected mode, in which it is reported when
     * nobody listens there.
     *
     * @param peer    the peer
     * @param config  the limits
     * @param handler what is called, on the thread of one of the loops
     * @return the endpoint
     * @throws ErrnoException as {@link UdpSocket#open} and {@link UdpSocket#connect}
     * @throws IllegalStateException if this reactor is closed
     */
    public DatagramEndpoint connectDatagrams(InetSocketAddress peer, DatagramConfig config, DatagramHandler handler)
            throws ErrnoException {
        boolean isInet4 = peer.getAddress() instanceof Inet4Address;
        ProtocolFamily family = isInet4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
        return add(endpoints, () -> DatagramEndpoint.open(
                loops.nextHome(), UdpSocket.open(family), peer, config, handler, this::remove));
    }

    private <T> T add(Set<T> members, Opening<T> opening) throws ErrnoException {
        synchronized (lock) {
            if (isClosing) {
                throw new IllegalStateException("Reactor is closed");
            }
            T member = opening.open();
            members.add(member);
            return member;
        }
    }

    private void remove(Object member) {
        synchronized (lock) {
            listeners.remove(member);
            endpoints.remove(member);
        }
    }

    /**
     * Closes the reactor as {@link #close(Duration)} with a grace time of five seconds.
     */
    @Override
    public void close() {
        close(GRACE);
    }

    /**
     * Stops listening, closes each connection after its flush, ends those that have not closed when the grace time is
     * over, ends the loops, and waits for all that; in a thread of a loop, such as in a handler, it waits for nothing.
     * Closing again only waits.
     *
     * @param grace how long connections have for their flush, zero or more
     * @throws IllegalArgumentException if it is negative
     */
    public void close(Duration grace) {
        if (grace.isNegative()) {
            throw new IllegalArgumentException("negative grace time: " + grace);
        }
        beginClose(grace);
        if (!loops.contains(Thread.currentThread())) {
            loops.join();
        }
    }

    private void beginClose(Duration grace) {
        List<Listener> listening;
        List<DatagramEndpoint> receiving;
        synchronized (lock) {
            if (isClosing) {
                return;
            }
            isClosing = true;
            listening = List.copyOf(listeners);
            receiving = List.copyOf(endpoints);
        }
        listening.forEach(Listener::close);
        receiving.forEach(DatagramEndpoint::close);
        loops.close(grace);
    }

    /**
     * Waits until the reactor is closed and its loops have ended.
     *
     * @throws InterruptedException if the waiting thread is interrupted
     * @throws ErrnoException if a loop's wait has failed, which has closed the reactor
     * @throws InternalError if it has ended a loop, and closed the reactor; likewise UnknownError
     */
    public void awaitClose() throws InterruptedException, ErrnoException {
        loops.awaitEnd();
    }
}
