package io.github.epoll4j.bench.report;

import io.github.epoll4j.bench.Disturbance;
import io.github.epoll4j.bench.report.Results.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bench/run report}: {@code REPORT.md} and its charts, from the CSV files of a folder. */
@Command(name = "report", description = "Writes REPORT.md and the charts anew, from the CSV files of a folder and the "
        + "remarks in its notes.md.")
public final class ReportCommand implements Callable<Integer> {
    static final String FILE = "REPORT.md";
    /** Remarks on a run, written by hand. */
    static final String NOTES = "notes.md";
    private static final Map<String, List<String>> TABLES = Map.of(
            Charts.SWEEPS, List.of("sweeps"), Charts.PROGRAMS, List.of("programs"),
            Charts.WORKERS, List.of("workers"), Charts.MICRO, List.of("micro"),
            Charts.SERVERS, List.of("servers", "servers-pairs", "servers-seconds", "servers-rounds"),
            Charts.FOOTPRINT, List.of("servers-footprint", "startup"));

    private static final String CAVEATS = """
            - Ratios mean something, absolute times little: %s processors (%s), perhaps shared with other work, virtual
              where the machine is. A bar's line goes from the least to the most that was measured.
            - All traffic is on the loopback or between sockets of one process. A server has processor 0 and its load
              processor 1, where the machine has two. Where load_busy is near 1 the load's processor is full too, and
              the messages per second are those of the pair.
            - In each round every server is a new process. Once all have had the warm-up of the command line they are
              measured in alternation, a slice at a time, in an order that differs from round to round. A ratio is that
              of two processes of the same round. What a JVM's compilers still do after the warm-up counts as the
              server's processor time.
            - A goal is missed only if the median misses it and the quartiles lie beyond it as well: processes of one
              program differ, and more so does the machine from one minute to the next.
            - The heap of a Java server is in memory from its start, so that RSS grows by what is outside of it: an idle
              connection costs the sum of heap_bytes and rss_bytes.
            - Latencies of the echo servers are those of messages sent by a timetable, from their times in it; its rate
              is half of what the first server can do. A server whose own rate is near it builds up a queue. The
              timetable runs for half a second, or for as long as is recorded if that is less, before the first
              latency is kept.
            - The workers' times are response times in a closed loop: a client asks again once it has its answer, so
              these times do not show it when a server halts.
            - The textbooks' programs have server and client in one process, as theirs had: the time contains the
              switches between the two threads.
            """;

