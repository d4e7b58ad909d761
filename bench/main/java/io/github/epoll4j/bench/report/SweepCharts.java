package io.github.epoll4j.bench.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jfree.chart.LegendItemCollection;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.CombinedDomainXYPlot;

/** The charts of the sweeps, of the sources' programs and of the workers. */
final class SweepCharts {
    static final String SWEEPS = "How select, poll and epoll grow";
    static final String PROGRAMS = "The sources' programs";
    static final String WORKERS = "Workers";
    private static final List<String> LANGUAGES = List.of("java", "c");
    private static final String[] NANOS = {"x", "ns_median", "ns_min", "ns_max"};
    private static final String[] SECONDS = {"connections", "seconds_median", "seconds_min", "seconds_max"};
    private static final String CONNECTIONS = "connections";

    private final Results results;
    private final List<Chart> charts = new ArrayList<>();

    private SweepCharts(Results results) {
        this.results = results;
    }

    static List<Chart> of(Results results) {
        SweepCharts all = new SweepCharts(results);
        all.sweep("connections", "A wait and the read of one ready connection among x", CONNECTIONS,
                "ns per wait and read");
        all.sweep("active", "A ready connection, where x of the largest number are ready", "ready connections",
                "ns per ready connection");
        all.triggers();
        all.programs();
        all.lookups();
        all.workers();
        return all.charts;
    }

    private void lines(String section, String name, String title, LineChart lines, ValueAxis x, ValueAxis y) {
        if (!lines.isEmpty()) {
            charts.add(new Chart(section, name, ChartStyle.chart(title, lines.plot(x, y)), Chart.WIDTH, Chart.HEIGHT));
        }
    }

    private void sweep(String sweep, String title, String x, String y) {
        LineChart lines = new LineChart();
        List<String[]> ways = List.of(new String[] {"select", ""}, new String[] {"poll", ""},
                new String[] {"epoll", "level"});
        for (String language : LANGUAGES) {
            for (String[] way : ways) {
                List<Row> rows = results.find("sweeps", "sweep", sweep, "mechanism", way[0], "language", language)
                        .stream().filter(row -> way[1].isEmpty() || row.is("trigger", way[1])).toList();
                lines.add(way[0] + ", " + language(language), ways.indexOf(way), isC(language), rows, NANOS);
            }
        }
        lines(SWEEPS, sweep, title, lines, ChartStyle.logAxis(x), ChartStyle.logAxis(y));
    }

    private void triggers() {
        BarChart bars = new BarChart();
        for (String language : LANGUAGES) {
            for (String trigger : List.of("level", "edge", "oneshot")) {
                results.find("sweeps", "sweep", "triggers", "trigger", trigger, "language", language)
                        .forEach(row -> bars.add(trigger + ", " + language(language),
                                ChartStyle.numbers().format(row.value("x")) + " connections", row, "ns"));
            }
        }
        if (!bars.isEmpty()) {
            charts.add(new Chart(SWEEPS, "triggers", ChartStyle.chart("Level, edge and one-shot, a tenth of the "
                    + "connections ready", bars.plot("ns per message", Map.of())), Chart.WIDTH, bars.height()));
        }
    }

    private void programs() {
        connecting();
        results.table("programs").stream().filter(row -> row.text("program").contains("_performance"))
                .map(row -> List.of(row.text("program").endsWith("_2") ? "_2" : "", row.text("rounds"),
                        row.text("bytes")))
                .distinct()
                .forEach(run -> exchanges(run.get(0), run.get(1), run.get(2)));
    }

    private void connecting() {
        LineChart lines = new LineChart();
        for (String language : LANGUAGES) {
            List<String> programs = List.of("select_conn", "poll_conn", "epoll_level_conn", "epoll_edge_conn");
            for (String program : programs) {
                List<Row> rows = results.find("programs", "program", program, "language", language);
                lines.add(program + ", " + language(language), programs.indexOf(program), isC(language),
                        rows.stream().map(SweepCharts::perConnection).toList(), SECONDS);
            }
        }
        lines(PROGRAMS, "programs-connect", "Making one more connection", lines, ChartStyle.linearAxis(CONNECTIONS),
                ChartStyle.logAxis("ms per connection"));
    }

