package io.github.epoll4j.bench.servers;

import io.github.epoll4j.bench.Stat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** Results of one server under one load: of each quantity, percentiles too, the summary of its rounds. */
final class Standing {
    private static final double NANOS_PER_MICRO = 1e3;

    private final EchoLoad load;
    private final Contestant contestant;
    private final double rate;
    private final Standing yardstick;
    /** By round. */
    private final SortedMap<Integer, LoadRun> runs = new TreeMap<>();
    private final SortedMap<Integer, Integer> repeats = new TreeMap<>();

    /**
     * Creates results without a round.
     *
     * @param load       its load
     * @param contestant the server
     * @param rate       the messages a second while latencies are measured; 0 if they are not
     * @param yardstick  the level-triggered server in C; null if this is it, or if it is not measured
     */
    Standing(EchoLoad load, Contestant contestant, double rate, Standing yardstick) {
        this.load = load;
        this.contestant = contestant;
        this.rate = rate;
        this.yardstick = contestant == Contestant.C_LEVEL ? this : yardstick;
    }

    EchoLoad load() {
        return load;
    }

    Contestant contestant() {
        return contestant;
    }

    /** Adds a round, and how often it was repeated. */
    void addRound(int round, LoadRun run, int repeated) {
        runs.put(round, run);
        repeats.put(round, repeated);
    }

