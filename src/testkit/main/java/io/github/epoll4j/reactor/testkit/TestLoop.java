package io.github.epoll4j.reactor.testkit;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.Mechanism;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * A real event loop with a {@link ManualClock} that iterates in the test's own thread, and the fake connections on it.
 *
 * {@snippet class = io.github.epoll4j.reactor.testkit.LineEchoTest region = test}
 *
 * <p>Whatever a test does to a fake, such as {@link FakeConnection#receive(String)}, iterates the loop until it is
 * idle, so that its effect is there on return. A test that calls a method of {@link Connection} itself, or that starts
 * other threads, calls {@link #runUntilIdle()} or {@link #await} afterwards.
 *
 * <p>Not thread-safe: for the thread that has opened it, which is the loop's thread. Inside a handler no method
 * iterates.
 */
public final class TestLoop implements AutoCloseable {
    private static final int MOST_ITERATIONS = 10_000;
    private static final long LIMIT_SECONDS = 20;
    private static final long PAUSE_NANOS = 50_000;
    private static final SocketAddress LOCAL = new InetSocketAddress("192.0.2.1", 7000);
    private static final SocketAddress REMOTE = new InetSocketAddress("192.0.2.2", 40_000);

    private final ManualClock clock = new ManualClock();
    private final EventLoop loop;
    private final List<Throwable> failures = new ArrayList<>();
    /** The failures before this index were returned to the test. */
    private int seenFailures;
    private boolean isIterating;

    private TestLoop() {
        try {
            loop = EventLoop.open(Mechanism.EPOLL, (where, source, failure) -> failures.add(failure), clock);
        } catch (ErrnoException e) {
            throw new UncheckedIOException(e);
        }
        iterate(); // the calling thread is the loop's from now on
    }

    /**
     * Opens a loop in the calling thread.
     *
     * @return the loop, to be closed by the caller
     * @throws UncheckedIOException if no descriptor is free
     */
    public static TestLoop open() {
        return new TestLoop();
    }

    /**
     * Returns the event loop.
     *
     * @return the loop of all connections here
     */
    public EventLoop loop() {
        return loop;
    }

    /**
     * Returns the clock of the loop's timers and of the connections' timeouts.
     *
     * @return the clock
     */
    public ManualClock clock() {
        return clock;
    }

    /**
     * Opens a fake connection with {@link ConnectionConfig#DEFAULT}.
     *
     * @param handlerFactory returns the handler, as for a listener
     * @return the connection, whose {@link ConnectionHandler#onOpen} was called
     */
    public FakeConnection connect(Function<Connection, ConnectionHandler> handlerFactory) {
        return connect(ConnectionConfig.DEFAULT, handlerFactory);
    }

    /**
     * Opens a fake connection.
     *
     * @param config         its limits and timeouts
     * @param handlerFactory returns the handler, as for a listener
     * @return the connection, whose {@link ConnectionHandler#onOpen} was called
     */
    public FakeConnection connect(ConnectionConfig config, Function<Connection, ConnectionHandler> handlerFactory) {
        return connect(config, LOCAL, REMOTE, handlerFactory);
    }

    /**
     * Opens a fake connection between two addresses.
     *
     * @param config         its limits and timeouts
     * @param local          the address of this end
     * @param remote         the address of the peer
     * @param handlerFactory returns the handler, as for a listener
     * @return the connection, whose {@link ConnectionHandler#onOpen} was called
     */
    public FakeConnection connect(ConnectionConfig config, SocketAddress local, SocketAddress remote,
            Function<Connection, ConnectionHandler> handlerFactory) {
        FakeConnection connection = new FakeConnection(this, config, local, remote);
        Objects.requireNonNull(handlerFactory);
        loop.execute(() -> connection.open(handlerFactory));
        settle();
        return connection;
    }

    /** Iterates until no task waits and no timer is due, unless this is a call from inside an iteration. */
    void settle() {
        if (!isIterating) {
            runUntilIdle();
        }
    }

    /**
     * Iterates until no task waits and no timer is due.
     *
     * @throws IllegalStateException if this is a call from inside an iteration, or not the loop's thread
     * @throws AssertionError if the loop is not idle after very many iterations
     */
    public void runUntilIdle() {
        int events = iterate();
        for (int i = 0; events > 0 || loop.nanosToNextDeadline() == 0; i++) {
            if (i == MOST_ITERATIONS) {
                throw new AssertionError("not idle after " + i + " iterations: a task or timer starts itself again");
            }
            events = iterate();
        }
    }

    private int iterate() {
        if (isIterating) {
            throw new IllegalStateException("the loop is running: this is a call from inside it");
        }
        isIterating = true;
        try {
            return loop.runOnce(Duration.ZERO);
        } catch (ErrnoException e) {
            throw new UncheckedIOException(e);
        } finally {
            isIterating = false;
        }
    }

    /**
     * Advances the clock, and runs the timers and timeouts that are due then. The clock jumps: what would be due
     * several times on the way runs once.
     *
     * @param time the time that passes, zero or more
     * @throws IllegalArgumentException if the time is negative
     */
    public void advance(Duration time) {
        clock.advance(time);
        settle();
    }

    /**
     * Iterates until a condition holds that another thread makes true. The clock stands still meanwhile.
     *
     * @param description the condition in words, for the message
     * @param condition   the condition
     * @throws AssertionError if it does not hold within 20 seconds
     */
    public void await(String description, BooleanSupplier condition) {
        long start = System.nanoTime();
        runUntilIdle();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(LIMIT_SECONDS)) {
                throw new AssertionError("not within " + LIMIT_SECONDS + " s: " + description);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
            runUntilIdle();
        }
    }

    /**
     * Returns the failures that were reported to the loop's failure handler, such as exceptions of handlers.
     *
     * @return a copy of the list, in the order of the reports
     */
    public List<Throwable> failures() {
        seenFailures = failures.size();
        return List.copyOf(failures);
    }

    /**
     * Closes the loop; connections that are open end, and their handlers' last calls are made.
     *
     * @throws AssertionError if a failure was reported that no call of {@link #failures()} has returned
     */
    @Override
    public void close() {
        loop.close();
        if (seenFailures < failures.size()) {
            throw new AssertionError("a failure was reported", failures.get(seenFailures));
        }
    }
}
