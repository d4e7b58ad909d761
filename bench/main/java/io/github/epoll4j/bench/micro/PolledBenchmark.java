package io.github.epoll4j.bench.micro;

import static io.github.epoll4j.poll.PollFlags.POLLIN;
import static io.github.epoll4j.poll.PollFlags.POLLOUT;

import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
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

/** select and poll, which return at once, because the last of the eventfds is ready. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PolledBenchmark {
    /** How many descriptors are watched. */
    @Param({"10", "1000"})
    public int watched;

    /** Neither whole milliseconds nor whole microseconds. */
    private final Duration fraction = Duration.ofNanos(1_500_001);
    private final List<EventFd> counters = new ArrayList<>();
    private PollFdArray entries;
    private FdSet interest;
    private FdSet ready;

    /** Watches the descriptors; their numbers may pass FD_SETSIZE in a JVM that has others open. */
    @Setup
    public void open() throws IOException {
        entries = PollFdArray.allocate(watched);
        interest = FdSet.allocate(2 * FdSet.FD_SETSIZE);
        ready = FdSet.allocate(2 * FdSet.FD_SETSIZE);
        for (int i = 0; i < watched; i++) {
            EventFd counter = EventFd.open(i == watched - 1 ? 1 : 0);
            counters.add(counter);
            entries.add(counter.fd(), POLLIN);
            interest.set(counter.fd());
        }
        if (select() != 1 || poll() != 1) {
            throw new IllegalStateException("one descriptor should be ready");
        }
    }

    /** Closes all. */
    @TearDown
    public void close() {
        entries.close();
        counters.forEach(EventFd::close);
    }

    /** A copy of the set, and {@code select} with timeout 0. */
    @Benchmark
    public int select() throws IOException {
        ready.copyFrom(interest);
        return Select.selectMillis(ready, null, null, 0);
    }

    /** {@code poll} with timeout 0. */
    @Benchmark
    public int poll() throws IOException {
        return Poll.pollMillis(entries, 0);
    }

    /** A copy of the set, and {@code pselect}, for a limit that is not whole microseconds. */
    @Benchmark
    public int pselect() throws IOException {
        ready.copyFrom(interest);
        return Select.select(ready, null, null, fraction);
    }

    /** {@code ppoll}, for a limit that is not whole milliseconds. */
    @Benchmark
    public int ppoll() throws IOException {
        return Poll.poll(entries, fraction);
    }

    /** A look for the entries that one wait reported. */
    @Benchmark
    public long scan() {
        long sum = 0;
        for (int i = entries.nextReady(0); i >= 0; i = entries.nextReady(i + 1)) {
            sum += entries.fd(i);
        }
        return sum;
    }

    /** A change of the first entry. */
    @Benchmark
    public void change() {
        entries.change(0, entries.fd(0), entries.events(0) ^ POLLOUT);
    }
}