    /** Returns the end of the table's heading. */
    String rateWords() {
        return rate > 0 ? String.format(Locale.ROOT, "; latencies at %.0f messages/s", rate) : "";
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    private Stat stat(ToDoubleFunction<LoadRun> value) {
        return Stat.of(runs.values().stream().map(value::applyAsDouble).toList());
    }

    /** Returns the ratios of this server's values to those of another one, of each round that both have. */
    List<Double> ratios(Standing other, ToDoubleFunction<LoadRun> value) {
        return other == null ? List.of() : runs.entrySet().stream()
                .filter(entry -> other.runs.containsKey(entry.getKey()))
                .map(entry -> value.applyAsDouble(entry.getValue())
                        / value.applyAsDouble(other.runs.get(entry.getKey())))
                .toList();
    }

    private List<Double> cpuRatios() {
        return ratios(yardstick, LoadRun::cpuPerMessage);
    }

    private List<Double> speedRatios() {
        return ratios(yardstick, LoadRun::perSecond);
    }

    /** Returns the median of the rounds' percentiles. One halt of the machine decides a percentile of all of them. */
    private double micros(double percentile) {
        return stat(run -> run.latencies().getValueAtPercentile(percentile) / NANOS_PER_MICRO).median();
    }

    private long latencies() {
        return runs.values().stream().mapToLong(run -> run.latencies().getTotalCount()).sum();
    }

    static String header() {
        return String.format("%-30s%9s%9s %-13s%7s %-13s%8s%7s %-13s%6s%6s%6s%8s%8s%7s%8s%8s%9s", "", "ns CPU", "per",
                "message", "x C", "", "msg/s", "x C", "", "busy", "JIT", "load", "others", "repeats", "B/msg", "p50 us",
                "p99", "p99.9") + "\n" + String.format("%-30s%9s%9s %-13s%7s %-13s%8s%7s %-13s", "", "least", "median",
                "(quartiles)", "median", "(quartiles)", "median", "median", "(quartiles)");
    }

    /** Returns its line of the table. */
    String line() {
        Stat cpu = stat(LoadRun::cpuPerMessage);
        String latency = latencies() == 0 ? "" : String.format(
                Locale.ROOT, "%8.0f%8.0f%9.0f", micros(50), micros(99), micros(99.9));
        return String.format(Locale.ROOT, "%-30s%9.0f%9.0f %-13s%s%7.0fk%s%s%s%s%8s%8d%7.2f%s", contestant.title(),
                cpu.min(), cpu.median(), String.format(Locale.ROOT, "(%.0f-%.0f)", cpu.lower(), cpu.upper()),
                ratio(cpuRatios()), stat(LoadRun::perSecond).median() / 1e3, ratio(speedRatios()),
                percent(LoadRun::serverShare), percent(LoadRun::compilerShare), percent(LoadRun::loadShare),
                percent(LoadRun::othersShare).strip(), repeats.values().stream().mapToInt(each -> each).sum(),
                stat(LoadRun::bytesPerMessage).median(), latency);
    }

    private String percent(ToDoubleFunction<LoadRun> share) {
        return String.format(Locale.ROOT, "%5.0f%%", 1e2 * stat(share).median());
    }

    static String ratio(List<Double> ratios) {
        if (ratios.isEmpty()) {
            return String.format("%21s", "");
        }
        Stat stat = Stat.of(ratios);
        return String.format(Locale.ROOT, "%7.3f %-13s", stat.median(),
                String.format(Locale.ROOT, "(%.2f-%.2f)", stat.lower(), stat.upper()));
    }

    static String csvHeader() {
        return "load,server,rounds," + columns("cpu_ns") + "," + columns("cpu_ratio") + "," + columns("per_s") + ","
                + columns("speed_ratio") + ",server_busy,compiler_busy,load_busy,others_busy,bytes_per_message,"
                + "latencies,p50_us,p99_us,p999_us,max_us,rate";
    }

    /** Returns the names of the columns of a summary. */
    static String columns(String name) {
        return String.join(",", name + "_min", name + "_lower", name + "_median", name + "_upper", name + "_max");
    }

    /** Returns its line of the file. */
    String csvLine() {
        return String.join(",", load.id(), contestant.id(), "" + runs.size(), csv(stat(LoadRun::cpuPerMessage)),
                csv(cpuRatios()), csv(stat(LoadRun::perSecond)), csv(speedRatios()),
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

    /** Returns the cells of a summary; empty ones if nothing was measured. */
    static String csv(List<Double> values) {
        return values.isEmpty() ? ",,,," : csv(Stat.of(values));
    }

    private static String csv(Stat stat) {
        return String.join(",", number(stat.min()), number(stat.lower()), number(stat.median()), number(stat.upper()),
                number(stat.max()));
    }

    static String rawHeader() {
        return "load,server,round,repeats,messages,nanos,server_cpu_ns,compiler_cpu_ns,load_cpu_ns,others_cpu_ns,"
                + "allocated_bytes,latencies,p50_ns,p99_ns,p999_ns";
    }

    /** Returns a line for each round. */
    List<String> rawLines() {
        List<String> lines = new ArrayList<>();
        runs.forEach((round, run) -> {
            Histogram timed = run.latencies();
            String percentiles = timed.getTotalCount() == 0 ? ",," : timed.getValueAtPercentile(50) + ","
                    + timed.getValueAtPercentile(99) + "," + timed.getValueAtPercentile(99.9);
            lines.add(String.format("%s,%s,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d,%s", load.id(), contestant.id(), round,
                    repeats.get(round), run.messages(), run.nanos(), run.serverCpu(), run.compiling(), run.loadCpu(),
                    run.othersCpu(), run.allocated(), timed.getTotalCount(), percentiles));
        });
        return lines;
    }

    /** Returns the messages of a second from the start of the load, counted from 0, of each round that has it. */
    private List<Double> second(int index) {
        return runs.values().stream().filter(run -> run.seconds().size() > index)
                .map(run -> (double) run.seconds().get(index)).toList();
    }

    /** Returns the number of whole seconds of the warm-up. */
    int seconds() {
        return runs.values().stream().mapToInt(run -> run.seconds().size()).max().orElse(0);
    }

    static String secondsHeader(int seconds) {
        StringBuilder header = new StringBuilder(String.format("%-30s", "thousand msg/s in second"));
        for (int i = 1; i <= seconds; i++) {
            header.append(String.format("%7d", i));
        }
        return header.toString();
    }

    /** Returns the line of the table of seconds: the medians of the rounds. */
    String secondsLine() {
        StringBuilder line = new StringBuilder(String.format("%-30s", contestant.title()));
        for (int i = 0; i < seconds(); i++) {
            line.append(String.format(Locale.ROOT, "%7.1f", Stat.of(second(i)).median() / 1e3));
        }
        return line.toString();
    }

    static String secondsCsvHeader() {
        return "load,server,second," + columns("per_s");
    }

    /** Returns a line of the file for each second. */
    List<String> secondsCsvLines() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < seconds(); i++) {
            lines.add(String.join(",", load.id(), contestant.id(), "" + (i + 1), csv(second(i))));
        }
        return lines;
    }
}
