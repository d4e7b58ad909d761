package io.github.epoll4j.bench.report;

import io.github.epoll4j.bench.Disturbance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code REPORT.md} and its charts, from the CSV files of a folder. */
final class MarkdownReport {
    static final String FILE = "REPORT.md";
    /** What somebody has written of this run, beside its CSV files. */
    static final String NOTES = "notes.md";
    private static final Map<String, List<String>> TABLES = Map.of(
            SweepCharts.SWEEPS, List.of("sweeps"), SweepCharts.PROGRAMS, List.of("programs"),
            SweepCharts.WORKERS, List.of("workers"), ServerCharts.MICRO, List.of("micro"),
            ServerCharts.SERVERS, List.of("servers", "servers-rounds"),
            ServerCharts.FOOTPRINT, List.of("servers-footprint", "startup", "startup-first-calls"));

    private final Results results;
    private final Map<String, Object> environment;
    private final String notes;
    private final StringBuilder text = new StringBuilder();

    private MarkdownReport(Results results, Map<String, Object> environment, String notes) {
        this.results = results;
        this.environment = environment;
        this.notes = notes;
    }

    /** Writes the report and the charts. */
    static Path write(Path folder) throws IOException {
        Results results = Results.read(folder);
        if (results.tables().isEmpty()) {
            throw new IOException(folder + " has no CSV file: there is nothing to report");
        }
        List<Chart> charts = Stream.concat(SweepCharts.of(results).stream(), ServerCharts.of(results).stream())
                .toList();
        for (Chart chart : charts) {
            chart.write(folder);
        }
        Path notes = folder.resolve(NOTES);
        String text = new MarkdownReport(results, Environment.read(folder),
                Files.exists(notes) ? Files.readString(notes).strip() : "").text(charts);
        return Files.writeString(folder.resolve(FILE), text);
    }

    private String text(List<Chart> charts) {
        line("# What select, poll and epoll cost, and what epoll4j costs");
        line("");
        line("Written by `bench/run report` from the CSV files in this folder. Each verdict follows from their "
                + "numbers.");
        extent();
        caveats();
        targets();
        notes();
        losses();
        claims();
        List.of(SweepCharts.SWEEPS, SweepCharts.PROGRAMS, SweepCharts.WORKERS, ServerCharts.MICRO,
                ServerCharts.SERVERS, ServerCharts.FOOTPRINT).forEach(section -> section(section, charts));
        environment();
        return text.toString();
    }

