package io.github.epoll4j.bench.startup;

import io.github.epoll4j.bench.Omissions;
import io.github.epoll4j.bench.Positive;
import io.github.epoll4j.bench.Progress;
import io.github.epoll4j.bench.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/run startup}: from exec to the first event. */
@Command(name = "startup", sortOptions = false,
        description = "Measures the time from exec to a process's first event, in C, with epoll4j and with NIO.")
public final class StartupCommand implements Callable<Integer> {
    private static final String LEVEL_1 = "-XX:TieredStopAtLevel=1";
    private static final String SERIAL = "-XX:+UseSerialGC";

    @Option(names = "--runs", paramLabel = "N",
            description = "how often each program is started (default: ${DEFAULT-VALUE})")
    private int runs = 20;

    @Option(names = "--plain", description = "only with java's own flags, without archives")
    private boolean plain;

    @Option(names = "--out", paramLabel = "DIR", description = "also write a CSV file into this folder")
    private Path out;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this help")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;
    private Omissions omissions;

    StartupCommand() {
    }

    @Override
    public Integer call() throws IOException {
        Positive.require(spec, "--runs", runs);
        omissions = new Omissions(spec.commandLine().getErr());
        List<Contender> contenders = new ArrayList<>();
        omissions.program("startup", "no line for C")
                .ifPresent(program -> contenders.add(new Contender("C", "", program.command())));
        contenders.addAll(javaContenders("JVM alone", Nothing.class));
        contenders.addAll(javaContenders("NIO Selector", SelectorProgram.class));
        contenders.addAll(javaContenders("epoll4j", EpollProgram.class));
        Progress progress = new Progress(spec.commandLine().getErr(), runs);
        for (int run = 1; run <= runs; run++) {
            progress.step("each program once");
            contenders.removeIf(contender -> !hasRun(contender));
        }
        progress.end();
        report(contenders);
        return omissions.exitStatus();
    }

    private void report(List<Contender> contenders) throws IOException {
        Report report = new Report(spec.commandLine().getOut());
        report.table(String.format("%-52s%9s%9s", "ms from exec, median (min-max) of " + runs, "to main", "to event"),
                contenders.stream().map(Contender::line).toList());
        if (out != null) {
            report.csv(out, "startup", "program,flags,main_median_ms,event_median_ms,event_min_ms,event_max_ms",
                    contenders.stream().map(Contender::csvLine).toList());
        }
    }

    private boolean hasRun(Contender contender) {
        try {
            contender.run();
            return true;
        } catch (IOException e) {
            leaveOut(contender.title(), contender.way(), e);
            return false;
        }
    }

    private void leaveOut(String title, String way, IOException e) {
        omissions.add(title + (way.isEmpty() ? "" : ", " + way) + " is left out: " + e.getMessage());
    }

    private List<Contender> javaContenders(String title, Class<?> main) throws IOException {
        JavaProgram program = new JavaProgram(title, main);
        List<Contender> contenders = new ArrayList<>(List.of(program.plain()));
        if (!plain) {
            contenders.add(program.byFlag());
            contenders.add(program.with("C1", List.of(LEVEL_1)));
            contenders.add(program.with("SerialGC", List.of(SERIAL)));
            addTrained(contenders, program, "CDS archive", List.of("-XX:ArchiveClassesAtExit=%s"),
                    List.of("-XX:SharedArchiveFile=%s"));
            addTrained(contenders, program, "AOT cache", List.of("-XX:AOTCacheOutput=%s"), List.of("-XX:AOTCache=%s"));
            addTrained(contenders, program, "CDS archive + C1 + SerialGC",
                    List.of("-XX:ArchiveClassesAtExit=%s", LEVEL_1, SERIAL),
                    List.of("-XX:SharedArchiveFile=%s", LEVEL_1, SERIAL));
            addTrained(contenders, program, "AOT cache + C1 + SerialGC",
                    List.of("-XX:AOTCacheOutput=%s", LEVEL_1, SERIAL), List.of("-XX:AOTCache=%s", LEVEL_1, SERIAL));
        }
        return contenders;
    }

    private void addTrained(List<Contender> contenders, JavaProgram program, String way, List<String> training,
            List<String> flags) {
        try {
            contenders.add(program.trained(way, training, flags));
        } catch (IOException e) {
            leaveOut(program.title(), way, e);
        }
    }
}
