package io.github.epoll4j.bench.micro;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bench/run micro}: each call in C and in Java, in turn. */
@Command(name = "micro", sortOptions = false,
        description = "Measures single calls in C and in Java, in turn, and compares them.")
public final class MicroCommand implements Callable<Integer> {
    @Option(names = "--quick", description = "two rounds of half the time, for a first look")
    private boolean quick;

    @Option(names = "--rounds", paramLabel = "N", description = "how often C and Java take turns (default: 5)")
    private Integer rounds;

    @Option(names = "--iterations", paramLabel = "N",
            description = "measurements in a round, and as many before it to warm up (default: 10)")
    private Integer iterations;

    @Option(names = "--millis", paramLabel = "MS", description = "length of a measurement (default: 100)")
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
    public Integer call() throws IOException, RunnerException {
        List<Comparison> comparisons = new ArrayList<>();
        List<Subject> subjects = Subject.matching(names);
        if (subjects.isEmpty()) {
            throw new CommandLine.ParameterException(spec.commandLine(), "no subject begins with " + names);
        }
        PrintWriter error = spec.commandLine().getErr();
        Optional<CProgram> inC = CProgram.build("micro");
        if (inC.isEmpty()) {
            error.println("no C compiler ($CC, or cc on the PATH): the columns for C stay empty");
        }
        subjects.forEach(subject -> comparisons.add(new Comparison(subject)));
        int turns = orElse(rounds, 2, 5);
        for (int round = 1; round <= turns; round++) {
            for (int i = 0; i < subjects.size(); i++) {
                Subject subject = subjects.get(i);
                progress(String.format("round %d of %d: %s", round, turns, subject.title()));
                comparisons.get(i).addRound(inC.isPresent() ? runC(inC.get(), subject) : List.of(), runJava(subject));
            }
        }
        progress("");
        Report report = new Report(spec.commandLine().getOut());
        report.table(Comparison.header(), comparisons.stream().map(Comparison::line).toList());
        if (out != null) {
            report.csv(out, "micro", Comparison.csvHeader(), comparisons.stream().map(Comparison::csvLine).toList());
        }
        return 0;
    }

    /** Writes over the last line of a terminal; says nothing to a file. */
    private void progress(String text) {
        if (System.console() != null && System.console().isTerminal()) {
            spec.commandLine().getErr().printf("\r%-70s\r%s", "", text);
            spec.commandLine().getErr().flush();
        }
    }

    private List<Double> runC(CProgram program, Subject subject) throws IOException {
        List<String> lines = CProgram.run(program.command(subject.inC(), String.valueOf(orElse(millis, 50, 100)),
                String.valueOf(orElse(iterations, 10, 10))));
        return lines.stream().map(line -> Double.valueOf(line.split(" ")[1])).toList();
    }

    private JmhRun runJava(Subject subject) throws RunnerException {
        return JmhRun.of(subject, orElse(millis, 50, 100), orElse(iterations, 10, 10), jvmArguments);
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
