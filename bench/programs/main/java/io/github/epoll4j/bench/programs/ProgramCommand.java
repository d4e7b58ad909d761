package io.github.epoll4j.bench.programs;

import io.github.epoll4j.bench.Omissions;
import io.github.epoll4j.bench.Positive;
import io.github.epoll4j.bench.Progress;
import io.github.epoll4j.bench.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A program as a sub-command: what all have in common. */
@Command(sortOptions = false, usageHelpAutoWidth = true, exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:everything was measured", "1:nothing was measured", "2:the arguments are wrong",
            "3:something was left out; a line says what, why, and the way out"})
abstract class ProgramCommand implements Callable<Integer> {
    static final int NOTHING = 1;

    final Program program;

    @Parameters(index = "0", paramLabel = "N", description = "connections, of which this process holds both ends")
    int connections;

    @Option(names = "--transport", paramLabel = "unix|tcp", description = "connected pairs of Unix stream sockets, or "
            + "TCP on the loopback (default: unix)")
    Transport transport = Transport.UNIX;

    @Option(names = "--steps", paramLabel = "N", description = "at how many numbers of connections, up to N, it is "
            + "measured (default: ${DEFAULT-VALUE})")
    int steps = ProgramSetting.STEPS;

    @Option(names = "--with-c", description = "also run the same program in C, as a process of its own, by turns")
    private boolean withC;

    @Option(names = {"--repeat", "--rounds-of-measurement"}, paramLabel = "N",
            description = "how often the program runs; the median counts (default: ${DEFAULT-VALUE})")
    private int runs = 3;

    @Option(names = "--warmup", paramLabel = "S",
            description = "how long it runs with a few connections before (default: ${DEFAULT-VALUE})")
    private double warmup = 0.5;

    @Option(names = "--out", paramLabel = "DIR", description = "also write a CSV file into this folder")
    private Path out;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this help")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    ProgramCommand(Program program) {
        this.program = program;
    }

    abstract ProgramSetting setting();

    @Override
    public Integer call() throws IOException {
        require("N", connections);
        require("--steps", steps);
        require("--repeat", runs);
        Positive.requireZeroOrMore(spec, "--warmup", warmup);
        ProgramMeasurement measurement = new ProgramMeasurement(setting(), runs, withC, warmup);
        PrintWriter error = spec.commandLine().getErr();
        Progress progress = new Progress(error, measurement.steps());
        List<ProgramResult> results = measurement.measure(progress::step);
        progress.end();
        measurement.notes().forEach(error::println);
        error.flush();
        print(results);
        boolean hasJava = results.stream().anyMatch(result -> result.language() == Language.JAVA);
        return !hasJava ? NOTHING : measurement.notes().isEmpty() ? 0 : Omissions.EXIT_STATUS;
    }

    private void print(List<ProgramResult> results) throws IOException {
        if (results.isEmpty()) {
            return;
        }
        Report report = new Report(spec.commandLine().getOut());
        ProgramSetting setting = results.getFirst().setting();
        report.table(title(setting) + "\n" + ProgramResult.header(), results.stream()
                .filter(result -> result.language() == Language.JAVA)
                .map(result -> result.line(results.stream()
                        .filter(other -> other.language() == Language.C
                                && other.connections() == result.connections())
                        .findFirst().orElse(null)))
                .toList());
        if (out != null) {
            report.csv(out, "programs", ProgramResult.csvHeader(),
                    results.stream().map(ProgramResult::csvLine).toList());
        }
    }

    /** Says what the seconds are. */
    abstract String title(ProgramSetting setting);

    final void require(String name, int value) {
        Positive.require(spec, name, value);
    }

    final CommandLine commandLine() {
        return spec.commandLine();
    }

    final int runs() {
        return runs;
    }
}
