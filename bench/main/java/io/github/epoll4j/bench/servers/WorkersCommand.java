package io.github.epoll4j.bench.servers;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.Omissions;
import io.github.epoll4j.bench.Positive;
import io.github.epoll4j.bench.Progress;
import io.github.epoll4j.bench.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/run workers}: how many workers, and of which kind. */
@Command(name = "workers", sortOptions = false, usageHelpAutoWidth = true,
        description = "Measures an epoll4j server whose handlers run on a pool of workers, by their number and kind: "
                + "handlers that compute for about 100 microseconds, and handlers that sleep for a millisecond. The "
                + "load is a process of its own, whose clients ask again as soon as they have their answer, and check "
                + "each byte of it; server and load share all processors.")
public final class WorkersCommand implements Callable<Integer> {
    private static final int ROUNDS = 5;
    private static final int QUICK_ROUNDS = 2;
    private static final double SECONDS = 0.75;
    private static final double QUICK_SECONDS = 0.3;
    private static final double WARMUP = 0.5;
    private static final double QUICK_WARMUP = 0.2;
    private static final int LEAST_CONNECTIONS = 64;
    private static final int BYTES = 64;
    /** More than a JVM and the load have open. */
    private static final int OTHER_DESCRIPTORS = 100;

    @Option(names = "--quick", description = "2 rounds of 0.3 s, for a first look: 40 seconds for all, which takes "
            + "3 minutes otherwise (two processors)")
    private boolean quick;

    @Option(names = "--handlers", split = ",", paramLabel = "NAME", description = "cpu, blocking (default: both)")
    private List<String> handlers = new ArrayList<>(List.of("cpu", "blocking"));

    @Option(names = "--threads", split = ",", paramLabel = "NAME", description = "platform, virtual (default: both)")
    private List<String> threads = new ArrayList<>(List.of("platform", "virtual"));

    @Option(names = "--workers", split = ",", paramLabel = "N",
            description = "numbers of workers (default: 1, processors, processors + 1, twice and 8 times as many)")
    private List<Integer> workers = new ArrayList<>();

    @Option(names = "--rounds", paramLabel = "N", description = "how often they take turns (default: 5)")
    private Integer rounds;

    @Option(names = "--seconds", paramLabel = "S", description = "length of a measurement (default: 0.75)")
    private Double seconds;

    @Option(names = "--warmup", paramLabel = "S", description = "the time before it (default: 0.5)")
    private Double warmup;

    @Option(names = "--jvm", paramLabel = "ARG", description = "an argument for the servers; may be repeated")
    private List<String> jvmArguments = new ArrayList<>();

    @Option(names = "--out", paramLabel = "DIR", description = "also write a CSV file into this folder")
    private Path out;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this help")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    WorkersCommand() {
    }

    @Override
    public Integer call() throws IOException {
        Positive.require(spec, "--rounds", rounds);
        Positive.require(spec, "--seconds", seconds);
        Positive.requireZeroOrMore(spec, "--warmup", warmup);
        workers.forEach(number -> Positive.require(spec, "--workers", number));
        requireKnown("handler", handlers, List.of("cpu", "blocking"));
        requireKnown("kind of threads", threads, List.of("platform", "virtual"));
        List<Integer> numbers = numbers();
        Omissions omissions = new Omissions(spec.commandLine().getErr());
        Optional<CProgram> load = omissions.program("load", "what loads the server is in C, so nothing is measured");
        int connections = Math.max(LEAST_CONNECTIONS, 2 * numbers.stream().max(Integer::compare).orElseThrow());
        boolean canStart = omissions.allowsDescriptors(
                "the load of " + connections + " connections", connections + OTHER_DESCRIPTORS);
        if (load.isEmpty() || !canStart) {
            return omissions.exitStatus();
        }
        List<WorkersRow> rows = new ArrayList<>();
        handlers.forEach(handler -> threads.forEach(kind -> numbers.forEach(
                number -> rows.add(new WorkersRow(handler, kind, number)))));
        measure(new Launcher(load.get(), jvmArguments), rows, connections, omissions);
        print(rows.stream().filter(row -> !row.isEmpty()).toList(), connections);
        return omissions.exitStatus();
    }

    private void requireKnown(String kind, List<String> names, List<String> known) {
        for (String name : names) {
            if (!known.contains(name)) {
                throw new CommandLine.ParameterException(spec.commandLine(), "there is no " + kind + " " + name);
            }
        }
    }

    private List<Integer> numbers() {
        int cores = Runtime.getRuntime().availableProcessors();
        List<Integer> numbers = workers.isEmpty()
                ? IntStream.of(1, cores, cores + 1, 2 * cores, 8 * cores).boxed().toList() : workers;
        if (numbers.stream().anyMatch(number -> number < 1)) {
            throw new CommandLine.ParameterException(spec.commandLine(), "a pool has at least one worker");
        }
        return numbers.stream().distinct().sorted().toList();
    }

    private void measure(Launcher launcher, List<WorkersRow> rows, int connections, Omissions omissions) {
        List<String> options = List.of("--connections", "" + connections, "--size", "" + BYTES, "--response-times",
                "--warmup", "" + orElse(warmup, QUICK_WARMUP, WARMUP),
                "--seconds", "" + orElse(seconds, QUICK_SECONDS, SECONDS));
        int turns = rounds != null ? rounds : quick ? QUICK_ROUNDS : ROUNDS;
        Progress progress = new Progress(spec.commandLine().getErr(), turns * rows.size());
        Set<WorkersRow> broken = new HashSet<>();
        for (int round = 1; round <= turns; round++) {
            for (WorkersRow row : rows) {
                progress.step(row.server());
                if (broken.contains(row)) {
                    continue;
                }
                try (ServerProcess server = launcher.start(row.server())) {
                    row.addRound(LoadRun.of(launcher.load(server, options), server));
                } catch (IOException e) {
                    broken.add(row);
                    omissions.add(row.server() + " is left out from round " + round + " on: " + e.getMessage());
                }
            }
        }
        progress.end();
    }

    private double orElse(Double given, double quickly, double normally) {
        return given != null ? given : quick ? quickly : normally;
    }

    private void print(List<WorkersRow> rows, int connections) throws IOException {
        Report report = new Report(spec.commandLine().getOut());
        report.table(connections + " clients, each with a message of " + BYTES + " bytes under way; p50 and p99 of the "
                + "response time (closed loop)\n"
                + WorkersRow.header(), rows.stream().map(WorkersRow::line).toList());
        if (out != null) {
            report.csv(out, "workers", WorkersRow.csvHeader(), rows.stream().map(WorkersRow::csvLine).toList());
        }
    }
}
