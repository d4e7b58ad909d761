package io.github.epoll4j.bench.micro;

import io.github.epoll4j.bench.Stat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the rounds of one subject gave. */
final class Comparison {
    private final Subject subject;
    /** Each iteration of each round. */
    private final List<Double> inC = new ArrayList<>();
    private final List<Double> inJava = new ArrayList<>();
    /** One for each round. */
    private final List<Double> ratios = new ArrayList<>();
    private final List<Double> bytes = new ArrayList<>();

    Comparison(Subject subject) {
        this.subject = subject;
    }

    Subject subject() {
        return subject;
    }

    boolean isEmpty() {
        return inJava.isEmpty();
    }

    /** Takes the iterations of one round; those in C are empty where there is no C compiler. */
    void addRound(List<Double> cNanos, JmhRun java) {
        inC.addAll(cNanos);
        inJava.addAll(java.nanos());
        bytes.add(java.bytesPerOp());
        if (!cNanos.isEmpty()) {
            ratios.add(Stat.of(java.nanos()).median() / Stat.of(cNanos).median());
        }
    }

    static String header() {
        return String.format("%-34s%8s %-15s%8s %-15s%7s %-12s%7s%7s", "ns per operation, median (min-max)", "C", "",
                "Java", "", "Java/C", "", "at min", "B/op");
    }

    /** Gives a line of the table. */
    String line() {
        return String.format(Locale.ROOT, "%-34s%s%s%s%7s%7.1f", subject.title(),
                cell(inC, "%8.1f", "(%.0f-%.0f)", 15), cell(inJava, "%8.1f", "(%.0f-%.0f)", 15),
                cell(ratios, "%7.2f", "(%.2f-%.2f)", 12), atMinimum(), Stat.of(bytes).median());
    }

    /** The ratio of the two minima: what is left when the machine's other work is taken away. */
    private String atMinimum() {
        return inC.isEmpty() ? "-" : String.format(Locale.ROOT, "%.2f", Stat.of(inJava).min() / Stat.of(inC).min());
    }

    private static String cell(List<Double> values, String median, String range, int width) {
        if (values.isEmpty()) {
            int medianWidth = String.format(Locale.ROOT, median, 0.0).length();
            return String.format("%" + medianWidth + "s %-" + width + "s", "-", "");
        }
        Stat stat = Stat.of(values);
        return String.format(Locale.ROOT, median + " %-" + width + "s", stat.median(),
                String.format(Locale.ROOT, range, stat.min(), stat.max()));
    }

    static String csvHeader() {
        return "subject,rounds,c_median_ns,c_min_ns,c_max_ns,java_median_ns,java_min_ns,java_max_ns,"
                + "ratio_median,ratio_min,ratio_max,bytes_per_op";
    }

    /** Gives a line of the file. */
    String csvLine() {
        return String.format(Locale.ROOT, "%s,%d,%s,%s,%s,%.2f", subject.id(), bytes.size(), csv(inC), csv(inJava),
                csv(ratios), Stat.of(bytes).median());
    }

    private static String csv(List<Double> values) {
        return Optional.of(values).filter(list -> !list.isEmpty()).map(Stat::of)
                .map(stat -> String.format(Locale.ROOT, "%.3f,%.3f,%.3f", stat.median(), stat.min(), stat.max()))
                .orElse(",,");
    }
}
