package io.github.epoll4j.examples.echo;

import java.io.PrintStream;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** The delays of an {@link EchoLoad}: its loops record them, and its own thread prints them. */
final class LoadProgress {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MILLI = 1e6;

    private final Recorder delays = new Recorder(3);
    private final Histogram total = new Histogram(3);
    private final int size;
    private final PrintStream out;
    private final long startNanos = System.nanoTime();
    private long beginNanos = startNanos;
    private long lastNanos = startNanos;
    private Histogram interval = delays.getIntervalHistogram();

    /**
     * Begins now.
     *
     * @param size the bytes of a message
     */
    LoadProgress(int size, PrintStream out) {
        this.size = size;
        this.out = out;
    }

    /** Records the delay of a message; from any thread. */
    void arrived(long nanos) {
        delays.recordValue(nanos);
    }

    /** Begins to measure: what was recorded before is left out of the summary. */
    void measure() {
        takeInterval();
        total.reset();
        beginNanos = System.nanoTime();
        lastNanos = beginNanos;
    }

    /** Prints a line on the time since the last one. */
    void report(int connections) {
        takeInterval();
        long now = System.nanoTime();
        out.printf(Locale.ROOT, "%3.0f s: %d connections, %s, mean delay %.3f ms%n",
                (now - startNanos) / NANOS_PER_SECOND, connections, rate(interval, now - lastNanos),
                interval.getMean() / NANOS_PER_MILLI);
        lastNanos = now;
    }

    /** Prints a line on the time since it began to measure. */
    void summarize() {
        takeInterval();
        out.printf(Locale.ROOT, "all: %s, delay mean %.3f ms, p50 %.3f, p90 %.3f, p99 %.3f, p99.9 %.3f, max %.3f%n",
                rate(total, System.nanoTime() - beginNanos), total.getMean() / NANOS_PER_MILLI, percentile(50),
                percentile(90), percentile(99), percentile(99.9), percentile(100));
    }

    private void takeInterval() {
        interval = delays.getIntervalHistogram(interval);
        total.add(interval);
    }

    private String rate(Histogram histogram, long nanos) {
        double rate = histogram.getTotalCount() / (Math.max(1, nanos) / NANOS_PER_SECOND);
        return String.format(Locale.ROOT, "%.0f messages/s, %.1f MB/s", rate, rate * size / 1e6);
    }

    private double percentile(double percent) {
        return total.getValueAtPercentile(percent) / NANOS_PER_MILLI;
    }
}