    @Parameters(paramLabel = "DIR", description = "the folder, as bench/run all makes it")
    private Path folder;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this help")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    ReportCommand() {
    }

    @Override
    public Integer call() throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new CommandLine.ParameterException(spec.commandLine(), folder + " is no folder");
        }
        spec.commandLine().getOut().println("written to " + write(folder));
        return 0;
    }

    /** Writes the report and the charts. */
    static Path write(Path folder) throws IOException {
        Results results = Results.read(folder);
        if (results.tables().isEmpty()) {
            throw new IOException(folder + " has no CSV file: there is nothing to report");
        }
        List<Chart> charts = Charts.of(results);
        for (Chart chart : charts) {
            chart.write(folder);
        }
        Path notes = folder.resolve(NOTES);
        String text = new Text(results, Environment.read(folder),
                Files.exists(notes) ? Files.readString(notes).strip() : "").write(charts);
        return Files.writeString(folder.resolve(FILE), text);
    }

    /** The text of a report. */
    private static final class Text {
        private final Results results;
        private final Map<String, Object> environment;
        private final String notes;
        private final StringBuilder text = new StringBuilder();

        Text(Results results, Map<String, Object> environment, String notes) {
            this.results = results;
            this.environment = environment;
            this.notes = notes;
        }

        String write(List<Chart> charts) throws IOException {
            line("# What select, poll and epoll cost, and what epoll4j costs");
            line("");
            line("Written by `bench/run report` from the CSV files in this folder.");
            extent();
            caveats();
            promises();
            notes();
            List.of(Charts.SWEEPS, Charts.PROGRAMS, Charts.WORKERS, Charts.MICRO,
                    Charts.SERVERS, Charts.FOOTPRINT).forEach(section -> section(section, charts));
            environment();
            return text.toString();
        }

        /** Adds a line if it is not a full run. */
        private void extent() {
            boolean isQuick = Boolean.TRUE.equals(environment.get("quick"));
            int made = environment.get("steps") instanceof List<?> steps ? steps.size() : 0;
            int planned = environment.get("planned") instanceof Integer number ? number : made;
            if (isQuick || made < planned) {
                line("");
                line("**" + (isQuick ? "A quick run, with fewer and shorter rounds than a full one" : "A full run") + (
                        made < planned ? ", which was interrupted: " + made + " of " + planned + " measurements." : ".")
                        + "**");
            }
        }

        private void caveats() {
            heading("How to read it");
            line(CAVEATS.formatted(environment.getOrDefault("cores", "the"),
                    environment.getOrDefault("cpu", "unknown")).strip());
            disturbed();
        }

        /** Adds the number of rounds that other work on the machine has disturbed. */
        private void disturbed() {
            List<Row> rounds = results.table("servers-rounds");
            if (rounds.isEmpty()) {
                return;
            }
            List<Row> disturbed = rounds.stream()
                    .filter(row -> Disturbance.isIn(row.quotient("others_cpu_ns", "nanos"))).toList();
            line("- In " + disturbed.size() + " of " + rounds.size() + " rounds of servers everything else on the "
                    + "machine used more than " + Disturbance.PERCENT + " % of a processor, or the kernel's ticks do "
                    + "not add up by as much" + disturbed.stream()
                    .max(Comparator.comparingDouble(row -> row.quotient("others_cpu_ns", "nanos")))
                    .map(row -> String.format(Locale.ROOT, "; the worst was round %s of %s under %s, %.0f %%",
                            row.text("round"), row.text("server"), row.text("load"),
                            1e2 * row.quotient("others_cpu_ns", "nanos"))).orElse("")
                    + (rounds.getFirst().has("repeats") ? ", after " + rounds.stream()
                            .mapToInt(row -> (int) row.value("repeats")).sum() + " repetitions" : "")
                    + ". They are counted like the others, in medians.");
        }

        private void promises() throws IOException {
            List<List<String>> lines = Promise.all().stream().filter(promise -> promise.measured(results).isPresent())
                    .map(promise -> promise.cells(results)).toList();
            if (!lines.isEmpty()) {
                heading("What is promised");
                line("`bench/run check` measures these again.");
                table(List.of("", "promised", "measured"), lines);
            }
        }

        private void notes() {
            if (!notes.isEmpty()) {
                heading("Notes on this run");
                line("Written by hand: [" + NOTES + "](" + NOTES + ").");
                line("");
                line(notes);
            }
        }

        private void section(String section, List<Chart> charts) {
            List<Chart> own = charts.stream().filter(chart -> chart.section().equals(section)).toList();
            List<String> tables = TABLES.get(section).stream().filter(table -> !results.table(table).isEmpty())
                    .toList();
            if (own.isEmpty() && tables.isEmpty()) {
                return;
            }
            heading(section);
            for (Chart chart : own) {
                line("![" + chart.title() + "](" + chart.name() + ".png)");
                line("");
                line("[SVG](" + chart.name() + ".svg)");
                line("");
            }
            for (String table : tables) {
                line("<details><summary>" + table + "</summary>");
                List<Row> rows = results.table(table);
                List<String> columns = List.copyOf(rows.getFirst().cells().keySet());
                table(columns, rows.stream().map(row -> columns.stream().map(row::text).toList()).toList());
                line("");
                line("[" + table + ".csv](" + table + ".csv)");
                line("");
                line("</details>");
                line("");
            }
        }

        private void environment() {
            heading("Where it was measured");
            if (environment.isEmpty()) {
                line("Nothing is known: there is no " + Environment.FILE + ".");
                return;
            }
            table(List.of("", ""), environment.entrySet().stream().filter(entry -> !entry.getKey().equals("steps"))
                    .map(entry -> List.of(entry.getKey().replace('_', ' '), "" + entry.getValue())).toList());
            if (environment.get("steps") instanceof List<?> steps) {
                line("");
                table(List.of("command", "seconds", "exit status", "what it said"), steps.stream()
                        .filter(Map.class::isInstance).map(step -> step((Map<?, ?>) step)).toList());
            }
        }

        private static List<String> step(Map<?, ?> step) {
            String said = step.get("said") instanceof List<?> lines
                    ? lines.stream().map(Object::toString).collect(Collectors.joining("; ")) : "";
            return List.of("`" + step.get("command") + "`", "" + step.get("seconds"), "" + step.get("exit_status"),
                    said);
        }

        private void heading(String words) {
            line("");
            line("## " + words);
            line("");
        }

        private void table(List<String> columns, List<List<String>> rows) {
            if (rows.isEmpty()) {
                return;
            }
            line("");
            row(columns);
            row(columns.stream().map(column -> "---").toList());
            rows.forEach(this::row);
        }

        private void row(List<String> cells) {
            line(cells.stream().map(cell -> cell.replace("|", "\\|").replace("\n", " "))
                    .collect(Collectors.joining(" | ", "| ", " |")));
        }

        private void line(String words) {
            text.append(words).append('\n');
        }
    }
}
