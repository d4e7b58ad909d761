package io.github.epoll4j.reactor;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NODELAY;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.StreamSocket;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.net.UnixStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/** An attempt to connect: it ends with a connection, or with why there is none. For the loop's thread. */
final class Connector {
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);

    private final LoopConnections home;
    private final SocketAddress address;
    private final Duration timeout;
    private final ConnectionConfig config;
    private final Function<Connection, ConnectionHandler> handlers;
    private final CompletableFuture<Connection> future;
    private Duration pause = Duration.ofMillis(1);
    /** All of these are null before they are there, and when they are not needed any more. */
    private StreamSocket socket;
    private Registration registration;
    private LoopTimer deadline;
    private LoopTimer retry;
    private Connection connection;

    private Connector(LoopConnections home, SocketAddress address, Duration timeout, ConnectionConfig config,
            Function<Connection, ConnectionHandler> handlers) {
        this.home = home;
        this.address = address;
        this.timeout = timeout;
        this.config = config;
        this.handlers = handlers;
        this.future = new LoopFuture<>(home.loop());
    }

    /** From any thread: begins to connect on a loop. */
    static CompletableFuture<Connection> connect(LoopConnections home, SocketAddress address, Duration timeout,
            ConnectionConfig config, Function<Connection, ConnectionHandler> handlers) {
        config.trigger().requireSupport(home.loop().mechanism());
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("negative timeout: " + timeout);
        }
        if (!(address instanceof InetSocketAddress) && ListeningSocket.unixAddress(address) == null) {
            throw new IllegalArgumentException("neither an Internet nor a Unix address: " + address);
        }
        Connector connector = new Connector(home, address, timeout, config, Objects.requireNonNull(handlers));
        try {
            home.loop().execute(connector::start);
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("Reactor is closed", e);
        }
        connector.future.whenComplete((opened, cause) -> connector.completed());
        return connector.future;
    }

    /** In whatever thread has completed the future, which is another one if it was cancelled. */
    private void completed() {
        if (!home.loop().inLoop()) {
            try {
                home.loop().execute(this::release);
            } catch (RejectedExecutionException e) {
                return; // the loop has ended its attempts
            }
        } else {
            release();
        }
    }

    private void start() {
        if (future.isDone()) {
            return;
        }
        if (!home.add(this)) {
            reactorClosed();
            return;
        }
        if (timeout.isPositive()) {
            deadline = home.loop().schedule(timeout, () -> fail(new ErrnoException("connect", address.toString(),
                    Errno.ETIMEDOUT)));
        }
        attempt();
    }

    private void attempt() {
        retry = null;
        try {
            if (address instanceof InetSocketAddress inet) {
                TcpStream stream = TcpStream.connect(inet, TCP_NODELAY.with(true));
                socket = stream;
                registration = home.loop().register(stream.fd(), EPOLLOUT, (ready, events) -> goOn(stream));
            } else {
                socket = UnixStream.connect(ListeningSocket.unixAddress(address));
                open();
            }
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EAGAIN) {
                retryLater(); // the queue of a Unix listener is full, which nothing reports the end of
            } else {
                fail(e);
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void retryLater() {
        retry = home.loop().schedule(pause, this::attempt);
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }

    private void goOn(TcpStream stream) {
        try {
            if (stream.finishConnect()) {
                open();
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    /** Hands the socket over. */
    private void open() {
        StreamSocket connected = socket;
        socket = null;
        release();
        Throwable failure = home.open(connected, config, opened -> {
            connection = opened;
            return handlers.apply(opened);
        });
        if (failure != null) {
            future.completeExceptionally(failure);
        } else if (!future.complete(connection)) {
            connection.closeNow(); // cancelled a moment ago
        }
    }

    void reactorClosed() {
        fail(new IllegalStateException("Reactor is closed", home.failure()));
    }

    private void fail(Throwable e) {
        release();
        future.completeExceptionally(e);
    }

    /** Gives back what an attempt holds. */
    private void release() {
        home.remove(this);
        if (registration != null) {
            registration.cancel();
            registration = null;
        }
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
        if (retry != null) {
            retry.cancel();
            retry = null;
        }
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
