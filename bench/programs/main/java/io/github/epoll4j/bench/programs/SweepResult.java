package io.github.epoll4j.bench.programs;

import io.github.epoll4j.bench.Stat;
import java.util.List;
import java.util.Locale;

/**
 * What one point of a sweep gave.
 *
 * @param point    the point
 * @param language in what it was measured
 * @param runs     how often
 * @param nanos    nanoseconds for each ready descriptor that was served, the peer's write apart
 * @param counts   what the server did in a run: the same in each, but for the waits
 */
public record SweepResult(SweepPoint point, Language language, int runs, Stat nanos, Counts counts) {
    /** Sums up at least one sample. */
    static SweepResult of(SweepPoint point, Language language, List<Sample> samples) {
        return new SweepResult(point, language, samples.size(),
                Stat.of(samples.stream().map(sample -> (double) sample.nanos() / sample.rounds()).toList()),
                samples.getFirst().counts());
    }

    /**
     * Gives the names of the columns.
     *
     * @return the first line of the file
     */
    public static String csvHeader() {
        return "sweep,mechanism,trigger,language,x,runs,ns_median,ns_min,ns_max,waits,events,ctl_calls";
    }

    /**
     * Gives a line of the file.
     *
     * @return its columns
     */
    public String csvLine() {
        return String.format(Locale.ROOT, "%s,%s,%s,%s,%d,%d,%.1f,%.1f,%.1f,%d,%d,%d", point.sweep().id(),
                point.mechanism().call(), point.mechanism().trigger(), language.id(), point.x(), runs,
                nanos.median(), nanos.min(), nanos.max(), counts.waits(), counts.events(), counts.ctlCalls());
    }

    static String header() {
        return String.format("%-15s%7s%12s %-21s%12s %-21s%8s%9s%9s%9s", "", "x", "Java ns", "(min-max)", "C ns",
                "(min-max)", "Java/C", "waits", "events", "ctl");
    }

    /** Gives a line of the table; the result in C is null if it was not measured. */
    String line(SweepResult inC) {
        return String.format(Locale.ROOT, "%-15s%7d%s%s%8s%9d%9d%9d", point.mechanism().title(), point.x(), cell(this),
                cell(inC), inC == null ? "-" : String.format(Locale.ROOT, "%.2f", nanos.median() / inC.nanos.median()),
                counts.waits(), counts.events(), counts.ctlCalls());
    }

    private static String cell(SweepResult result) {
        if (result == null) {
            return String.format("%12s %-21s", "-", "");
        }
        return String.format(Locale.ROOT, "%12.0f %-21s", result.nanos.median(),
                String.format(Locale.ROOT, "(%.0f-%.0f)", result.nanos.min(), result.nanos.max()));
    }
}
