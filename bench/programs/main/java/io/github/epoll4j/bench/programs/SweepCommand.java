package io.github.epoll4j.bench.programs;

import io.github.epoll4j.bench.Omissions;
import io.github.epoll4j.bench.Positive;
import io.github.epoll4j.bench.Progress;
import io.github.epoll4j.bench.Report;
import io.github.epoll4j.bench.programs.SweepMeasurement.Scale;
import io.github.epoll4j.bench.programs.SweepPoint.Sweep;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bench/run sweep}: what select, poll and epoll cost as one thing is varied. */
@Command(name = "sweep", sortOptions = false, usageHelpAutoWidth = true,
        header = "Varies the connections, the part that is ready, or the trigger.",
        description = "Varies one thing and measures what a wait and the reads of what is ready cost with "
                + "select (up to 1000 connections), poll and epoll, in C and in Java by turns. connections: 100 to "
                + "10000, of which exactly one is ready. active: one, 1 %%, 10 %% and 100 %% of 10000 are ready. "
                + "triggers: level, edge (reads until nothing is left) and one-shot (armed again after each event), "
                + "with a tenth ready. One thread writes a byte into each connection that is to be ready, and then "
                + "serves them; only the latter is timed. Connections are pairs of Unix stream sockets, both ends in "
                + "the process. Calls to epoll_ctl contain one ADD for each connection.",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:everything was measured", "1:nothing was measured", "2:the arguments are wrong",
            "3:something was left out; a line says what, why, and the way out"})
public final class SweepCommand implements Callable<Integer> {
    private static final String ALL = "all";

    @Parameters(paramLabel = "connections|active|triggers|all", description = "what is varied")
    private String what;

    @Option(names = "--quick", description = "fewer and shorter measurements, and fewer numbers of connections")
    private boolean quick;

    @Option(names = "--repeat", paramLabel = "N",
            description = "how often each is measured; the median counts (default: 5; 3 with --quick)")
    private Integer runs;

    @Option(names = "--millis", paramLabel = "MS",
            description = "about how long a measurement takes (default: 30; 10 with --quick)")
    private Integer millis;

    @Option(names = "--connections", paramLabel = "N",
            description = "the largest number of connections (default: 10000)")
    private Integer most;

    @Option(names = "--out", paramLabel = "DIR", description = "also write a CSV file into this folder")
    private Path out;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this help")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    SweepCommand() {
    }

    @Override
    public Integer call() throws IOException {
        Scale base = quick ? Scale.QUICK : Scale.FULL;
        SweepMeasurement measurement = new SweepMeasurement(sweeps(), new Scale(
                positive("--repeat", runs, base.runs()), positive("--millis", millis, base.millis()),
                positive("--connections", most, base.most()), quick));
        PrintWriter error = spec.commandLine().getErr();
        Progress progress = new Progress(error, measurement.steps());
        List<SweepResult> results = measurement.measure(progress::step);
        progress.end();
        measurement.notes().forEach(error::println);
        error.flush();
        print(results);
        boolean hasJava = results.stream().anyMatch(result -> result.language() == Language.JAVA);
        return !hasJava ? ProgramCommand.NOTHING : measurement.notes().isEmpty() ? 0 : Omissions.EXIT_STATUS;
    }

    private Set<Sweep> sweeps() {
        if (what.equals(ALL)) {
            return EnumSet.allOf(Sweep.class);
        }
        return EnumSet.of(Arrays.stream(Sweep.values()).filter(sweep -> sweep.id().equals(what)).findFirst()
                .orElseThrow(() -> new CommandLine.ParameterException(spec.commandLine(), "there is no sweep " + what
                        + ": connections, active, triggers or all")));
    }

    private int positive(String name, Integer value, int otherwise) {
        Positive.require(spec, name, value);
        return value == null ? otherwise : value;
    }

    private void print(List<SweepResult> results) throws IOException {
        if (results.isEmpty()) {
            return;
        }
        Report report = new Report(spec.commandLine().getOut());
        for (Sweep sweep : Sweep.values()) {
            List<SweepResult> own = results.stream().filter(result -> result.point().sweep() == sweep).toList();
            if (!own.isEmpty()) {
                report.table(sweep.title() + "\n" + SweepResult.header(), own.stream()
                        .filter(result -> result.language() == Language.JAVA)
                        .map(result -> result.line(own.stream()
                                .filter(other -> other.language() == Language.C
                                        && other.point().equals(result.point()))
                                .findFirst().orElse(null)))
                        .toList());
            }
        }
        if (out != null) {
            report.csv(out, "sweeps", SweepResult.csvHeader(), results.stream().map(SweepResult::csvLine).toList());
        }
    }
}
