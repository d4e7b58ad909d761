package io.github.epoll4j.bench.micro;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;

import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Waits that return at once, on 64 eventfds of which some are ready, level-triggered. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AwaitBenchmark {
    private static final int WATCHED = 64;

    /** How many of the descriptors are ready. */
    @Param({"0", "1", "64"})
    public int ready;

    private final Duration fraction = Duration.ofNanos(1_500_000);
    private final List<EventFd> counters = new ArrayList<>();
    private EpollInstance epoll;
    private EpollEventArray events;

    /** Watches the descriptors. */
    @Setup
    public void open() throws IOException {
        epoll = EpollInstance.open();
        events = EpollEventArray.allocate(WATCHED);
        for (int i = 0; i < WATCHED; i++) {
            EventFd counter = EventFd.open(i < ready ? 1 : 0);
            counters.add(counter);
            epoll.add(counter.fd(), EPOLLIN, i);
        }
        if (epoll.awaitMillis(events, 0) != ready) {
            throw new IllegalStateException(events.ready() + " of " + ready + " are ready");
        }
    }

    /** Closes all. */
    @TearDown
    public void close() {
        epoll.close();
        events.close();
        counters.forEach(EventFd::close);
    }

    /** {@code epoll_wait} with timeout 0. */
    @Benchmark
    public int await() throws IOException {
        return epoll.awaitMillis(events, 0);
    }

    /** {@code epoll_wait} with a second's limit. */
    @Benchmark
    public int awaitLimit() throws IOException {
        return epoll.awaitMillis(events, 1000);
    }

    /** {@code epoll_pwait2}, for a limit that is not whole milliseconds. */
    @Benchmark
    public int awaitFraction() throws IOException {
        return epoll.await(events, fraction);
    }

    /** {@code epoll_wait} with the limit {@code Duration.ZERO}. */
    @Benchmark
    public int awaitZero() throws IOException {
        return epoll.await(events, Duration.ZERO);
    }

    /** {@code epoll_wait} with timeout 0, and a look at the datum of each event. */
    @Benchmark
    public long awaitAndScan() throws IOException {
        return sum(epoll.awaitMillis(events, 0));
    }

    /** A look at the datum of each event of one wait. */
    @Benchmark
    public long scan() {
        return sum(events.ready());
    }

    /** A look at mask and datum of each event of one wait, as objects. */
    @Benchmark
    public long iterate() {
        long sum = 0;
        for (EpollEvent event : events) {
            sum += event.events() + event.data();
        }
        return sum;
    }

    private long sum(int count) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += events.data(i);
        }
        return sum;
    }
}
