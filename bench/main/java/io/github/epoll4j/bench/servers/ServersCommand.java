package io.github.epoll4j.bench.servers;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.Disturbance;
import io.github.epoll4j.bench.KernelFile;
import io.github.epoll4j.bench.Omissions;
import io.github.epoll4j.bench.Positive;
import io.github.epoll4j.bench.Progress;
import io.github.epoll4j.bench.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/run servers}: echo servers in alternation. */
@Command(name = "servers", sortOptions = false, usageHelpAutoWidth = true,
        description = "Measures echo servers, each alone on processor 0 and loaded from processor 1, and compares them "
                + "with a level-triggered one in C. In each round every server is a new process. Once all are warmed "
                + "up they are measured in alternation, for half a second at a time, in an order that differs from "
                + "round to round. Ratios are those of processes of the same round. Prints the least value, the "
                + "quartiles and the median, and the messages of each second of the warm-up, which begins with the "
                + "first message. Prints first how long it will take.%n%n"
                + "README's tables are measured by bench/run all --only servers micro. A first look: bench/run servers "
                + "--loads 64x64 --servers c-level,reactor-level,nio,netty --processes 5 --warmup 2 --rate 0%n")
public final class ServersCommand implements Callable<Integer> {
    /** Estimates for a process: its start and end, its start in several ways, and its idle connections. */
    private static final double START_SECONDS = 1;
    private static final double FIRST_ECHO_SECONDS = 2;
    private static final double IDLE_SECONDS = 12;
    /** More descriptors than a server has open beside its connections. */
    private static final int OTHERS = EchoLoad.OTHER_DESCRIPTORS;

    @Option(names = "--processes", paramLabel = "N",
            description = "processes of each server, and so rounds (default: ${DEFAULT-VALUE})")
    private int processes = 15;

    @Option(names = "--loads", split = ",", paramLabel = "LOAD", description = "64x64B, 64x16K, 1000x1K, 10000x1K, "
            + "10000idle+64, pipelined, or how one begins, or none (default: all)")
    private List<String> loadIds = new ArrayList<>(Arrays.stream(EchoLoad.values()).map(EchoLoad::id).toList());

    @Option(names = "--servers", split = ",", paramLabel = "NAME", description = "c-level, c-edge, reactor-level, "
            + "reactor-edge, reactor-answers (under pipelined only: a write for every 64 bytes), reactor-oneshot, "
            + "reactor-poll, reactor-select, raw-level, raw-edge, raw-oneshot, nio, netty-epoll, netty-nio, onenio, "
            + "vthread-epoll4j, vthread-nio, vthread-socket (a virtual thread for each connection), or how "
            + "one begins (default: ${DEFAULT-VALUE})")
    private List<String> serverIds =
            new ArrayList<>(List.of("c-level", "reactor-level", "reactor-answers", "nio", "netty-epoll"));

    @Option(names = "--seconds", paramLabel = "S",
            description = "length of the measurement of a process, in 4 slices; a slice for latencies, after one in "
                    + "which none is kept (default: ${DEFAULT-VALUE})")
    private double seconds = 2;

    @Option(names = "--warmup", paramLabel = "S", description = "length of the load before it, of which the "
            + "messages of each second are printed (default: ${DEFAULT-VALUE})")
    private double warmup = 10;

    @Option(names = "--rate", paramLabel = "N", description = "messages a second while latencies are measured; 0: they "
            + "are not (default: half of what the first server echoes before the rounds, the median of three runs)")
    private Double rate;

    @Option(names = "--idle", paramLabel = "N",
            description = "connections whose memory is measured (default: none)")
    private int idle;

    @Option(names = "--idle-runs", paramLabel = "N",
            description = "how often that is measured, each time in a new process (default: as --processes)")
    private Integer idleRuns;

    @Option(names = "--starts", paramLabel = "N",
            description = "how often the first echo is timed (default: ${DEFAULT-VALUE})")
    private int starts;

    @Option(names = "--retries", paramLabel = "N", description = "how often a slice is repeated if others use "
            + "more than " + Disturbance.PERCENT + " %% of a processor meanwhile (default: ${DEFAULT-VALUE})")
    private int retries = 2;

    @Option(names = "--jvm", paramLabel = "ARG", description = "an argument for the Java servers; may be repeated")
    private List<String> jvmArguments = new ArrayList<>();

    @Option(names = "--out", paramLabel = "DIR", description = "also write CSV files into this folder")
    private Path out;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this help")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;
    private Omissions omissions;
    /** What failed, with its reason: it is measured no more. */
    private final List<String> failures = new ArrayList<>();
    private final Set<Contestant> broken = EnumSet.noneOf(Contestant.class);
    private Progress progress;

