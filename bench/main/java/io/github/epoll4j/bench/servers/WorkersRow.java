package io.github.epoll4j.bench.servers;

import io.github.epoll4j.bench.Stat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** What the rounds of one pool of workers gave. */
final class WorkersRow {
    private static final double NANOS_PER_MICRO = 1e3;

    private final String handler;
    private final String threads;
    private final int workers;
    private final List<Double> perSecond = new ArrayList<>();
    private final Histogram latencies = new Histogram(3);

    WorkersRow(String handler, String threads, int workers) {
        this.handler = handler;
        this.threads = threads;
        this.workers = workers;
    }

    /** Gives the name by which the server is started. */
    String server() {
        return "workers-" + handler + "-" + threads + "-" + workers;
    }

    void addRound(LoadRun run) {
        perSecond.add(run.perSecond());
        latencies.add(run.latencies());
    }

    boolean isEmpty() {
        return perSecond.isEmpty();
    }

    private double micros(double percentile) {
        return latencies.getValueAtPercentile(percentile) / NANOS_PER_MICRO;
    }

    static String header() {
        return String.format("%-10s%-10s%8s%10s %-17s%10s%10s", "handler", "threads", "workers", "msg/s", "(min-max)",
                "p50 us", "p99 us");
    }

    /** Gives a line of the table. */
    String line() {
        Stat stat = Stat.of(perSecond);
        return String.format(Locale.ROOT, "%-10s%-10s%8d%10.0f %-17s%10.0f%10.0f", handler, threads, workers,
                stat.median(), String.format(Locale.ROOT, "(%.0f-%.0f)", stat.min(), stat.max()), micros(50),
                micros(99));
    }

    static String csvHeader() {
        return "handler,threads,workers,runs,per_s_median,per_s_min,per_s_max,p50_us,p99_us";
    }

    /** Gives a line of the file. */
    String csvLine() {
        Stat stat = Stat.of(perSecond);
        return String.format(Locale.ROOT, "%s,%s,%d,%d,%.1f,%.1f,%.1f,%.1f,%.1f", handler, threads, workers,
                perSecond.size(), stat.median(), stat.min(), stat.max(), micros(50), micros(99));
    }
}
