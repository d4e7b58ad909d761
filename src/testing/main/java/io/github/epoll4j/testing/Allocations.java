package io.github.epoll4j.testing;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Measures what the calling thread allocates on the Java heap. */
public final class Allocations {
    private static final int OPERATIONS = 20_000;
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int JVMS = 3;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocations() {
    }

    /**
     * Repeats rounds of 20000 operations until a round allocates almost nothing, which is when the compiler has done
     * its work, or until half a minute has passed.
     *
     * @return the bytes for each operation of the last round
     */
    public static double perOperation(Callable<?> operation) throws Exception {
        return perOperation(Thread.currentThread(), operation);
    }

    /**
     * Repeats rounds like {@link #perOperation(Callable)}, and measures what another thread allocates.
     *
     * @return the bytes for each operation of the last round
     */
    public static double perOperation(Thread thread, Callable<?> operation) throws Exception {
        return perOperation(thread, 0.1, operation);
    }

    /**
     * Repeats rounds like {@link #perOperation(Callable)} until one allocates at most so many bytes for each operation.
     *
     * @return the bytes for each operation of the last round
     */
    public static double perOperation(double expected, Callable<?> operation) throws Exception {
        return perOperation(Thread.currentThread(), expected + 0.1, operation);
    }

    private static double perOperation(Thread thread, double most, Callable<?> operation) throws Exception {
        double bytes = Double.MAX_VALUE;
        long start = System.nanoTime();
        while (bytes >= most && System.nanoTime() - start < LIMIT_NANOS) {
            long before = THREADS.getThreadAllocatedBytes(thread.threadId());
            for (int i = 0; i < OPERATIONS; i++) {
                operation.call();
            }
            bytes = (double) (THREADS.getThreadAllocatedBytes(thread.threadId()) - before) / OPERATIONS;
        }
        return bytes;
    }

    /**
     * Runs a program that prints what one of the methods above returns, in up to three JVMs, until one allocates at
     * most so many bytes. Where threads take turns, their order decides what the compiler inlines: one or two JVMs in a
     * hundred go on to make an object of the JDK's for each call.
     *
     * @return the bytes for each operation in the last JVM
     */
    public static double inFreshJvm(Class<?> main, double expected, String... arguments)
            throws IOException, InterruptedException {
        double bytes = Double.MAX_VALUE;
        for (int i = 0; i < JVMS && bytes >= expected + 0.1; i++) {
            bytes = Double.parseDouble(ChildJvm.of(main).onClassPath().options("-XX:TieredStopAtLevel=4", "-Xbatch")
                    .run(arguments).lines().getLast());
        }
        return bytes;
    }

    /**
     * Returns the bytes on the heap that a collection leaves. Those that are allocated since, such as a thread's buffer
     * for allocations, do not count.
     */
    public static long liveHeap() {
        System.gc();
        return ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getCollectionUsage().getUsed()).sum();
    }
}
