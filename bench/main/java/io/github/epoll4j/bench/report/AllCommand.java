package io.github.epoll4j.bench.report;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.Positive;
import io.github.epoll4j.bench.Progress;
import io.github.epoll4j.bench.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/run all}: all measurements, and their report. */
@Command(name = "all", sortOptions = false, usageHelpAutoWidth = true,
        description = "Makes all measurements, each in a JVM of its own, and writes CSV files, charts and REPORT.md "
                + "into a folder. It takes hours, in which nothing else should run; "
                + "--quick takes minutes, with fewer servers and rounds. README's tables come from "
                + "--only servers micro on a quiet machine. Prints first how long it will take. Each measurement's "
                + "results are in the folder once it has ended: if the run is interrupted, bench/run report writes the "
                + "report of those.",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:all was measured", "1:a measurement failed", "2:it was called wrongly",
            "3:something was left out; standard error says what, why, and the way out"})
public final class AllCommand implements Callable<Integer> {
    private static final String TABLES = "output.txt";

    @Option(names = "--quick", description = "fewer and shorter rounds")
    private boolean quick;

    @Option(names = "--processes", paramLabel = "N",
            description = "processes of each server under each load (default: ${DEFAULT-VALUE}; 1 if it is quick)")
    private int processes = 15;

    @Option(names = "--out", paramLabel = "DIR",
            description = "the folder, which holds no results yet (default: bench/results/<date>-<machine>)")
    private Path out;

    @Option(names = "--only", paramLabel = "STEP", arity = "1..*",
            description = "only some: servers, startup, micro, sweeps, workers, programs")
    private List<String> only = new ArrayList<>();

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this help")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    AllCommand() {
    }

    @Override
    public Integer call() throws IOException {
        Positive.require(spec, "--processes", processes);
        List<RunStep> steps = chosen();
        Path folder = out != null ? out : ofToday(CProgram.home().resolve("results"));
        if (holdsResults(folder)) {
            throw new IOException(folder + " holds results already: name another folder by --out");
        }
        try {
            Files.createDirectories(folder);
        } catch (FileSystemException e) {
            throw new IOException("cannot make the folder " + folder + ": name one that can be written by --out", e);
        }
        return run(steps, folder);
    }

    /** Returns the name of a folder of today that holds no results. */
    private static Path ofToday(Path results) throws IOException {
        String name = LocalDate.now() + "-" + Environment.machineName();
        Path folder = results.resolve(name);
        for (int i = 2; holdsResults(folder); i++) {
            folder = results.resolve(name + "-" + i);
        }
        return folder;
    }

    private static boolean holdsResults(Path folder) throws IOException {
        return Files.isDirectory(folder)
                && (Files.exists(folder.resolve(Environment.FILE)) || !Results.files(folder).isEmpty());
    }

    private List<RunStep> chosen() {
        List<RunStep> steps = RunStep.all(quick, processes);
        List<String> groups = steps.stream().map(RunStep::group).distinct().toList();
        for (String name : only) {
            if (!groups.contains(name)) {
                throw new CommandLine.ParameterException(spec.commandLine(), "there is no step " + name + ": "
                        + String.join(", ", groups));
            }
        }
        return steps.stream().filter(step -> only.isEmpty() || only.contains(step.group())).toList();
    }

    /** Makes all steps. What one has measured is in the folder before the next one begins, with its environment. */
    int run(List<RunStep> steps, Path folder) throws IOException {
        Path tables = folder.resolve(TABLES);
        int seconds = steps.stream().mapToInt(RunStep::seconds).sum();
        spec.commandLine().getOut().printf("%d measurements, about %d minutes%n", steps.size(), 1 + seconds / 60);
        spec.commandLine().getOut().flush();
        Map<String, Object> environment = Environment.ofMachine();
        environment.put("quick", quick);
        environment.put("planned", steps.size());
        Set<String> commands = spec.parent().commandLine().getSubcommands().keySet();
        Progress progress = new Progress(spec.commandLine().getErr(), steps.size(), seconds);
        List<Map<String, Object>> entries = new ArrayList<>();
        keep(folder, environment, entries);
        int status = 0;
        for (RunStep step : steps) {
            progress.step(step.title(), step.seconds());
            boolean isKnown = step.isOfPrograms() || commands.contains(step.command().getFirst());
            StepRun run = isKnown ? StepRun.of(step, folder, tables, progress)
                    : new StepRun(step, CommandLine.ExitCode.USAGE,
                            List.of("there is no command " + step.command().getFirst()), 0);
            if (isKnown) {
                forgetPlaces(tables);
            }
            entries.add(run.entry());
            keep(folder, environment, entries);
            progress.end();
            tell(run, entries.size() + " of " + steps.size());
            status = run.hasFailed() ? 1 : status == 0 ? run.status() : status;
        }
        if (Results.files(folder).isEmpty()) {
            spec.commandLine().getErr().println("nothing was measured, so there is no report");
            return 1;
        }
        spec.commandLine().getOut().println("written to " + ReportCommand.write(folder));
        return status;
    }

    /** Removes the lines that name the folder, whose path is of no interest elsewhere. */
    private static void forgetPlaces(Path tables) throws IOException {
        Files.write(tables, Files.readAllLines(tables).stream()
                .filter(line -> !line.startsWith(Report.PLACE)).toList());
    }

    private static void keep(Path folder, Map<String, Object> environment, List<Map<String, Object>> entries)
            throws IOException {
        Environment.end(environment, entries);
        Environment.write(folder, environment);
    }

    /** Prints how long it took, and what was left out or failed; the other steps go on. */
    private void tell(StepRun run, String place) {
        PrintWriter lines = spec.commandLine().getOut();
        lines.printf("%s: %s, %d s%n", place, run.step().title(), run.seconds());
        lines.flush();
        if (run.isComplete()) {
            return;
        }
        PrintWriter err = spec.commandLine().getErr();
        err.println(String.join(" ", run.step().command()) + (run.hasFailed()
                ? ": failed with exit status " + run.status() : ": something was left out"));
        run.errors().stream().limit(5).forEach(line -> err.println("  " + line));
        err.flush();
    }
}