    /** Says so, if it is not a full run. */
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
        line("- Ratios mean something, absolute times little: " + environment.getOrDefault("cores", "the")
                + " processors (" + environment.getOrDefault("cpu", "unknown") + "), perhaps shared with other work, "
                + "virtual where the machine is. A bar's line goes from the least to the most that was measured.");
        line("- All traffic is on the loopback or between sockets of one process: no network card, no distance. A "
                + "server has processor 0 and its load processor 1, where the machine has two.");
        line("- A single call is judged by the ratio of the least times in Java and in C, because other work on the "
                + "machine only adds time; its chart shows the median of its rounds' ratios. A server is judged by the "
                + "median of the ratios of its rounds to C's round, and the sources' claims by ratios of medians.");
        line("- Each round of a server is a new JVM with the warm-up of the command line; what its compilers still do "
                + "after that counts as the server's processor time" + compilers() + ". Each round begins with another "
                + "server, and every second one goes backwards.");
        line("- The heap of a Java server is in memory from its start where connections are counted, so that RSS grows "
                + "by what is outside of it: an idle connection costs the sum of heap_bytes and rss_bytes.");
        line("- c-edge and the reactor take a read that does not fill the buffer for the last one of an edge; raw-edge "
                + "reads until a read would block, one more system call for each message. All read up to 64 KB at "
                + "once.");
        line("- Latencies of the echo servers are those of messages sent by a timetable, from their times in it, so "
                + "that the load's waiting does not hide what the server delays. Its rate (the column) is half of the "
                + "median of what three runs of the first server made before the rounds; a server whose own rate is "
                + "near it builds up a queue, and its latency is that of the queue. A percentile is the median of the "
                + "rounds'. The timetable runs for half a second, or for as long as is recorded if that is less, "
                + "before the first latency is kept: servers in Java, warmed up in a closed loop, meet its pace in "
                + "that time, and are asked for their allocations.");
        line("- Where load_busy is near 1 the load's processor is full too, and a faster server could not show it: the "
                + "messages per second are those of the pair.");
        disturbed();
        line("- The workers' times are response times in a closed loop: a client asks again once it has its answer, so "
                + "a server that halts keeps questions from being asked, and these times do not show it.");
        line("- The sources' programs have server and client in one process, as theirs had: the time contains the "
                + "switches between the two threads.");
    }

    /** Says what compilers have used of the processor in the worst round. */
    private String compilers() {
        return results.table("servers-rounds").stream().filter(row -> row.number("compiler_cpu_ns").isPresent())
                .max(Comparator.comparingDouble(row -> row.quotient("compiler_cpu_ns", "nanos")))
                .map(row -> String.format(Locale.ROOT, " (in the worst round %.1f %% of it, of %s under %s)",
                        1e2 * row.quotient("compiler_cpu_ns", "nanos"), row.text("server"), row.text("load")))
                .orElse("");
    }

    /** Says how many rounds others on the machine have disturbed. */
    private void disturbed() {
        List<Row> rounds = results.table("servers-rounds");
        if (rounds.isEmpty()) {
            return;
        }
        List<Row> disturbed = rounds.stream()
                .filter(row -> Disturbance.isIn(row.quotient("others_cpu_ns", "nanos"))).toList();
        line("- In " + disturbed.size() + " of " + rounds.size() + " rounds of servers everything else on the machine "
                + "used more than " + Disturbance.PERCENT + " % of a processor, or the kernel's ticks do not "
                + "add up by as much" + disturbed.stream()
                .max(Comparator.comparingDouble(row -> row.quotient("others_cpu_ns", "nanos")))
                .map(row -> String.format(Locale.ROOT, "; the worst was round %s of %s under %s, %.0f %%",
                        row.text("round"), row.text("server"), row.text("load"),
                        1e2 * row.quotient("others_cpu_ns", "nanos"))).orElse("")
                + ". They are counted like the others, in medians.");
    }

    private void targets() {
        heading("Targets");
        List<Target> targets = Target.of(results);
        line(targets.stream().filter(Target::isMet).count() + " of " + targets.size() + " are met. Less than "
                + Math.round(Target.NO_BYTE) + " B allocated counts as none.");
        table(List.of("", "at most", "measured", "which is the", ""), targets.stream().map(target -> List.of(
                target.title(), target.number(target.atMost()), target.numbers(), target.basis(),
                target.verdict())).toList());
    }

    private void notes() {
        if (!notes.isEmpty()) {
            heading("Notes on this run");
            line("Written by hand: [" + NOTES + "](" + NOTES + ").");
            line("");
            line(notes);
        }
    }

    private void losses() {
        heading("Where epoll4j loses");
        List<Loss> losses = Loss.of(results);
        List<Loss> clear = losses.stream().filter(Loss::isClear).toList();
        List<Loss> unclear = losses.stream().filter(loss -> !loss.isClear()).toList();
        line(losses.isEmpty() ? "Nowhere in what was measured." : "Every measurement in which epoll4j does worse than "
                + "C or a peer, the worst first: " + clear.size() + " by " + Loss.CLEAR + " or more (latencies: "
                + Loss.CLEAR_LATENCY + "), and " + unclear.size() + " by less, which may be noise. Servers are "
                + "compared in each round, and the ratio is the median of these; latencies where both keep up with the "
                + "timetable.");
        lossTable(clear);
        if (!unclear.isEmpty()) {
            line("");
            line("<details><summary>by less</summary>");
            lossTable(unclear);
            line("");
            line("</details>");
        }
    }

    private void lossTable(List<Loss> losses) {
        table(List.of("", "epoll4j", "against", "theirs", "ratio"), losses.stream().map(loss -> List.of(loss.what(),
                number(loss.ours()) + " " + loss.unit(), loss.against(), number(loss.theirs()) + " " + loss.unit(),
                String.format(Locale.ROOT, "%.3f", loss.ratio()))).toList());
    }

    private void claims() {
        heading("What the sources claim");
        line("Of an article of 2010 (Linux 2.6.18, Core 2 Duo) and what is so here, in Java. C and all numbers of "
                + "connections are in the charts below. Times are medians of as many runs as stand there.");
        table(List.of("", "claim", "holds if", "verdict", "measured"), Claims.of(results).stream()
                .map(claim -> List.of(claim.id(), claim.statement(), claim.rule(),
                        "**" + claim.verdict().kind().words() + "**", claim.verdict().evidence())).toList());
    }

    private void section(String section, List<Chart> charts) {
        List<Chart> own = charts.stream().filter(chart -> chart.section().equals(section)).toList();
        List<String> tables = TABLES.get(section).stream().filter(table -> !results.table(table).isEmpty()).toList();
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
        return List.of("`" + step.get("command") + "`", "" + step.get("seconds"), "" + step.get("exit_status"), said);
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

    private static String number(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 0.01 ? "%.3f" : "%.6f",
                value);
    }
}
