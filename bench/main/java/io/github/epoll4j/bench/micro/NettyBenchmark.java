package io.github.epoll4j.bench.micro;

import io.github.epoll4j.fd.EventFd;
import io.netty.channel.epoll.NettyWait;
import java.io.IOException;
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

/** What Netty has for the same: its native {@code epollWait}, on 64 eventfds of which some are ready. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NettyBenchmark {
    private static final int WATCHED = 64;

    /** How many of the descriptors are ready. */
    @Param({"0", "1", "64"})
    public int ready;

    private final List<EventFd> counters = new ArrayList<>();
    private NettyWait netty;

    /** Watches the descriptors. */
    @Setup
    public void open() throws IOException {
        netty = new NettyWait(WATCHED);
        for (int i = 0; i < WATCHED; i++) {
            EventFd counter = EventFd.open(i < ready ? 1 : 0);
            counters.add(counter);
            netty.add(counter.fd());
        }
        if (netty.await() != ready) {
            throw new IllegalStateException("not " + ready + " are ready");
        }
    }

    /** Closes all. */
    @TearDown
    public void close() throws IOException {
        netty.close();
        counters.forEach(EventFd::close);
    }

    /** {@code epoll_wait} with timeout 0. */
    @Benchmark
    public int await() throws IOException {
        return netty.await();
    }

    /** The same, and a look at the number of each event. */
    @Benchmark
    public long awaitAndScan() throws IOException {
        int count = netty.await();
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += netty.fd(i);
        }
        return sum;
    }
}
