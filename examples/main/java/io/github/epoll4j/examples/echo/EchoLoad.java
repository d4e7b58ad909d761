package io.github.epoll4j.examples.echo;

import io.github.epoll4j.examples.Failures;
import io.github.epoll4j.examples.ServerTarget;
import io.github.epoll4j.reactor.ConnectConfig;
import io.github.epoll4j.reactor.ConnectionConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Many clients of an echo server, from the first connection to the last answer. */
final class EchoLoad {
    private static final Duration END_TIMEOUT = Duration.ofSeconds(10);
    private static final long REPORT_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int CONNECTING_AT_ONCE = 256;
    /** A client that pauses reading while its own bytes are pending would wait for a server that waits for it. */
    private static final ConnectConfig CONNECT = ConnectConfig.DEFAULT.withTimeout(Duration.ofSeconds(10))
            .withConnections(ConnectionConfig.DEFAULT.withAutoPause(false).withQueueLimit(128 << 20));

    private final ServerTarget.Server server;
    private final Plan plan;
    private final PrintStream out;
    private final LoadProgress progress;
    private final Queue<LoadConnection> opened = new ConcurrentLinkedQueue<>();
    private final Semaphore connecting = new Semaphore(CONNECTING_AT_ONCE);
    private final AtomicInteger connected = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final AtomicInteger finished = new AtomicInteger();
    private final AtomicReference<String> firstFailure = new AtomicReference<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private long nextReport;

    /** The load; a rate of 0 is as fast as it goes, a period of zero is one message after the other. */
    record Plan(int connections, int size, int inFlight, Duration duration, int rate, Duration period) {
        boolean isPeriodic() {
            return !period.isZero();
        }

        @Override
        public String toString() {
            return connections + (connections == 1 ? " connection" : " connections") + ", messages of " + size
                    + " bytes, " + (isPeriodic() ? "one every " + period.toNanos() / 1e9 + " s"
                    : inFlight + " in flight");
        }
    }

    EchoLoad(ServerTarget.Server server, Plan plan, PrintStream out) {
        this.server = server;
        this.plan = plan;
        this.out = out;
        this.progress = new LoadProgress(plan.size, out);
    }

    Plan plan() {
        return plan;
    }

    /** Ends it early, from any thread. */
    void stop() {
        stop.countDown();
    }

    /** Runs to the end; throws, with a message of one line, if a byte was wrong, or a connection refused or lost. */
    void run() throws IOException {
        nextReport = System.nanoTime() + REPORT_NANOS;
        try {
            if (ramp()) {
                progress.measure();
                await(System.nanoTime() + plan.duration.toNanos());
                progress.summarize();
            }
            end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Opens the connections; false if it was stopped. */
    private boolean ramp() throws InterruptedException {
        long start = System.nanoTime();
        for (int i = 0; i < plan.connections; i++) {
            boolean isDue = await(plan.rate == 0 ? start : start + i * 1_000_000_000L / plan.rate);
            if (!isDue || !awaitConnecting(1)) {
                return false;
            }
            int number = i;
            server.connect(CONNECT, connection -> new LoadConnection(this, connection, number))
                    .whenComplete((connection, failure) -> {
                        connecting.release();
                        if (failure != null) {
                            fail(refused, "cannot connect: " + Failures.reason(failure));
                        }
                    });
        }
        if (!awaitConnecting(CONNECTING_AT_ONCE)) {
            return false;
        }
        out.printf(Locale.ROOT, "%d connected in %.1f s%n", connected.get(), (System.nanoTime() - start) / 1e9);
        return true;
    }

    private boolean awaitConnecting(int permits) throws InterruptedException {
        while (!connecting.tryAcquire(permits)) {
            if (!await(System.nanoTime() + 1_000_000)) {
                return false;
            }
        }
        return stop.getCount() > 0;
    }

    /** Waits until a time, and prints a line for each second that passes; false if it was stopped. */
    private boolean await(long untilNanos) throws InterruptedException {
        while (true) {
            long now = System.nanoTime();
            boolean isStopped = stop.await(Math.min(untilNanos - now, nextReport - now), TimeUnit.NANOSECONDS);
            now = System.nanoTime();
            if (!isStopped && now - nextReport >= 0) {
                progress.report(connected.get() - lost.get());
                nextReport = now + REPORT_NANOS;
            }
            if (isStopped || now - untilNanos >= 0) {
                return !isStopped;
            }
        }
    }

    /** Has each connection wait for its last answers, and for the server's end of the stream. */
    private void end() throws IOException, InterruptedException {
        opened.forEach(LoadConnection::finish);
        long deadline = System.nanoTime() + END_TIMEOUT.toNanos();
        while (finished.get() + lost.get() < connected.get() && System.nanoTime() - deadline < 0) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        int failed = refused.get() + connected.get() - finished.get();
        if (failed > 0) {
            firstFailure.compareAndSet(null, "it did not get all its bytes back in time");
            throw new IOException(failed + " of " + (connected.get() + refused.get())
                    + " connections were refused or lost; the first: " + firstFailure.get());
        }
        out.println("every byte was right, no connection was lost");
    }

    void opened(LoadConnection connection) {
        connected.incrementAndGet();
        opened.add(connection);
    }

    void arrived(long delayNanos) {
        progress.arrived(delayNanos);
    }

    void lost(String why) {
        fail(lost, why);
    }

    /** Counts a failure; when no connection is left, it ends early. */
    private void fail(AtomicInteger count, String why) {
        firstFailure.compareAndSet(null, why);
        count.incrementAndGet();
        if (connected.get() == lost.get()) {
            stop();
        }
    }

    void finished() {
        finished.incrementAndGet();
    }
}
