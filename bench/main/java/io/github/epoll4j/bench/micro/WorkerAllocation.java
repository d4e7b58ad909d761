package io.github.epoll4j.bench.micro;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * What the measuring threads allocate for each operation. JMH's own profiler counts all threads, and its own work shows
 * as a byte or more where an operation is long.
 */
public final class WorkerAllocation implements InternalProfiler {
    /** The name of the result, in bytes. */
    static final String RESULT = "worker.alloc.norm";

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long before;

    /** JMH makes one in each fork. */
    public WorkerAllocation() {
    }

    @Override
    public String getDescription() {
        return "bytes that the measuring threads allocate for each operation";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        before = allocated();
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(BenchmarkParams benchmark, IterationParams iteration,
            IterationResult result) {
        double bytes = (double) (allocated() - before) / result.getMetadata().getAllOps();
        return List.of(new ScalarResult(RESULT, bytes, "B/op", AggregationPolicy.AVG));
    }

    private long allocated() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains("-jmh-worker-"))
                .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.threadId()))
                .sum();
    }
}
