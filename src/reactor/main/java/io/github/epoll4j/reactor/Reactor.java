package io.github.epoll4j.reactor;

import static io.github.epoll4j.net.SocketOption.TCP_NODELAY;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Event loops, each on a platform thread of its own, and the connections on them.
 *
 * <p>A connection is placed on the loops in turn, and stays there. The threads keep the program running until the
 * reactor is closed.
 *
 * {@snippet :
 * try (var reactor = Reactor.open()) {
 *     reactor.listen(address, connection -> new EchoHandler());
 *     reactor.awaitClose();
 * }
 * }
 *
 * <p>Thread-safe. Ownership: the caller closes the reactor, which closes its loops, listeners and connections.
 */
public final class Reactor implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final List<LoopConnections> loops = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final AtomicInteger nextLoop = new AtomicInteger();
    private final AtomicBoolean isClosing = new AtomicBoolean();
    private final CountDownLatch running;

    private Reactor(int loopCount, Mechanism mechanism, FailureHandler failures) throws ErrnoException {
        running = new CountDownLatch(loopCount);
        try {
            for (int i = 0; i < loopCount; i++) {
                LoopConnections loop = new LoopConnections(EventLoop.open(mechanism, failures));
                loops.add(loop);
                threads.add(Thread.ofPlatform().name("reactor-loop-" + i).unstarted(() -> run(loop)));
            }
        } catch (ErrnoException e) {
            loops.forEach(loop -> loop.loop().close());
            throw e;
        }
        threads.forEach(Thread::start);
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
        return loops.stream().map(LoopConnections::loop).toList();
    }

    /**
     * Listens, with TCP_NODELAY on the connections and the limits of {@link ConnectionConfig#DEFAULT}.
     *
     * @param address  where to listen; port 0 lets the kernel choose one, see {@link Listener#localAddress()}
     * @param handlers makes the handler of a new connection, on its loop's thread
     * @return the listener
     * @throws ErrnoException as {@link TcpListener#bind(InetSocketAddress, int,
     *     io.github.epoll4j.net.SocketOption.Setting...)}
     * @throws IllegalStateException if this reactor is closed
     */
    public Listener listen(InetSocketAddress address, Function<Connection, ConnectionHandler> handlers)
            throws ErrnoException {
        return listen(address, ConnectionConfig.DEFAULT, handlers);
    }

    /**
     * Listens, with TCP_NODELAY on the connections.
     *
     * @param address  where to listen; port 0 lets the kernel choose one, see {@link Listener#localAddress()}
     * @param config   the limits of each connection
     * @param handlers makes the handler of a new connection, on its loop's thread
     * @return the listener
     * @throws ErrnoException as {@link TcpListener#bind(InetSocketAddress, int,
     *     io.github.epoll4j.net.SocketOption.Setting...)}
     * @throws UnsupportedOperationException for {@link Trigger#EDGE} without {@link Mechanism#EPOLL}
     * @throws IllegalStateException if this reactor is closed
     */
    public Listener listen(InetSocketAddress address, ConnectionConfig config,
            Function<Connection, ConnectionHandler> handlers) throws ErrnoException {
        Objects.requireNonNull(handlers);
        config.trigger().requireSupport(loops.getFirst().loop().mechanism());
        synchronized (listeners) {
            if (isClosing.get()) {
                throw new IllegalStateException("Reactor is closed");
            }
            EventLoop loop = loops.get(listeners.size() % loops.size()).loop();
            // accepted sockets have the option from the listener
            TcpListener socket = TcpListener.bind(address, TCP_NODELAY.with(true));
            try {
                Listener listener = new Listener(loop, socket, stream -> place(stream, config, handlers));
                loop.execute(listener::start);
                listeners.add(listener);
                return listener;
            } catch (ErrnoException | RuntimeException e) {
                socket.close();
                throw e;
            }
        }
    }

    private void place(TcpStream stream, ConnectionConfig config, Function<Connection, ConnectionHandler> handlers) {
        LoopConnections target = nextHome();
        if (target.loop().inLoop()) {
            target.open(stream, config, handlers);
            return;
        }
        try {
            target.loop().execute(() -> target.open(stream, config, handlers));
        } catch (RejectedExecutionException e) {
            stream.close();
        }
    }

    /**
     * Connects with the limits of {@link ConnectionConfig#DEFAULT}.
     *
     * @param address  the peer: an {@link InetSocketAddress} or a {@link java.net.UnixDomainSocketAddress}
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
     * @param address  the peer: an {@link InetSocketAddress} or a {@link java.net.UnixDomainSocketAddress}
     * @param timeout  how long the attempt may take; zero for as long as the kernel tries, which is about two minutes
     * @param config   the limits of the connection
     * @param handlers makes the handler of the connection, on its loop's thread, if the attempt succeeds
     * @return what is completed on the loop's thread, after {@link ConnectionHandler#onOpen}; or exceptionally: with an
     *     {@link ErrnoException}, such as ECONNREFUSED, ENETUNREACH, ENOENT of a Unix address, and ETIMEDOUT for the
     *     timeout; with what the handler has thrown; with an {@link IllegalStateException} if the reactor is closed
     *     meanwhile. To cancel it ends the attempt, or the connection
     * @throws IllegalArgumentException if the timeout is negative, or the address is of another kind
     * @throws UnsupportedOperationException for {@link Trigger#EDGE} without {@link Mechanism#EPOLL}
     * @throws IllegalStateException if this reactor is closed
     */
    public CompletableFuture<Connection> connect(SocketAddress address, Duration timeout, ConnectionConfig config,
            Function<Connection, ConnectionHandler> handlers) {
        if (isClosing.get()) {
            throw new IllegalStateException("Reactor is closed");
        }
        return Connector.connect(nextHome(), address, timeout, config, handlers);
    }

    private LoopConnections nextHome() {
        return loops.get(Math.floorMod(nextLoop.getAndIncrement(), loops.size()));
    }

    private void run(LoopConnections connections) {
        EventLoop loop = connections.loop();
        try {
            loop.run();
        } catch (ErrnoException e) {
            loop.report(this, e);
        } finally {
            beginClose(GRACE); // does nothing unless the loop has failed
            connections.closeNow(null);
            loop.close();
            running.countDown();
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
        if (threads.contains(Thread.currentThread())) {
            return;
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void beginClose(Duration grace) {
        synchronized (listeners) {
            if (!isClosing.compareAndSet(false, true)) {
                return;
            }
            listeners.forEach(Listener::close);
        }
        for (LoopConnections connections : loops) {
            EventLoop loop = connections.loop();
            try {
                loop.execute(() -> {
                    loop.schedule(grace, () -> connections.closeNow(null));
                    connections.close(loop::stop);
                });
            } catch (RejectedExecutionException e) {
                continue; // that loop has ended
            }
        }
    }

    /**
     * Waits until the reactor is closed and its loops have ended.
     *
     * @throws InterruptedException if the waiting thread is interrupted
     */
    public void awaitClose() throws InterruptedException {
        running.await();
    }
}
