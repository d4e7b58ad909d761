package io.github.epoll4j.bench.micro;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.Omissions;
import io.github.epoll4j.bench.Positive;
import io.github.epoll4j.bench.Progress;
import io.github.epoll4j.bench.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bench/run micro}: each call in C and in Java, in alternation. */
@Command(name = "micro", sortOptions = false,
        description = "Measures single calls in C and in Java, in alternation, and compares them.")
public final class MicroCommand implements Callable<Integer> {
    private static final int ROUNDS = 5;
    private static final int QUICK_ROUNDS = 2;
    private static final int ITERATIONS = 10;
    private static final int QUICK_ITERATIONS = 5;
    private static final int MILLIS = 40;
    private static final int QUICK_MILLIS = 30;

    @Option(names = "--quick", description = "2 rounds of 5 measurements of 30 ms, for a first look: 3 minutes for all "
            + "subjects, which take 11 otherwise")
    private boolean quick;

    @Option(names = "--rounds", paramLabel = "N",
            description = "how often both are measured, C first in every second round (default: 5)")
    private Integer rounds;

    @Option(names = "--iterations", paramLabel = "N",
            description = "measurements in a round; as many before it to warm up, and 10 at least, "
                    + "or 30 where bytes move (default: 10)")
    private Integer iterations;

    @Option(names = "--millis", paramLabel = "MS", description = "length of a measurement (default: 40)")
    private Integer millis;

    @Option(names = "--jvm", paramLabel = "ARG", description = "an argument for the measured JVMs; may be repeated")
    private List<String> jvmArguments = new ArrayList<>();

    @Option(names = "--out", paramLabel = "DIR", description = "also write a CSV file into this folder")
    private Path out;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this help")
    private boolean help;

    @Parameters(paramLabel = "SUBJECT", description = "subjects, or how their names begin (default: all): "
            + "${COMPLETION-CANDIDATES}", completionCandidates = SubjectNames.class)
    private List<String> names = new ArrayList<>();

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    MicroCommand() {
    }

    @Override
    public Integer call() throws IOException {
        Positive.require(spec, "--rounds", rounds);
        Positive.require(spec, "--iterations", iterations);
        Positive.require(spec, "--millis", millis);
        List<Subject> chosen = Subject.matching(names);
        if (chosen.isEmpty()) {
            throw new CommandLine.ParameterException(spec.commandLine(), "no subject begins with " + names);
        }
        Omissions omissions = new Omissions(spec.commandLine().getErr());
        List<Subject> subjects = new ArrayList<>(chosen);
        subjects.removeIf(each -> !omissions.allowsDescriptors(each.id(), each.descriptors()));
        Map<String, CProgram> programs = buildPrograms(subjects, omissions);
        List<Comparison> comparisons = subjects.stream().map(Comparison::new).toList();
        Set<Subject> broken = EnumSet.noneOf(Subject.class);
        int all = orElse(rounds, QUICK_ROUNDS, ROUNDS);
        Progress progress = new Progress(spec.commandLine().getErr(), all * subjects.size());
        for (int round = 1; round <= all; round++) {
            for (Comparison each : comparisons) {
                Subject subject = each.subject();
                progress.step(subject.title());
                try {
                    if (!broken.contains(subject)) {
                        boolean isCFirst = round % 2 == 1;
                        List<Double> before = isCFirst ? runC(programs, subject) : List.of();
                        JmhRun java = runJava(subject);
                        each.addRound(isCFirst ? before : runC(programs, subject), java);
                    }
                } catch (IOException | RunnerException e) {
                    broken.add(subject);
                    omissions.add(subject.id() + " is left out from round " + round + " on: " + e.getMessage());
                }
            }
        }
        progress.end();
        report(comparisons.stream().filter(comparison -> !comparison.isEmpty()).toList());
        return omissions.exitStatus();
    }

    private static Map<String, CProgram> buildPrograms(List<Subject> subjects, Omissions omissions) {
        Map<String, CProgram> programs = new HashMap<>();
        for (String name : subjects.stream().map(Subject::program).distinct().toList()) {
            omissions.program(name, "the columns for C stay empty where bench/c/" + name + ".c fills them")
                    .ifPresent(program -> programs.put(name, program));
        }
        return programs;
    }

    private void report(List<Comparison> comparisons) throws IOException {
        Report report = new Report(spec.commandLine().getOut());
        report.table(Comparison.header(), comparisons.stream().map(Comparison::line).toList());
        if (out != null) {
            report.csv(out, "micro", Comparison.csvHeader(), comparisons.stream().map(Comparison::csvLine).toList());
        }
    }

    private List<Double> runC(Map<String, CProgram> programs, Subject subject) throws IOException {
        CProgram program = programs.get(subject.program());
        if (program == null) {
            return List.of();
        }
        List<String> lines = CProgram.run(program.command(subject.inC(), String.valueOf(millis()),
                String.valueOf(orElse(iterations, QUICK_ITERATIONS, ITERATIONS))));
        return lines.stream().map(line -> Double.valueOf(line.split(" ")[1])).toList();
    }

    private JmhRun runJava(Subject subject) throws RunnerException {
        return JmhRun.of(subject, millis(), orElse(iterations, QUICK_ITERATIONS, ITERATIONS), jvmArguments);
    }

    private int millis() {
        return orElse(millis, QUICK_MILLIS, MILLIS);
    }

    private int orElse(Integer given, int quickly, int normally) {
        return given != null ? given : quick ? quickly : normally;
    }

    /** The names for the help. */
    static final class SubjectNames extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        SubjectNames() {
            super(Subject.matching(List.of()).stream().map(Subject::id).toList());
        }
    }
}