    ServersCommand() {
    }

    @Override
    public Integer call() throws IOException {
        Positive.require(spec, "--processes", processes);
        Positive.require(spec, "--seconds", seconds);
        Positive.require(spec, "--idle-runs", idleRuns);
        Positive.requireZeroOrMore(spec, "--warmup", warmup);
        Positive.requireZeroOrMore(spec, "--rate", rate);
        Positive.requireZeroOrMore(spec, "--idle", idle);
        Positive.requireZeroOrMore(spec, "--starts", starts);
        Positive.requireZeroOrMore(spec, "--retries", retries);
        List<EchoLoad> loads = loadIds.equals(List.of("none")) ? List.of()
                : named(spec, "load", loadIds, EchoLoad.values(), EchoLoad::id);
        List<Contestant> contestants = named(spec, "server", serverIds, Contestant.values(), Contestant::id).stream()
                .distinct().sorted().toList(); // C's level-triggered one is the first: the others are compared with it
        omissions = new Omissions(spec.commandLine().getErr());
        Optional<CProgram> load = omissions.program("load", "what loads the servers is in C, so nothing is measured");
        if (load.isEmpty()) {
            return omissions.exitStatus();
        }
        Optional<CProgram> echo = omissions.program("echo", "the servers in C are left out");
        if (echo.isEmpty()) {
            contestants = contestants.stream().filter(contestant -> !contestant.isInC()).toList();
        }
        loads = loads.stream().filter(each -> omissions.allowsDescriptors(each.id(), each.descriptors())).toList();
        if (idle > 0 && !omissions.allowsDescriptors("the memory of " + idle + " connections", (long) idle + OTHERS)) {
            idle = 0;
        }
        Launcher launcher = new Launcher(echo.orElse(null), load.get(), canPin(), jvmArguments);
        plan(loads, contestants);
        List<Footprint> footprints = footprints(launcher, contestants);
        List<Standing> standings = new ArrayList<>();
        for (EchoLoad each : loads) {
            standings.addAll(standings(launcher, each, contestants));
        }
        progress.end();
        print(loads, standings, footprints);
        failures.forEach(omissions::add);
        return omissions.exitStatus();
    }

    /** Returns what some names, or beginnings of names, stand for. */
    static <T> List<T> named(CommandLine.Model.CommandSpec spec, String kind, List<String> names, T[] all,
            Function<T, String> id) {
        return names.stream().map(name -> Arrays.stream(all)
                .filter(each -> id.apply(each).startsWith(name))
                .findFirst()
                .orElseThrow(() -> new CommandLine.ParameterException(
                        spec.commandLine(), "there is no " + kind + " " + name))).toList();
    }

    /** Prints what will be measured, how long that takes at a guess, and the load on the machine before it. */
    private void plan(List<EchoLoad> loads, List<Contestant> contestants) {
        int runs = processes * loads.stream().mapToInt(load -> included(load, contestants).size()).sum();
        int runsForRate = rate != null ? 0 : (int) loads.stream().filter(EchoLoad::hasTimetable).count();
        int firstEchos = starts * contestants.size();
        int idles = idle > 0 ? idleRuns() * contestants.size() : 0;
        boolean hasLatencies = rate == null || rate > 0;
        double latencySeconds = hasLatencies ? 2 * seconds / Rounds.SLICES : 0;
        double loadSeconds = START_SECONDS + warmup + seconds;
        double allSeconds = runs * (loadSeconds + latencySeconds) + runsForRate * loadSeconds
                + firstEchos * FIRST_ECHO_SECONDS + idles * IDLE_SECONDS;
        PrintWriter lines = spec.commandLine().getOut();
        lines.printf("%d servers, %d loads, %d processes of each: about %d minutes without repetitions; load "
                        + "average %s%n",
                contestants.size(), loads.size(), processes, (long) Math.ceil(allSeconds / 60),
                KernelFile.value("/proc/loadavg", "").orElse("unknown"));
        lines.flush();
        progress = new Progress(spec.commandLine().getErr(),
                runs * (1 + Rounds.SLICES + (hasLatencies ? 1 : 0)) + runsForRate + firstEchos + idles);
    }

    private static List<Contestant> included(EchoLoad load, List<Contestant> contestants) {
        return contestants.stream().filter(load::includes).toList();
    }

