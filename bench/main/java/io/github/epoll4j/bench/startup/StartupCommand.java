package io.github.epoll4j.bench.startup;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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

    @Option(names = "--out", paramLabel = "DIR", description = "also write CSV files into this folder")
    private Path out;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this help")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    StartupCommand() {
    }

    @Override
    public Integer call() throws IOException {
        List<Contender> contenders = new ArrayList<>();
        Optional<CProgram> inC = CProgram.build("startup");
        inC.ifPresentOrElse(program -> contenders.add(new Contender("C", "", program.command())),
                () -> spec.commandLine().getErr().println("no C compiler ($CC, or cc on the PATH): no line for C"));
        contenders.addAll(javaContenders("JVM alone", Nothing.class));
        contenders.addAll(javaContenders("NIO Selector", SelectorProgram.class));
        contenders.addAll(javaContenders("epoll4j", EpollProgram.class));
        List<Contender> firstCalls = javaContenders("first calls", FirstCalls.class);
        for (int run = 0; run < runs; run++) {
            for (Contender contender : contenders) {
                contender.runFromStart();
            }
            for (Contender contender : firstCalls) {
                contender.runForSpans();
            }
        }
        Report report = new Report(spec.commandLine().getOut());
        report.table(String.format("%-52s%9s%9s", "ms from exec, median (min-max) of " + runs, "to main", "to event"),
                contenders.stream().map(Contender::line).toList());
        report.table("ms for the first call of each, median", firstCalls.stream().flatMap(this::spans).toList());
        if (out != null) {
            report.csv(out, "startup", "program,flags,main_median_ms,event_median_ms,event_min_ms,event_max_ms",
                    contenders.stream().map(Contender::csvLine).toList());
        }
        return 0;
    }

    private Stream<String> spans(Contender contender) {
        List<String> lines = new ArrayList<>();
        lines.add(contender.way().isEmpty() ? "without flags" : contender.way());
        contender.names().forEach(name -> lines.add(
                String.format(Locale.ROOT, "  %-20s%8.2f", name, contender.stat(name).median())));
        return lines.stream();
    }

    private List<Contender> javaContenders(String title, Class<?> main) throws IOException {
        JavaProgram program = new JavaProgram(title, main);
        List<Contender> contenders = new ArrayList<>(List.of(program.plain()));
        if (!plain) {
            contenders.add(program.byFlag());
            contenders.add(program.with("C1", List.of(LEVEL_1)));
            contenders.add(program.with("SerialGC", List.of(SERIAL)));
            contenders.add(program.trained("CDS archive", List.of("-XX:ArchiveClassesAtExit=%s"),
                    List.of("-XX:SharedArchiveFile=%s")));
            contenders.add(program.trained("AOT cache", List.of("-XX:AOTCacheOutput=%s"), List.of("-XX:AOTCache=%s")));
            contenders.add(program.trained("CDS archive + C1 + SerialGC",
                    List.of("-XX:ArchiveClassesAtExit=%s", LEVEL_1, SERIAL),
                    List.of("-XX:SharedArchiveFile=%s", LEVEL_1, SERIAL)));
            contenders.add(program.trained("AOT cache + C1 + SerialGC",
                    List.of("-XX:AOTCacheOutput=%s", LEVEL_1, SERIAL), List.of("-XX:AOTCache=%s", LEVEL_1, SERIAL)));
        }
        return contenders;
    }
}
