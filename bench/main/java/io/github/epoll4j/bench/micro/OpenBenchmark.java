package io.github.epoll4j.bench.micro;

import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.PidFd;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Descriptors that are opened and closed. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OpenBenchmark {
    private final long self = ProcessHandle.current().pid();

    /** {@code eventfd} and {@code close}. */
    @Benchmark
    public int eventFd() throws IOException {
        try (EventFd counter = EventFd.open()) {
            return counter.fd();
        }
    }

    /** {@code pidfd_open} of this process, and {@code close}; nothing can be read from it. */
    @Benchmark
    public int pidFd() throws IOException {
        try (PidFd process = PidFd.open(self)) {
            return process.fd();
        }
    }
}