    private boolean canPin() {
        if (Runtime.getRuntime().availableProcessors() < 2) {
            say("one processor: server and load share it, and no ratio means much");
            return false;
        }
        boolean isThere = CProgram.find("taskset").isPresent();
        if (!isThere) {
            say("no taskset on the PATH: servers and loads run on any processor");
        }
        return isThere;
    }

    private int idleRuns() {
        return idleRuns == null ? processes : idleRuns;
    }

    private List<Footprint> footprints(Launcher launcher, List<Contestant> contestants) {
        List<Footprint> footprints = contestants.stream().map(Footprint::new).toList();
        for (int start = 0; start < starts; start++) {
            footprints.forEach(each -> attempt(each.contestant(), "first echo", () -> each.measureStart(launcher)));
        }
        for (int run = 0; idle > 0 && run < idleRuns(); run++) {
            footprints.forEach(each -> attempt(each.contestant(), idle + " idle connections",
                    () -> each.measureIdle(launcher, idle)));
        }
        return footprints.stream().filter(footprint -> !footprint.isEmpty()).toList();
    }

    private List<Standing> standings(Launcher launcher, EchoLoad load, List<Contestant> contestants)
            throws IOException {
        broken.clear();
        Rounds all = new Rounds(load, included(load, contestants), retries, this::attempt,
                (contestant, perSecond) -> open(launcher, load, contestant, perSecond));
        double perSecond = !load.hasTimetable() ? 0 : rate == null ? all.rate() : rate;
        return all.measure(processes, perSecond);
    }

    private Rounds.Session open(Launcher launcher, EchoLoad load, Contestant contestant, double perSecond)
            throws IOException {
        List<String> options = new ArrayList<>(load.options());
        options.addAll(List.of("--warmup", "" + warmup, "--seconds", "" + seconds / Rounds.SLICES,
                "--rate", "" + perSecond, "--slices"));
        return new LoadedServer(launcher, contestant, options);
    }

    /** Runs a step for a server, unless it failed before under this load. */
    private void attempt(Contestant contestant, String what, Rounds.Step step) {
        progress.step(contestant.title() + ", " + what);
        if (broken.contains(contestant)) {
            return;
        }
        try {
            step.run();
        } catch (IOException e) {
            broken.add(contestant);
            failures.add(contestant.id() + ", " + what + ": " + e.getMessage());
        }
    }

    private void print(List<EchoLoad> loads, List<Standing> standings, List<Footprint> footprints)
            throws IOException {
        Report report = new Report(spec.commandLine().getOut());
        PrintWriter lines = spec.commandLine().getOut();
        lines.println("java " + String.join(" ", Launcher.JVM_FLAGS) + " " + String.join(" ", jvmArguments));
        if (!footprints.isEmpty()) {
            report.table(Footprint.header(), footprints.stream().map(Footprint::line).toList());
        }
        List<Pair> pairs = new ArrayList<>();
        for (EchoLoad load : loads) {
            List<Standing> own = standings.stream().filter(each -> each.load() == load).toList();
            report.table(load.title() + own.stream().findFirst().map(Standing::rateWords).orElse("") + "\n"
                    + Standing.header(), own.stream().map(Standing::line).toList());
            print(Pair.header(), Pair.of(own).stream().map(Pair::line).toList());
            print(Standing.secondsHeader(own.stream().mapToInt(Standing::seconds).max().orElse(0)),
                    own.stream().map(Standing::secondsLine).toList());
            pairs.addAll(Pair.of(own));
        }
        if (out != null) {
            csv(report, "servers", Standing.csvHeader(), standings.stream().map(Standing::csvLine).toList());
            csv(report, "servers-pairs", Pair.csvHeader(), pairs.stream().map(Pair::csvLine).toList());
            csv(report, "servers-seconds", Standing.secondsCsvHeader(),
                    standings.stream().flatMap(each -> each.secondsCsvLines().stream()).toList());
            csv(report, "servers-rounds", Standing.rawHeader(),
                    standings.stream().flatMap(each -> each.rawLines().stream()).toList());
            csv(report, "servers-footprint", Footprint.csvHeader(),
                    footprints.stream().map(Footprint::csvLine).toList());
        }
    }

    private void print(String header, List<String> lines) {
        if (!lines.isEmpty()) {
            PrintWriter writer = spec.commandLine().getOut();
            writer.println();
            writer.println(header);
            lines.forEach(writer::println);
            writer.flush();
        }
    }

    private void csv(Report report, String name, String header, List<String> lines) throws IOException {
        if (!lines.isEmpty()) {
            report.csv(out, name, header, lines);
        }
    }

    private void say(String line) {
        spec.commandLine().getErr().println(line);
        spec.commandLine().getErr().flush();
    }
}
