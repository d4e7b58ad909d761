package io.github.epoll4j.bench.waits;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.Omissions;
import io.github.epoll4j.bench.Positive;
import io.github.epoll4j.bench.Progress;
import io.github.epoll4j.bench.Report;
import io.github.epoll4j.bench.Stat;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/run waits}: waits of threads for descriptors. */
@Command(name = "waits", sortOptions = false, usageHelpAutoWidth = true,
        description = "Measures waits of virtual and platform threads for descriptors. First a byte that two threads "
                + "of a process send each other over a pair of Unix sockets, there and back: time, processor time and "
                + "context switches, also while other processes keep every processor busy. Then the live heap of a "
                + "virtual thread that waits. Each way is a new process in each round; ratios are those of processes "
                + "of the same round.")
public final class WaitsCommand implements Callable<Integer> {
    /** The way that the others are compared with. */
    private static final String BASE = "nio";
    /** More than a JVM has open. */
    private static final int JVM_DESCRIPTORS = 100;
    private static final String C = "c";

    @Option(names = "--rounds", paramLabel = "N", description = "processes of each way (default: ${DEFAULT-VALUE})")
    private int rounds = 5;

    @Option(names = "--seconds", paramLabel = "S",
            description = "length of the measurement of a process (default: ${DEFAULT-VALUE})")
    private double seconds = 1;

    @Option(names = "--warmup", paramLabel = "S",
            description = "length of the round trips before it (default: ${DEFAULT-VALUE})")
    private double warmup = 2;

    @Option(names = "--threads", paramLabel = "N",
            description = "threads whose memory is measured, with two descriptors each (default: ${DEFAULT-VALUE})")
    private int threads = 9000;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this help")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    WaitsCommand() {
    }

    @Override
    public Integer call() throws IOException {
        Positive.require(spec, "--rounds", rounds);
        Positive.require(spec, "--seconds", seconds);
        Positive.requireZeroOrMore(spec, "--warmup", warmup);
        Positive.require(spec, "--threads", threads);
        Omissions omissions = new Omissions(spec.commandLine().getErr());
        Optional<CProgram> inC = CProgram.build("roundtrip");
        if (inC.isEmpty()) {
            omissions.add("the round trip in C is left out: there is no C compiler");
        }
        List<String> ways = new ArrayList<>(inC.isPresent() ? List.of(C) : List.of());
        Arrays.stream(RoundTrip.Way.values()).map(RoundTrip.Way::id).forEach(ways::add);
        boolean isMemoryMeasured = omissions.allowsDescriptors("the memory of a thread", 2 * threads + JVM_DESCRIPTORS);
        Progress progress = new Progress(spec.commandLine().getErr(),
                rounds * (2 * ways.size() + (isMemoryMeasured ? ParkedMemory.Way.values().length : 0)));
        Report report = new Report(spec.commandLine().getOut());
        for (boolean isBusy : new boolean[] {false, true}) {
            Map<String, List<double[]>> results = new LinkedHashMap<>();
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < ways.size(); i++) {
                    String way = ways.get((i + round) % ways.size());
                    progress.step(way);
                    List<String> command = way.equals(C) ? inC.orElseThrow().command("" + warmup, "" + seconds)
                            : java(RoundTrip.class, RoundTrip.Way.of(way).flags(), way, "" + warmup, "" + seconds);
                    double[] result = isBusy ? runBusy(command) : run(command);
                    results.computeIfAbsent(way, any -> new ArrayList<>()).add(result);
                }
            }
            report.table(String.format("%-26s%11s%10s%8s%8s%11s%10s%10s", isBusy ? "round trip, busy" : "round trip",
                    "ns", "by " + BASE, "least", "most", "CPU ns", "by " + BASE, "switches"),
                    ways.stream().map(way -> roundTripLine(way, results)).toList());
        }
        if (isMemoryMeasured) {
            report.table(String.format("%-26s%11s%11s%11s", "live heap of a thread, B", "median", "least", "most"),
                    memory(progress));
        }
        progress.end();
        return omissions.exitStatus();
    }

    private List<String> memory(Progress progress) throws IOException {
        Map<String, List<Double>> results = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (ParkedMemory.Way way : ParkedMemory.Way.values()) {
                progress.step(way.title());
                double[] result = run(java(ParkedMemory.class, List.of(), way.name(), "" + threads));
                results.computeIfAbsent(way.title(), any -> new ArrayList<>()).add(result[0]);
            }
        }
        return results.entrySet().stream().map(entry -> {
            Stat bytes = Stat.of(entry.getValue());
            return String.format("%-26s%11.0f%11.0f%11.0f", entry.getKey(), bytes.median(), bytes.min(), bytes.max());
        }).toList();
    }

    private static List<String> java(Class<?> program, List<String> flags, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xlog:disable", "-XX:+UseSerialGC", "-Xmx1g", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(flags);
        String path = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .reduce((left, right) -> left + File.pathSeparator + right).orElseThrow();
        command.addAll(List.of("-cp", path, program.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Returns the numbers of the line that a program prints. */
    private static double[] run(List<String> command) throws IOException {
        return Arrays.stream(CProgram.run(command).getLast().split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    /** Runs a program while every processor has another process that computes. */
    private double[] runBusy(List<String> command) throws IOException {
        List<Process> others = new ArrayList<>();
        try {
            for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
                others.add(new ProcessBuilder("timeout", "" + (int) (60 + warmup + seconds), "sh", "-c",
                        "while :; do :; done").start());
            }
            return run(command);
        } finally {
            others.forEach(Process::destroy); // timeout passes the signal on
        }
    }

    private static String roundTripLine(String way, Map<String, List<double[]>> results) {
        Stat nanos = column(results.get(way), RoundTrip.NANOS);
        Stat cpu = column(results.get(way), RoundTrip.CPU_NANOS);
        Stat ratio = ratio(way, results, RoundTrip.NANOS);
        return String.format("%-26s%11.0f%10.3f%8.3f%8.3f%11.0f%10.3f%10.2f", way, nanos.median(), ratio.median(),
                ratio.min(), ratio.max(), cpu.median(), ratio(way, results, RoundTrip.CPU_NANOS).median(),
                column(results.get(way), RoundTrip.SWITCHES).median());
    }

    private static Stat column(List<double[]> rows, int column) {
        return Stat.of(rows.stream().map(row -> row[column]).toList());
    }

    private static Stat ratio(String way, Map<String, List<double[]>> results, int column) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < results.get(way).size(); i++) {
            ratios.add(results.get(way).get(i)[column] / results.get(BASE).get(i)[column]);
        }
        return Stat.of(ratios);
    }
}
