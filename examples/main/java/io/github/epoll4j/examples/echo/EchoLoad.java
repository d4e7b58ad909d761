package io.github.epoll4j.examples.echo;

import io.github.epoll4j.reactor.ConnectConfig;
import io.github.epoll4j.reactor.ConnectionConfig;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Many clients of an echo server, and what they measure. */
final class EchoLoad {
    private static final Duration END_TIMEOUT = Duration.ofSeconds(10);
    private static final long REPORT_NANOS = Duration.ofSeconds(5).toNanos();
    private static final int CONNECTING_AT_ONCE = 256;
    /** A client that pauses reading while its own bytes are pending would wait for a server that waits for it. */
    private static final ConnectConfig CONNECT = ConnectConfig.DEFAULT.withTimeout(Duration.ofSeconds(10))
            .withConnections(ConnectionConfig.DEFAULT.withAutoPause(false).withQueueLimit(128 << 20));

    private final EchoClient.Server server;
    private final Plan plan;
    private final PrintStream out;
    private final Recorder roundTrips = new Recorder(3);
    private final Queue<LoadConnection> connections = new ConcurrentLinkedQueue<>();
    private final AtomicInteger connected = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger finished = new AtomicInteger();
    private final CountDownLatch stop = new CountDownLatch(1);
    private volatile String firstFailure = "";

    /** What to do; a rate of 0 is as fast as it goes, a period of zero is one message after the other. */
    record Plan(int connections, int size, int inFlight, Duration duration, int rate, Duration period) {
        @Override
        public String toString() {
            return connections + " connections, messages of " + size + " bytes, "
                    + (period.isZero() ? inFlight + " in flight" : "one every " + period.toMillis() + " ms");
        }
    }

    EchoLoad(EchoClient.Server server, Plan plan, PrintStream out) {
        this.server = server;
        this.plan = plan;
        this.out = out;
    }

    Plan plan() {
        return plan;
    }

    /** Ends it early, from any thread. */
    void stop() {
        stop.countDown();
    }

    /** Runs to the end; false if a byte was wrong, or a connection refused or lost. */
    boolean run() {
        try {
            ramp();
            measure();
            return end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void ramp() throws InterruptedException {
        Semaphore connecting = new Semaphore(CONNECTING_AT_ONCE);
        long start = System.nanoTime();
        for (int i = 0; i < plan.connections && stop.getCount() > 0; i++) {
            if (plan.rate > 0) {
                long due = start + i * 1_000_000_000L / plan.rate;
                stop.await(due - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
            connecting.acquire();
            int seed = i;
            server.connect(CONNECT, connection -> {
                LoadConnection client = new LoadConnection(this, connection, seed);
                connections.add(client);
                return client;
            }).whenComplete((connection, failure) -> {
                if (failure != null) {
                    fail("cannot connect: " + failure.getMessage());
                } else {
                    connected.incrementAndGet();
                }
                connecting.release();
            });
        }
        connecting.acquire(CONNECTING_AT_ONCE);
        out.printf(Locale.ROOT, "%d connected in %.1f s%n", connected.get(), (System.nanoTime() - start) / 1e9);
    }

    private void measure() throws InterruptedException {
        Histogram total = new Histogram(3);
        Histogram interval = roundTrips.getIntervalHistogram(); // what was measured before all were there is left out
        long start = System.nanoTime();
        long end = start + plan.duration.toNanos();
        long from = start;
        boolean isStopped = false;
        while (!isStopped && from - end < 0 && failed.get() < plan.connections) {
            isStopped = stop.await(Math.min(end - from, REPORT_NANOS), TimeUnit.NANOSECONDS);
            interval = roundTrips.getIntervalHistogram(interval);
            total.add(interval);
            long now = System.nanoTime();
            out.printf(Locale.ROOT, "%3.0f s: %s%n", (now - start) / 1e9, describe(interval, now - from));
            from = now;
        }
        out.printf(Locale.ROOT, "all: %s%n", describe(total, from - start));
    }

    private String describe(Histogram histogram, long nanos) {
        double rate = histogram.getTotalCount() / (Math.max(1, nanos) / 1e9);
        return String.format(Locale.ROOT, "%.0f messages/s, %.1f MB/s, "
                + "round trip mean %.3f ms, p50 %.3f, p99 %.3f, p99.9 %.3f, max %.3f", rate, rate * plan.size / 1e6,
                histogram.getMean() / 1e6, histogram.getValueAtPercentile(50) / 1e6,
                histogram.getValueAtPercentile(99) / 1e6, histogram.getValueAtPercentile(99.9) / 1e6,
                histogram.getMaxValue() / 1e6);
    }

    /** Has each connection wait for its last answers, and for the server's end of the stream. */
    private boolean end() throws InterruptedException {
        connections.forEach(LoadConnection::finish);
        long deadline = System.nanoTime() + END_TIMEOUT.toNanos();
        while (finished.get() + failed.get() < plan.connections && connections.size() > finished.get() + failed.get()
                && System.nanoTime() - deadline < 0) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        int lost = connected.get() - finished.get();
        if (lost == 0 && failed.get() == 0) {
            out.println("every byte was right, no connection was lost");
            return true;
        }
        out.printf(Locale.ROOT, "%d connections were lost or refused; the first: %s%n", Math.max(lost, failed.get()),
                firstFailure.isEmpty() ? "it did not get all its bytes back in time" : firstFailure);
        return false;
    }

    void arrived(long nanos, int messages) {
        roundTrips.recordValueWithCount(nanos, messages);
    }

    void fail(String why) {
        if (failed.incrementAndGet() == 1) {
            firstFailure = why;
        }
    }

    void finished() {
        finished.incrementAndGet();
    }
}
