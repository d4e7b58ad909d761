package io.github.epoll4j.bench.micro;

import io.github.epoll4j.fd.EventFd;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** An eventfd that nobody watches. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EventFdBenchmark {
    private EventFd counter;

    /** Opens it. */
    @Setup
    public void open() throws IOException {
        counter = EventFd.open();
    }

    /** Closes it. */
    @TearDown
    public void close() {
        counter.close();
    }

    /** One {@code write} and one {@code read}. */
    @Benchmark
    public long writeAndRead() throws IOException {
        counter.write(1);
        return counter.read();
    }
}
