package io.github.epoll4j.reactor;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_FASTOPEN_CONNECT;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NODELAY;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.SocketSetting;
import io.github.epoll4j.net.StreamSocket;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.net.UnixAddress;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.reactor.loop.LoopTimer;
import io.github.epoll4j.reactor.loop.ReadyHandler;
import io.github.epoll4j.reactor.loop.Registration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * One call of connect: resolves the host's name if that is needed, and starts an attempt for each address until one
 * succeeds. It ends with a connection or a failure.
 *
 * <p>The addresses of a name are tried as RFC 8305 recommends: the families alternate, beginning with that of the first
 * address that the resolver has returned, and the next attempt starts 250 ms after the last one, or when that fails.
 *
 * <p>For the loop's thread, except where noted.
 */
final class Connector {
    /** Resolves the name of a host, for which it may block. */
    @FunctionalInterface
    interface Resolver {
        /**
         * Returns the addresses of a host, the best first.
         *
         * @throws IOException an {@link UnknownHostException} if there are none
         */
        InetAddress[] resolve(String host) throws IOException;
    }

    /** The recommended delay between the starts of two attempts, RFC 8305, section 5. */
    static final Duration ATTEMPT_DELAY = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);

    private final LoopContext context;
    private final SocketAddress address;
    private final ConnectConfig config;
    private final Function<Connection, ConnectionHandler> handlerFactory;
    private final Resolver resolver;
    private final LoopFuture<Connection> future;
    /** The addresses that have not been tried. */
    private final Queue<InetSocketAddress> untried = new ArrayDeque<>();
    /** The attempts that are under way. */
    private final List<Attempt> attempts = new ArrayList<>();
    /** The first failure of an attempt, with those of later ones suppressed; null for none. */
    private Throwable failure;
    private Duration pause = Duration.ofMillis(1);
    /** Bounds all attempts together; null without a limit. */
    private LoopTimer deadline;
    /** Starts the next attempt; null if none is to follow. */
    private LoopTimer nextStart;
    private Connection connection;

    private Connector(LoopContext context, SocketAddress address, ConnectConfig config,
            Function<Connection, ConnectionHandler> handlerFactory, Resolver resolver) {
        this.context = context;
        this.address = address;
        this.config = config;
        this.handlerFactory = Objects.requireNonNull(handlerFactory);
        this.resolver = Objects.requireNonNull(resolver);
        this.future = new LoopFuture<>(context.loop());
    }

    /** Connects as the other method does, with the resolver of the JDK. From any thread. */
    static CompletableFuture<Connection> connect(LoopContext context, SocketAddress address, ConnectConfig config,
            Function<Connection, ConnectionHandler> handlerFactory) {
        return connect(context, address, config, handlerFactory, InetAddress::getAllByName);
    }

    /**
     * Starts to connect on a loop, in a task of it. From any thread.
     *
     * @param context        the loop of the connection
     * @param address        a TCP address, resolved or not, or a Unix one
     * @param config         the limits, timeout and options; its loop is ignored
     * @param handlerFactory returns the handler of the connection, on the loop's thread
     * @param resolver       resolves an unresolved address, on a thread of its own
     * @return a future that is completed on the loop's thread, after {@link ConnectionHandler#onOpen}; or exceptionally
     *     with an {@link ErrnoException} of the first address that has failed (the others suppressed), with ETIMEDOUT
     *     when the timeout is over, an {@link UnknownHostException}, the failure of other code, or an
     *     IllegalStateException if the reactor closes. To cancel it ends the attempts, or the connection
     * @throws IllegalArgumentException if the address is of another kind
     * @throws UnsupportedOperationException if the mechanism does not support the trigger, or TCP_FASTOPEN_CONNECT is
     *     among the options
     */
    static CompletableFuture<Connection> connect(LoopContext context, SocketAddress address, ConnectConfig config,
            Function<Connection, ConnectionHandler> handlerFactory, Resolver resolver) {
        config.connections().trigger().requireSupport(context.loop().mechanism());
        config.options().forEach(Connector::requireNoFastOpen);
        if (!(address instanceof InetSocketAddress) && ListeningSocket.unixAddress(address) == null) {
            throw new IllegalArgumentException("neither an Internet nor a Unix address: " + address);
        }
        Connector connector = new Connector(context, address, config, handlerFactory, resolver);
        // it may be cancelled
        connector.future.whenComplete((opened, cause) -> context.loop().runInLoop(connector::release));
        try {
            context.loop().execute(() -> connector.guard(connector::start));
        } catch (RejectedExecutionException e) {
            connector.future.completeExceptionally(new IllegalStateException("Reactor is closed", e));
        }
        return connector.future;
    }

    /** The attempt would end with the first write, while the socket is writable all the time. */
    private static void requireNoFastOpen(SocketSetting<?> setting) {
        if (setting.option().equals(TCP_FASTOPEN_CONNECT) && Boolean.TRUE.equals(setting.value())) {
            throw new UnsupportedOperationException("a reactor does not connect with " + setting);
        }
    }

    /** Runs a step of this call, unless it has ended; whatever is thrown ends it. */
    private void guard(Runnable step) {
        try {
            if (!future.isDone()) {
                step.run();
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void start() {
        if (!context.add(this)) {
            reactorClosed();
            return;
        }
        if (config.timeout().isPositive()) {
            deadline = context.loop().schedule(config.timeout(), () -> guard(this::timedOut));
        }
        if (!(address instanceof InetSocketAddress inet)) {
            connectUnix(ListeningSocket.unixAddress(address));
        } else if (inet.isUnresolved()) {
            Resolvers.POOL.execute(() -> resolve(inet));
        } else {
            untried.add(inet);
            startNext();
        }
    }

    /** Returns an address for a message, such as {@code example.org:80} or {@code [::1]:80}. */
    private static String text(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return address.toString();
        }
        String host = inet.isUnresolved() ? inet.getHostString() : inet.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + inet.getPort();
    }

    /** On a thread that may block. */
    private void resolve(InetSocketAddress unresolved) {
        if (future.isDone()) {
            return;
        }
        Runnable step;
        try {
            List<InetSocketAddress> ordered =
                    interleave(resolver.resolve(unresolved.getHostString()), unresolved.getPort());
            if (ordered.isEmpty()) {
                throw new UnknownHostException(unresolved.getHostString() + ": no address");
            }
            step = () -> {
                untried.addAll(ordered);
                startNext();
            };
        } catch (Throwable e) {
            step = () -> fail(e);
        }
        Runnable next = step;
        context.loop().runInLoop(() -> guard(next));
    }

    /** Orders addresses so that the families alternate, beginning with that of the first. */
    static List<InetSocketAddress> interleave(InetAddress[] addresses, int port) {
        Queue<InetAddress> first = new ArrayDeque<>();
        Queue<InetAddress> second = new ArrayDeque<>();
        for (InetAddress each : addresses) {
            (each.getClass() == addresses[0].getClass() ? first : second).add(each);
        }
        List<InetSocketAddress> ordered = new ArrayList<>();
        while (ordered.size() < addresses.length) {
            for (Queue<InetAddress> family : List.of(first, second)) {
                if (!family.isEmpty()) {
                    ordered.add(new InetSocketAddress(family.remove(), port));
                }
            }
        }
        return ordered;
    }

    /** Starts an attempt, unless all addresses are tried. Ends with the failure if none is under way then. */
    private void startNext() {
        if (nextStart != null) {
            nextStart.cancel();
            nextStart = null;
        }
        boolean isStarted = false;
        while (!isStarted && !untried.isEmpty()) {
            isStarted = start(untried.remove());
        }
        if (!untried.isEmpty()) {
            nextStart = context.loop().schedule(ATTEMPT_DELAY, () -> guard(this::startNext));
        }
        if (attempts.isEmpty()) {
            fail(failure);
        }
    }

    /** Starts an attempt; returns false if it has failed at once. */
    private boolean start(InetSocketAddress peer) {
        Attempt attempt = new Attempt(peer);
        attempts.add(attempt);
        try {
            attempt.stream = TcpStream.connect(peer, settings(TCP_NODELAY.with(true)));
            attempt.registration = context.loop().register(attempt.stream.fd(), EPOLLOUT, attempt);
            return true;
        } catch (ErrnoException e) {
            attempt.close();
            failed(peer, e);
            return false;
        }
    }

    /** Returns settings that those of the configuration follow, and so override. */
    private SocketSetting<?>[] settings(SocketSetting<?>... defaults) {
        return Options.join(List.of(defaults), config.options().toArray(SocketSetting[]::new))
                .toArray(SocketSetting[]::new);
    }

    private void failed(InetSocketAddress peer, ErrnoException e) {
        ErrnoException named = e;
        if (address instanceof InetSocketAddress inet && inet.isUnresolved() && e.syscall().equals("connect")) {
            named = new ErrnoException("connect", inet.getHostString() + "/" + text(peer), e.errno());
        }
        if (failure == null) {
            failure = named;
        } else {
            failure.addSuppressed(named);
        }
    }

    private void connectUnix(UnixAddress peer) {
        try {
            open(UnixStream.connect(peer, settings()));
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EAGAIN) {
                fail(e);
                return;
            }
            // the queue of the listener is full, and no event reports that it is not any more
            nextStart = context.loop().schedule(pause, () -> guard(() -> connectUnix(peer)));
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    /** Opens the connection, which owns the socket from now on. */
    private void open(StreamSocket socket) {
        try {
            release();
        } catch (Throwable e) {
            socket.close();
            throw e;
        }
        Throwable cause = context.open(socket, null, config.connections(), opened -> {
            connection = opened;
            return handlerFactory.apply(opened);
        });
        if (cause != null) {
            future.completeExceptionally(cause);
        } else if (!future.complete(connection)) {
            connection.closeNow(); // it was cancelled a moment ago
        }
    }

    private void timedOut() {
        ErrnoException timeout = new ErrnoException("connect", text(address), Errno.ETIMEDOUT);
        if (failure != null) {
            timeout.addSuppressed(failure);
        }
        fail(timeout);
    }

    void reactorClosed() {
        fail(new IllegalStateException("Reactor is closed", context.failure()));
    }

    private void fail(Throwable e) {
        try {
            release();
        } finally {
            future.completeExceptionally(e);
        }
    }

    /** Ends the attempts and timers. */
    private void release() {
        context.remove(this);
        untried.clear();
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
        if (nextStart != null) {
            nextStart.cancel();
            nextStart = null;
        }
        while (!attempts.isEmpty()) {
            attempts.getLast().close();
        }
    }

    /** An attempt to connect to one address. */
    private final class Attempt implements ReadyHandler {
        private final InetSocketAddress peer;
        /** Null before it is open. */
        private TcpStream stream;
        /** Null before it is registered. */
        private Registration registration;

        Attempt(InetSocketAddress peer) {
            this.peer = peer;
        }

        @Override
        public void ready(Registration ready, int events) {
            guard(this::finish);
        }

        private void finish() {
            try {
                if (!stream.finishConnect()) {
                    return;
                }
                requireOtherEnd();
                registration.cancel();
                attempts.remove(this);
            } catch (ErrnoException e) {
                close();
                failed(peer, e);
                startNext();
                return;
            }
            open(stream);
        }

        /** Refuses a socket that is connected to itself, which a free ephemeral port as the destination allows. */
        private void requireOtherEnd() throws ErrnoException {
            if (stream.localAddress().equals(stream.remoteAddress())) {
                throw new ErrnoException("connect", text(peer), Errno.ECONNREFUSED);
            }
        }

        private void close() {
            attempts.remove(this);
            try {
                if (registration != null) {
                    registration.cancel();
                }
            } finally {
                if (stream != null) {
                    stream.close();
                }
            }
        }
    }

    /** The threads that resolve names, for all reactors: eight at a time. They end when they are idle. */
    private static final class Resolvers {
        private static final int THREADS = 8;
        static final Executor POOL = pool();

        private static Executor pool() {
            ThreadPoolExecutor pool = new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(), Thread.ofPlatform().daemon().name("reactor-resolver-", 0).factory());
            pool.allowCoreThreadTimeOut(true);
            return pool;
        }
    }
}
