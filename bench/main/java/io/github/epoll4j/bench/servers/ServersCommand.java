package io.github.epoll4j.bench.servers;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.Disturbance;
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

/** {@code bench/run servers}: echo servers, in turn. */
@Command(name = "servers", sortOptions = false, usageHelpAutoWidth = true,
        description = "Measures echo servers in turn, each alone on processor 0 and loaded from processor 1, and "
                + "compares them with a level-triggered one in C.")
public final class ServersCommand implements Callable<Integer> {
    /** How long a server is warmed up that compiles nothing. */
    private static final double MOST_WARMUP_IN_C = 1;
    /** More descriptors than a server has open beside its connections. */
    private static final int OTHERS = EchoLoad.OTHER_DESCRIPTORS;

    @Option(names = "--rounds", paramLabel = "N", description = "how often they take turns (default: ${DEFAULT-VALUE})")
    private int rounds = 5;

    @Option(names = "--loads", split = ",", paramLabel = "LOAD", description = "64x64B, 64x16K, 1000x1K, 10000x1K, "
            + "10000idle+64, or none (default: all)")
    private List<String> loadIds = new ArrayList<>(Arrays.stream(EchoLoad.values()).map(EchoLoad::id).toList());

    @Option(names = "--servers", split = ",", paramLabel = "NAME", description = "c-level, c-edge, reactor-level, "
            + "reactor-edge, reactor-oneshot, reactor-poll, reactor-select, raw-level, raw-edge, "
            + "raw-oneshot, nio, netty-epoll, netty-nio, onenio "
            + "(default: all)")
    private List<String> serverIds = new ArrayList<>(Arrays.stream(Contestant.values()).map(Contestant::id).toList());

    @Option(names = "--seconds", paramLabel = "S",
            description = "length of a measurement; as long again for latencies, after half a second, or as long if "
                    + "that is less, in which none is kept (default: ${DEFAULT-VALUE})")
    private double seconds = 2;

    @Option(names = "--warmup", paramLabel = "S", description = "the time before it, of a server in C, which "
            + "compiles nothing, 1 at most (default: ${DEFAULT-VALUE})")
    private double warmup = 3;

    @Option(names = "--rate", paramLabel = "N", description = "messages a second while latencies are measured; 0: they "
            + "are not (default: half of what the first server echoes before the rounds, the median of three runs)")
    private Double rate;

    @Option(names = "--idle", paramLabel = "N",
            description = "connections whose memory is measured; 0: none (default: ${DEFAULT-VALUE})")
    private int idle = 10_000;

    @Option(names = "--idle-runs", paramLabel = "N",
            description = "how often that is measured, each time in a new process (default: as --rounds)")
    private Integer idleRuns;

    @Option(names = "--starts", paramLabel = "N",
            description = "how often the first echo is timed (default: ${DEFAULT-VALUE})")
    private int starts = 10;

    @Option(names = "--retries", paramLabel = "N", description = "how often a measurement is repeated if others use "
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
        Positive.require(spec, "--rounds", rounds);
        Positive.require(spec, "--seconds", seconds);
        Positive.require(spec, "--idle-runs", idleRuns);
        Positive.requireZeroOrMore(spec, "--warmup", warmup);
        Positive.requireZeroOrMore(spec, "--rate", rate);
        Positive.requireZeroOrMore(spec, "--idle", idle);
        Positive.requireZeroOrMore(spec, "--starts", starts);
        Positive.requireZeroOrMore(spec, "--retries", retries);
        List<EchoLoad> loads = loadIds.equals(List.of("none")) ? List.of() : named("load", loadIds, EchoLoad.values(),
                EchoLoad::id);
        List<Contestant> contestants = named("server", serverIds, Contestant.values(), Contestant::id).stream()
                .sorted().toList(); // C's level-triggered one, by which the others are judged, is the first
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
        progress = new Progress(spec.commandLine().getErr(),
                contestants.size() * (rounds * loads.size() + starts + (idle > 0 ? idleRuns() : 0))
                        + (rate == null ? Rounds.RUNS_FOR_RATE * loads.size() : 0));
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

    private <T> List<T> named(String kind, List<String> names, T[] all, Function<T, String> id) {
        return names.stream().map(name -> Arrays.stream(all)
                .filter(each -> id.apply(each).equals(name))
                .findFirst()
                .orElseThrow(() -> new CommandLine.ParameterException(
                        spec.commandLine(), "there is no " + kind + " " + name))).toList();
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
        return idleRuns == null ? rounds : idleRuns;
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

    private List<Standing> standings(Launcher launcher, EchoLoad load, List<Contestant> contestants) {
        broken.clear();
        Rounds all = new Rounds(load, contestants, retries, this::attempt,
                (contestant, perSecond) -> measure(launcher, load, contestant, perSecond));
        return all.measure(rounds, rate == null ? all.rate() : rate);
    }

    private LoadRun measure(Launcher launcher, EchoLoad load, Contestant contestant, double perSecond)
            throws IOException {
        List<String> options = new ArrayList<>(load.options());
        options.addAll(List.of("--warmup", "" + warmup(contestant, warmup), "--seconds", "" + seconds, "--rate",
                "" + perSecond));
        try (ServerProcess server = launcher.start(contestant)) {
            return LoadRun.of(launcher.load(server, options), server, !contestant.isInC());
        }
    }

    static double warmup(Contestant contestant, double seconds) {
        return contestant.isInC() ? Math.min(MOST_WARMUP_IN_C, seconds) : seconds;
    }

    /** Does one step for a server, unless it failed before under this load. */
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
        for (EchoLoad load : loads) {
            List<Standing> own = standings.stream().filter(each -> each.load() == load).toList();
            report.table(load.title() + own.stream().findFirst().map(Standing::rateWords).orElse("") + "\n"
                    + Standing.header(), own.stream().map(Standing::line).toList());
        }
        if (out != null) {
            report.csv(out, "servers", Standing.csvHeader(), standings.stream().map(Standing::csvLine).toList());
            report.csv(out, "servers-rounds", Standing.rawHeader(),
                    standings.stream().flatMap(each -> each.rawLines().stream()).toList());
            report.csv(out, "servers-footprint", Footprint.csvHeader(),
                    footprints.stream().map(Footprint::csvLine).toList());
        }
    }

    private void say(String line) {
        spec.commandLine().getErr().println(line);
        spec.commandLine().getErr().flush();
    }
}
