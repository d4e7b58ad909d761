package io.github.epoll4j.bench.micro;

import io.github.epoll4j.fd.TimerFd;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A timerfd that never expires. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TimerBenchmark {
    private final Duration delay = Duration.ofHours(1);
    private TimerFd timer;

    /** Opens it. */
    @Setup
    public void open() throws IOException {
        timer = TimerFd.open();
    }

    /** Closes it. */
    @TearDown
    public void close() {
        timer.close();
    }

    /** One {@code timerfd_settime}, and a {@code read} that finds nothing. */
    @Benchmark
    public long armAndRead() throws IOException {
        timer.after(delay);
        return timer.read();
    }
}