    /** Divides the seconds by the connections made in them, into milliseconds. */
    private static Row perConnection(Row row) {
        Map<String, String> cells = new HashMap<>(row.cells());
        for (int i = 1; i < SECONDS.length; i++) {
            cells.put(SECONDS[i], "" + row.value(SECONDS[i]) * 1e3 / row.value("rounds"));
        }
        return new Row(cells);
    }

    private void exchanges(String second, String rounds, String bytes) {
        LineChart lines = new LineChart();
        List<String> mechanisms = List.of("select", "poll", "epoll_level", "epoll_edge");
        for (String language : LANGUAGES) {
            for (String mechanism : mechanisms) {
                String program = mechanism + "_performance" + second;
                List<Row> rows = results.find("programs", "program", program, "language", language, "rounds", rounds,
                                "bytes", bytes).stream()
                        .filter(row -> second.isEmpty() || row.is("lookup", ownLookup(mechanism))).toList();
                lines.add(program + ", " + language(language), mechanisms.indexOf(mechanism), isC(language), rows,
                        SECONDS);
            }
        }
        lines(PROGRAMS, "programs-exchange" + second.replace('_', '-') + "-" + rounds + "x" + bytes, rounds
                + " messages of " + bytes + " bytes" + (second.isEmpty() ? "" : ", through buffers of each connection"),
                lines, ChartStyle.linearAxis(CONNECTIONS), ChartStyle.logAxis("seconds"));
    }

    private static String ownLookup(String mechanism) {
        return mechanism.startsWith("epoll") ? "linear" : "index";
    }

    private void lookups() {
        LineChart lines = new LineChart();
        for (String language : LANGUAGES) {
            int colour = 0;
            for (String mechanism : List.of("poll", "epoll_level")) {
                for (String lookup : List.of("linear", "index", "pointer")) {
                    lines.add(mechanism + ", " + lookup + ", " + language(language), colour++, isC(language),
                            results.find("programs", "program", mechanism + "_performance_2", "language", language,
                                    "rounds", "1000", "bytes", "1024", "lookup", lookup), SECONDS);
                }
            }
        }
        lines(PROGRAMS, "lookup", "From an event to the connection's state, 1000 messages of 1024 bytes", lines,
                ChartStyle.linearAxis(CONNECTIONS), ChartStyle.logAxis("seconds"));
    }

    private void workers() {
        LineChart speed = new LineChart();
        LineChart latency = new LineChart();
        int colour = 0;
        for (String handler : List.of("cpu", "blocking")) {
            for (String threads : List.of("platform", "virtual")) {
                List<Row> rows = results.find("workers", "handler", handler, "threads", threads);
                boolean isVirtual = threads.equals("virtual");
                String title = handler + ", " + threads + " threads";
                speed.add(title, colour, isVirtual, rows, "workers", "per_s_median", "per_s_min", "per_s_max");
                latency.add(title, colour, isVirtual, rows, "workers", "p99_us");
                colour++;
            }
        }
        if (speed.isEmpty()) {
            return;
        }
        CombinedDomainXYPlot both = new CombinedDomainXYPlot(ChartStyle.linearAxis("workers"));
        both.setGap(14);
        both.add(speed.plot(null, ChartStyle.logAxis("messages/s")));
        var lower = latency.plot(null, ChartStyle.logAxis("p99 of response times, µs"));
        lower.setFixedLegendItems(new LegendItemCollection());
        both.add(lower);
        charts.add(new Chart(WORKERS, "workers", ChartStyle.chart(
                "Throughput and response time (closed loop) by the number of workers", both), Chart.WIDTH,
                Chart.HEIGHT + 150));
    }

    static String language(String language) {
        return isC(language) ? "C" : "Java";
    }

    private static boolean isC(String language) {
        return language.equals("c");
    }
}
