package io.github.epoll4j.bench.report;

import io.github.epoll4j.bench.Positive;
import io.github.epoll4j.bench.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/run check}: whether what is promised is so. */
@Command(name = "check", sortOptions = false, usageHelpAutoWidth = true,
        description = "Measures what the README promises (bench/promises.csv) and compares. Takes about 9 minutes on "
                + "two processors, on which nothing else should run.",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:each promise is kept, if only by a quartile of servers' rounds, or missed by 10 %% at most",
            "1:one is missed by more, was not measured, or a measurement failed in part",
            "2:it was called wrongly"})
public final class CheckCommand implements Callable<Integer> {
    @Option(names = "--rounds", paramLabel = "N", description = "how often everything is measured, the first echo and "
            + "the memory included (default: ${DEFAULT-VALUE})")
    private int rounds = 5;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this help")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;
    private boolean isIncomplete;

    CheckCommand() {
    }

    @Override
    public Integer call() throws IOException {
        Positive.require(spec, "--rounds", rounds);
        List<Promise> promises = Promise.all();
        int status = judge(promises, measure(promises), spec.commandLine().getOut());
        return isIncomplete ? 1 : status;
    }

    /** Prints a line for each promise, and returns the exit status. */
    static int judge(List<Promise> promises, Results results, PrintWriter out) {
        int status = 0;
        for (Promise promise : promises) {
            out.println(promise.line(results));
            status = promise.isKept(results) ? status : 1;
        }
        out.flush();
        return status;
    }

    private Results measure(List<Promise> promises) throws IOException {
        List<RunStep> steps = steps(promises, rounds);
        PrintWriter err = spec.commandLine().getErr();
        Progress progress = new Progress(err, steps.size(), steps.stream().mapToInt(RunStep::seconds).sum());
        Path folder = Files.createTempDirectory("epoll4j-check");
        Path tables = Files.createTempFile("epoll4j-check", ".txt");
        try {
            for (RunStep step : steps) {
                progress.step(step.title(), step.seconds());
                StepRun run = StepRun.of(step, folder, tables, progress);
                if (!run.isComplete()) {
                    isIncomplete = true; // also if enough is left to judge by: a server that broke is no success
                    progress.end();
                    run.errors().stream().limit(5).forEach(err::println);
                }
            }
            progress.end();
            return Results.read(folder);
        } finally {
            for (Path file : Results.files(folder)) {
                Files.delete(file);
            }
            Files.delete(folder);
            Files.delete(tables);
        }
    }

    /** Returns the steps of all that is promised: calls, servers and those that they are compared with, and memory. */
    static List<RunStep> steps(List<Promise> promises, int rounds) {
        List<RunStep> steps = new ArrayList<>();
        List<String> micro = new ArrayList<>(List.of("micro", "--rounds=" + rounds, "--iterations=10", "--millis=50"));
        micro.addAll(distinct(promises, "micro", "subject"));
        int subjects = distinct(promises, "micro", "subject").size();
        if (subjects > 0) {
            steps.add(new RunStep("micro", "single calls", List.copyOf(micro), 5 + 3 * rounds * subjects));
        }
        List<String> loads = distinct(promises, "servers", "load");
        List<String> servers = Stream.of(List.of("c-level", "reactor-level"), distinct(promises, "servers", "server"),
                distinct(promises, "servers", "than")).flatMap(List::stream).distinct().toList();
        boolean isWeighing = promises.stream().anyMatch(promise -> promise.table().equals("servers-footprint"));
        if (!loads.isEmpty() || isWeighing) {
            steps.add(new RunStep("servers", "echo servers", List.of("servers", "--processes=" + rounds,
                    "--servers=" + String.join(",", servers),
                    "--loads=" + (loads.isEmpty() ? "none" : String.join(",", loads)),
                    "--warmup=8", "--seconds=1", "--rate=0", "--starts=" + (isWeighing ? rounds : 0),
                    "--idle-runs=" + rounds, "--idle=" + (isWeighing ? 10_000 : 0)),
                    10 + rounds * servers.size() * (10 * loads.size() + (isWeighing ? 8 : 0))));
        }
        return steps;
    }

    /** Returns the values that promises about a table, or one of pairs beside it, have in a column. */
    private static List<String> distinct(List<Promise> promises, String table, String column) {
        return promises.stream().filter(promise -> promise.table().replace("-pairs", "").equals(table))
                .map(promise -> promise.of(column)).filter(value -> !value.isEmpty()).distinct().toList();
    }
}
