package io.github.epoll4j.bench.servers;

import io.github.epoll4j.bench.Stat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** What the rounds of one server gave under one load: of each quantity, percentiles too, the median of its rounds. */
final class Standing {
    private static final double NANOS_PER_MICRO = 1e3;

    private final EchoLoad load;
    private final Contestant contestant;
    private final double rate;
    private final List<LoadRun> runs = new ArrayList<>();
    /** Of the rounds in which C was measured as well. */
    private final List<Double> cpuRatios = new ArrayList<>();
    private final List<Double> speedRatios = new ArrayList<>();

    /**
     * Begins without a round.
     *
     * @param load       what it is loaded with
     * @param contestant the server
     * @param rate       the messages a second while latencies are measured; 0 if they are not
     */
    Standing(EchoLoad load, Contestant contestant, double rate) {
        this.load = load;
        this.contestant = contestant;
        this.rate = rate;
    }

    EchoLoad load() {
        return load;
    }

    Contestant contestant() {
        return contestant;
    }

    /** Takes a round, and what C's level-triggered server did in it, or null. */
    void addRound(LoadRun run, LoadRun yardstick) {
        runs.add(run);
        if (yardstick != null) {
            cpuRatios.add(run.cpuPerMessage() / yardstick.cpuPerMessage());
            speedRatios.add(run.perSecond() / yardstick.perSecond());
        }
    }

    /** Gives what the table's heading has of the rate. */
    String rateWords() {
        return rate > 0 ? String.format(Locale.ROOT, "; latencies at %.0f messages/s", rate) : "";
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    private Stat stat(ToDoubleFunction<LoadRun> value) {
        return Stat.of(runs.stream().map(value::applyAsDouble).toList());
    }

    /** Gives the median of the rounds' percentiles: in a percentile of all of them one halt of the machine decides. */
    private double micros(double percentile) {
        return stat(run -> run.latencies().getValueAtPercentile(percentile) / NANOS_PER_MICRO).median();
    }

    private long latencies() {
        return runs.stream().mapToLong(run -> run.latencies().getTotalCount()).sum();
    }

    static String header() {
        return String.format("%-26s%9s %-15s%7s %-13s%8s%7s %-13s%6s%6s%6s%8s%7s%8s%8s%9s", "", "ns CPU", "per message",
                "x C", "", "msg/s", "x C", "", "busy", "JIT", "load", "others", "B/msg", "p50 us", "p99", "p99.9");
    }

    /** Gives a line of the table. */
    String line() {
        Stat cpu = stat(LoadRun::cpuPerMessage);
        String latency = latencies() == 0 ? "" : String.format(
                Locale.ROOT, "%8.0f%8.0f%9.0f", micros(50), micros(99), micros(99.9));
        return String.format(Locale.ROOT, "%-26s%9.0f %-15s%s%7.0fk%s%s%s%s%8s%7.2f%s", contestant.title(),
                cpu.median(), String.format(Locale.ROOT, "(%.0f-%.0f)", cpu.min(), cpu.max()), ratio(cpuRatios),
                stat(LoadRun::perSecond).median() / 1e3, ratio(speedRatios), percent(LoadRun::serverShare),
                percent(LoadRun::compilerShare), percent(LoadRun::loadShare), percent(LoadRun::othersShare).strip(),
                stat(LoadRun::bytesPerMessage).median(), latency);
    }

    private String percent(ToDoubleFunction<LoadRun> share) {
        return String.format(Locale.ROOT, "%5.0f%%", 1e2 * stat(share).median());
    }

    private static String ratio(List<Double> ratios) {
        if (ratios.isEmpty()) {
            return String.format("%21s", "");
        }
        Stat stat = Stat.of(ratios);
        return String.format(Locale.ROOT, "%7.3f %-13s", stat.median(),
                String.format(Locale.ROOT, "(%.2f-%.2f)", stat.min(), stat.max()));
    }

    static String csvHeader() {
        return "load,server,rounds,cpu_ns_median,cpu_ns_min,cpu_ns_max,cpu_ratio_median,cpu_ratio_min,cpu_ratio_max,"
                + "per_s_median,per_s_min,per_s_max,speed_ratio_median,speed_ratio_min,speed_ratio_max,server_busy,"
                + "compiler_busy,load_busy,others_busy,bytes_per_message,latencies,p50_us,p99_us,p999_us,max_us,rate";
    }

    /** Gives a line of the file. */
    String csvLine() {
        return String.join(",", load.id(), contestant.id(), "" + runs.size(), csv(stat(LoadRun::cpuPerMessage)),
                csvRatio(cpuRatios), csv(stat(LoadRun::perSecond)), csvRatio(speedRatios),
                number(stat(LoadRun::serverShare).median()), number(stat(LoadRun::compilerShare).median()),
                number(stat(LoadRun::loadShare).median()),
                number(stat(LoadRun::othersShare).median()),
                contestant.isInC() ? "" : number(stat(LoadRun::bytesPerMessage).median()),
                "" + latencies(), latencies() == 0 ? ",,," : String.join(",",
                        number(micros(50)), number(micros(99)), number(micros(99.9)),
                        number(stat(run -> run.latencies().getMaxValue() / NANOS_PER_MICRO).max())), number(rate));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private static String csvRatio(List<Double> ratios) {
        return ratios.isEmpty() ? ",," : csv(Stat.of(ratios));
    }

    private static String csv(Stat stat) {
        return number(stat.median()) + "," + number(stat.min()) + "," + number(stat.max());
    }

    static String rawHeader() {
        return "load,server,round,messages,nanos,server_cpu_ns,compiler_cpu_ns,load_cpu_ns,others_cpu_ns,"
                + "allocated_bytes,latencies,p50_ns,p99_ns,p999_ns";
    }

    /** Gives a line for each round. */
    List<String> rawLines() {
        List<String> lines = new ArrayList<>();
        for (LoadRun run : runs) {
            Histogram timed = run.latencies();
            String percentiles = timed.getTotalCount() == 0 ? ",," : timed.getValueAtPercentile(50) + ","
                    + timed.getValueAtPercentile(99) + "," + timed.getValueAtPercentile(99.9);
            lines.add(String.format("%s,%s,%d,%d,%d,%d,%d,%d,%d,%d,%d,%s", load.id(), contestant.id(),
                    lines.size() + 1, run.messages(), run.nanos(), run.serverCpu(), run.compiling(), run.loadCpu(),
                    run.othersCpu(), run.allocated(), timed.getTotalCount(), percentiles));
        }
        return lines;
    }
}
