package io.github.epoll4j.examples.soak;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What this process has in use.
 *
 * @param descriptors open descriptors
 * @param heapBytes   live objects
 * @param directBytes direct buffers
 * @param threads     threads
 */
record Usage(long descriptors, long heapBytes, long directBytes, int threads) {
    /** What counters, logs and the JVM itself may need more. */
    private static final long SLACK_BYTES = 1 << 20;

    /** Looks after collections, in several turns: direct buffers are freed after the objects are. */
    static Usage atRest() throws IOException, InterruptedException {
        Runtime runtime = Runtime.getRuntime();
        long heap = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(20);
            heap = Math.min(heap, runtime.totalMemory() - runtime.freeMemory());
        }
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            return new Usage(fds.count() - 1, heap, direct, Thread.activeCount());
        }
    }

    /** Names what is more than it was. */
    List<String> growth(Usage before) {
        Map<String, Boolean> growth = new LinkedHashMap<>();
        growth.put("descriptors", descriptors > before.descriptors);
        growth.put("heap", heapBytes > before.heapBytes + SLACK_BYTES);
        growth.put("direct buffers", directBytes > before.directBytes + SLACK_BYTES);
        growth.put("threads", threads > before.threads);
        return growth.keySet().stream().filter(growth::get).toList();
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d descriptors, %d KB heap, %d KB direct buffers, %d threads",
                descriptors, heapBytes >> 10, directBytes >> 10, threads);
    }
}
