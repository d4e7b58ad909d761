package io.github.epoll4j.reactor;

import java.lang.reflect.Method;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** What a thread allocates on the Java heap, as the JVM counts it. */
final class Allocations {
    private static final int OPERATIONS = 20_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private Allocations() {
    }

    /**
     * Runs an operation until a round of 20000 allocates nothing to speak of: the compiler has done its work then.
     * Gives up after a minute.
     *
     * @return the bytes that the last round allocated for each operation
     */
    static double perOperation(Callable<?> operation) throws Exception {
        long bytes = Long.MAX_VALUE;
        long start = System.nanoTime();
        while (bytes >= OPERATIONS / 10 && System.nanoTime() - start < PATIENCE_NANOS) {
            long before = allocated();
            for (int i = 0; i < OPERATIONS; i++) {
                operation.call();
            }
            bytes = allocated() - before; // with the few hundred bytes of asking
        }
        return (double) bytes / OPERATIONS;
    }

    /** By reflection: the module under test does not read the management modules. */
    private static long allocated() throws ReflectiveOperationException {
        Class<?> factory = Class.forName("java.lang.management.ManagementFactory");
        Object threads = factory.getMethod("getThreadMXBean").invoke(null);
        Method current = Class.forName("com.sun.management.ThreadMXBean").getMethod("getCurrentThreadAllocatedBytes");
        return (long) current.invoke(threads);
    }
}
