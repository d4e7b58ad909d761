package io.github.epoll4j.bench.micro;

import io.github.epoll4j.select.FdSet;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a program does with the sets of select, without a wait. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FdSetBenchmark {
    private static final int FEW = 64;
    private static final int MOST = 1000;

    /** How many of the numbers below 1000 are in the set, the highest among them. */
    @Param({"1", "1000"})
    public int members;

    private FdSet set;
    private FdSet other;
    private FdSet empty;
    private long sum;
    private final IntConsumer adding = fd -> sum += fd;

    /** Fills the set. */
    @Setup
    public void fill() {
        set = FdSet.allocate();
        other = FdSet.allocate();
        empty = FdSet.allocate();
        for (int fd = MOST - members; fd < MOST; fd++) {
            set.set(fd);
        }
    }

    /** {@code FD_SET}, {@code FD_ISSET} and {@code FD_CLR} of 64 numbers. */
    @Benchmark
    public int setAndClear() {
        int count = 0;
        for (int fd = 0; fd < FEW; fd++) {
            empty.set(fd);
        }
        for (int fd = 0; fd < FEW; fd++) {
            count += empty.isSet(fd) ? 1 : 0;
        }
        for (int fd = 0; fd < FEW; fd++) {
            empty.clear(fd);
        }
        return count;
    }

    /** A walk from each member to the next. */
    @Benchmark
    public long members() {
        long total = 0;
        for (int fd = set.next(0); fd >= 0; fd = set.next(fd + 1)) {
            total += fd;
        }
        return total;
    }

    /** A visit to each member, by {@code forEach}. */
    @Benchmark
    public long visit() {
        sum = 0;
        set.forEach(adding);
        return sum;
    }

    /** A copy of the set into another. */
    @Benchmark
    public FdSet copy() {
        other.copyFrom(set);
        return other;
    }
}
