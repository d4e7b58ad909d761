package io.github.epoll4j.examples.game;

import io.github.epoll4j.examples.Failures;
import io.github.epoll4j.reactor.ConnectConfig;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.loop.EventLoop;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Many sessions of the game on one loop, and what they count. */
final class GameLoad {
    private static final ConnectConfig CONNECT = ConnectConfig.DEFAULT.withTimeout(Duration.ofSeconds(10));
    private static final int CONNECTING_AT_ONCE = 128;

    private final Reactor reactor;
    private final EventLoop loop;
    private final InetSocketAddress address;
    private final int wanted;
    private final Duration duration;
    private final Duration patience;
    private final PrintStream out;
    private final CountDownLatch stop = new CountDownLatch(1);
    /** One is released for each login that is answered, and for each session that fails before. */
    private final Semaphore answered = new Semaphore(0);
    private final Semaphore finished = new Semaphore(0);

    // for the loop's thread, and for the caller's when the loop has ended
    private final List<ClientSession> sessions = new ArrayList<>();
    private final Histogram latencies = new Histogram(3);
    private long logins;
    private long moves;
    private long chats;
    private long chatsReceived;
    private long ticks;
    private long errors;
    private String firstError;

    /**
     * Prepares a load.
     *
     * @param duration how long to play, once all have logged in
     * @param patience how long to wait for answers to the logins, and at the end for the last actions
     */
    GameLoad(Reactor reactor, InetSocketAddress address, int sessions, Duration duration, Duration patience,
            PrintStream out) {
        this.reactor = reactor;
        this.loop = reactor.loops().getFirst();
        this.address = address;
        this.wanted = sessions;
        this.duration = duration;
        this.patience = patience;
        this.out = out;
    }

    /** Ends it early, from any thread; so does the end of the last session. */
    void stop() {
        stop.countDown();
    }

    /** Runs to the end; returns false if anything was wrong. */
    boolean run() {
        try {
            long start = System.nanoTime();
            logIn();
            double loginSeconds = (System.nanoTime() - start) / 1e9;
            loop.execute(() -> {
                sessions.forEach(ClientSession::requireAnswer);
                out.printf(Locale.ROOT, "%d of %d have logged in after %.1f s%n", logins, wanted, loginSeconds);
                sessions.forEach(ClientSession::play);
            });
            start = System.nanoTime();
            stop.await(duration.toNanos(), TimeUnit.NANOSECONDS);
            double seconds = (System.nanoTime() - start) / 1e9;
            loop.execute(() -> sessions.forEach(ClientSession::finish));
            finished.tryAcquire(wanted, patience.toNanos(), TimeUnit.NANOSECONDS);
            loop.execute(() -> sessions.forEach(ClientSession::giveUp));
            reactor.close(Duration.ZERO);
            reactor.awaitClose();
            print(seconds);
            return errors == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (IOException e) {
            out.println(e.getMessage());
            return false;
        }
    }

    private void logIn() throws InterruptedException {
        Semaphore connecting = new Semaphore(CONNECTING_AT_ONCE);
        for (int i = 0; i < wanted && stop.getCount() > 0; i++) {
            connecting.acquire();
            int seed = i;
            reactor.connect(address, CONNECT, connection -> {
                ClientSession session = new ClientSession(this, connection, seed);
                sessions.add(session);
                return session;
            }).whenComplete((connection, failure) -> {
                connecting.release();
                if (failure != null) {
                    loop.execute(() -> {
                        fail("cannot connect: " + Failures.reason(failure));
                        answered.release();
                        finished();
                    });
                }
            });
        }
        answered.tryAcquire(wanted, patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void print(double seconds) {
        out.printf(Locale.ROOT, "%d logins, %.1f s: %d moves, %d chats, %d chats received, %d ticks (%.2f a second)%n",
                logins, seconds, moves, chats, chatsReceived, ticks, ticks / seconds / Math.max(1, logins));
        out.printf(Locale.ROOT, "from an action to its echo, ms: p50 %.1f, p90 %.1f, p99 %.1f, p99.9 %.1f, max %.1f%n",
                millis(50), millis(90), millis(99), millis(99.9), latencies.getMaxValue() / 1e6);
        out.println(errors == 0 ? "no errors" : errors + " errors; the first: " + firstError);
    }

    private double millis(double percentile) {
        return latencies.getValueAtPercentile(percentile) / 1e6;
    }

    // ---- for sessions, on the loop ----

    void loggedIn() {
        logins++;
        answered.release();
    }

    void answered() {
        answered.release();
    }

    void finished() {
        finished.release();
        if (finished.availablePermits() == wanted) {
            stop();
        }
    }

    void sentMove() {
        moves++;
    }

    void sentChat() {
        chats++;
    }

    void receivedChat() {
        chatsReceived++;
    }

    void sawTick() {
        ticks++;
    }

    void echoed(long nanos) {
        latencies.recordValue(nanos);
    }

    void fail(String why) {
        if (errors++ == 0) {
            firstError = why;
        }
    }
}
