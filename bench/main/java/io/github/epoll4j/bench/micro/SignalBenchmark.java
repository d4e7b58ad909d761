package io.github.epoll4j.bench.micro;

import static io.github.epoll4j.fd.Signals.SIGUSR1;

import io.github.epoll4j.fd.SignalFd;
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

/** A signal that the measuring thread sends to itself. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SignalBenchmark {
    private SignalFd signals;

    /** Blocks the signal: JMH runs this on the thread that measures. */
    @Setup
    public void open() throws IOException {
        SignalFd.block(SIGUSR1);
        signals = SignalFd.open(SIGUSR1);
    }

    /** Closes the descriptor; the thread keeps its mask. */
    @TearDown
    public void close() {
        signals.close();
    }

    /** {@code raise}, without the library, and a {@code read} of the signal. */
    @Benchmark
    public int raiseAndRead() throws IOException {
        Unwrapped.raise(SIGUSR1);
        return signals.read().signal();
    }
}
