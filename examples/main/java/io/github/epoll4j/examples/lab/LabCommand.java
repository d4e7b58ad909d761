package io.github.epoll4j.examples.lab;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command: {@code examples/run lab}. */
@Command(name = "lab", usageHelpAutoWidth = true,
        description = "Plays scenarios of select, poll and epoll on this kernel, and compares what happens with what "
                + "is expected.",
        footer = {"", "Exit status: 0 as expected, 1 a scenario differs, 2 there is no such scenario."})
public final class LabCommand implements Callable<Integer> {
    @Parameters(paramLabel = "SCENARIO", arity = "0..*",
            description = "A name, such as half-read; the id of a statement, such as C77; or all.")
    private List<String> names = new ArrayList<>();

    @Option(names = {"-l", "--list"}, description = "List the scenarios.")
    private boolean list;

    @Option(names = "--html", paramLabel = "FILE",
            description = "Also write a page with the timelines drawn; it needs no other file and no network.")
    private Path html;

    @Spec
    private CommandSpec spec;

    private final List<Scenario> scenarios;
    private final Kernel kernel;

    /** Plays the scenarios that there are on the kernel that runs. */
    public LabCommand() {
        this(Scenarios.ALL, Kernel.running());
    }

    LabCommand(List<Scenario> scenarios, Kernel kernel) {
        this.scenarios = scenarios;
        this.kernel = kernel;
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (list || names.isEmpty()) {
            list(out);
            return CommandLine.ExitCode.OK;
        }
        Set<Scenario> chosen = new LinkedHashSet<>();
        for (String name : names) {
            List<Scenario> found = find(name);
            if (found.isEmpty()) {
                PrintWriter err = spec.commandLine().getErr();
                err.println("no scenario " + name + "; there are:");
                list(err);
                return CommandLine.ExitCode.USAGE;
            }
            chosen.addAll(found);
        }
        return play(chosen, out);
    }

    private int play(Set<Scenario> chosen, PrintWriter out) throws IOException {
        TextTimeline timeline = new TextTimeline(out, spec.commandLine().getColorScheme().ansi(), charset());
        out.println(kernel);
        List<Play> plays = new ArrayList<>();
        for (Scenario scenario : chosen) {
            Play play = Lab.play(scenario, kernel);
            timeline.print(play);
            plays.add(play);
        }
        if (plays.size() > 1) {
            out.println();
            out.println(Summary.of(plays));
        }
        if (html != null) {
            write(new HtmlPage(kernel, plays).toString());
            out.println("written: " + html);
        }
        return plays.stream().anyMatch(play -> play.outcome() == Play.Outcome.DIFFERS) ? 1 : 0;
    }

    private void write(String page) throws IOException {
        try {
            Files.writeString(html, page);
        } catch (IOException e) {
            throw new IOException("cannot write " + html + ": " + e.getClass().getSimpleName(), e);
        }
    }

    private List<Scenario> find(String name) {
        return name.equals("all") ? scenarios : scenarios.stream().filter(s -> s.answersTo(name)).toList();
    }

    private void list(PrintWriter out) {
        int names = scenarios.stream().mapToInt(scenario -> scenario.name().length()).max().orElse(0);
        int ids = scenarios.stream().mapToInt(scenario -> ids(scenario).length()).max().orElse(0);
        String format = "  %-" + names + "s  %-" + ids + "s  %s%n";
        scenarios.forEach(scenario -> out.printf(format, scenario.name(), ids(scenario), scenario.title()));
        out.flush();
    }

    private static String ids(Scenario scenario) {
        return String.join(" ", scenario.statements());
    }

    private static Charset charset() {
        String name = System.getProperty("stdout.encoding");
        return name == null || !Charset.isSupported(name) ? StandardCharsets.US_ASCII : Charset.forName(name);
    }
}
