package io.github.epoll4j.bench.report;

import io.github.epoll4j.bench.report.Results.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.LegendItemCollection;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.CombinedDomainXYPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.LineAndShapeRenderer;
import org.jfree.data.category.DefaultCategoryDataset;

/** All charts of a run: sweeps, the textbooks' programs, workers, single calls, servers, memory and starts. */
final class Charts {
    static final String SWEEPS = "How select, poll and epoll grow";
    static final String PROGRAMS = "The sources' programs";
    static final String WORKERS = "Workers";
    static final String MICRO = "Single calls";
    static final String SERVERS = "Echo servers";
    static final String FOOTPRINT = "Memory and start";
    private static final Map<Double, String> AS_C = Map.of(1.0, "C");
    private static final List<String> LANGUAGES = List.of("java", "c");
    private static final String[] NANOS = {"x", "ns_median", "ns_min", "ns_max"};
    private static final String[] SECONDS = {"connections", "seconds_median", "seconds_min", "seconds_max"};
    private static final String CONNECTIONS = "connections";

    private final Results results;
    private final List<Chart> charts = new ArrayList<>();

    private Charts(Results results) {
        this.results = results;
    }

    static List<Chart> of(Results results) {
        Charts all = new Charts(results);
        all.sweep("connections", "A wait and the read of one ready connection among x", CONNECTIONS,
                "ns per wait and read");
        all.sweep("active", "A ready connection, where x of the largest number are ready", "ready connections",
                "ns per ready connection");
        all.triggers();
        all.programs();
        all.lookups();
        all.workers();
        all.costs();
        return all.charts;
    }

    private void lines(String section, String name, String title, LineChart lines, ValueAxis x, ValueAxis y) {
        if (!lines.isEmpty()) {
            charts.add(new Chart(section, name, Chart.draw(title, lines.plot(x, y)), Chart.WIDTH, Chart.HEIGHT));
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
        lines(SWEEPS, sweep, title, lines, Chart.logAxis(x), Chart.logAxis(y));
    }

    private void triggers() {
        BarChart bars = new BarChart();
        for (String language : LANGUAGES) {
            for (String trigger : List.of("level", "edge", "oneshot")) {
                results.find("sweeps", "sweep", "triggers", "trigger", trigger, "language", language)
                        .forEach(row -> bars.add(trigger + ", " + language(language),
                                Chart.numbers().format(row.value("x")) + " connections", row, "ns"));
            }
        }
        if (!bars.isEmpty()) {
            charts.add(new Chart(SWEEPS, "triggers", Chart.draw("Level, edge and one-shot, a tenth of the "
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
                        rows.stream().map(Charts::perConnection).toList(), SECONDS);
            }
        }
        lines(PROGRAMS, "programs-connect", "Making one more connection", lines, Chart.linearAxis(CONNECTIONS),
                Chart.logAxis("ms per connection"));
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
                lines, Chart.linearAxis(CONNECTIONS), Chart.logAxis("seconds"));
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
                Chart.linearAxis(CONNECTIONS), Chart.logAxis("seconds"));
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
        CombinedDomainXYPlot both = new CombinedDomainXYPlot(Chart.linearAxis("workers"));
        both.setGap(14);
        both.add(speed.plot(null, Chart.logAxis("messages/s")));
        var lower = latency.plot(null, Chart.logAxis("p99 of response times, µs"));
        lower.setFixedLegendItems(new LegendItemCollection());
        both.add(lower);
        charts.add(new Chart(WORKERS, "workers", Chart.draw(
                "Throughput and response time (closed loop) by the number of workers", both), Chart.WIDTH,
                Chart.HEIGHT + 150));
    }

    static String language(String language) {
        return isC(language) ? "C" : "Java";
    }

    private static boolean isC(String language) {
        return language.equals("c");
    }

    private void costs() {
        bars(MICRO, "micro", "Java's time by C's, single calls", "Java/C, median of the rounds, least to most",
                AS_C, bars -> results.table("micro").forEach(row -> bars.add("Java/C", row.text("subject"), row,
                        "ratio")));
        servers("cpu", "Processor time per message by that of C, level-triggered",
                "ratio to C, median of the rounds, least to most", AS_C,
                (bars, row) -> bars.add(row.text("load"), row.text("server"), row, "cpu_ratio"));
        servers("throughput", "Messages per second", "messages/s, median of the rounds, least to most", Map.of(),
                (bars, row) -> bars.add(row.text("load"), row.text("server"), row, "per_s"));
        results.table("servers").stream().map(row -> row.text("load")).distinct().forEach(this::latencies);
        results.table("servers-seconds").stream().map(row -> row.text("load")).distinct().forEach(this::seconds);
        bars(FOOTPRINT, "heap", "Live heap of an idle connection", "bytes", Map.of(256.0, "256 B"),
                bars -> results.table("servers-footprint").stream().filter(row -> row.has("heap_bytes_median"))
                        .forEach(row -> bars.add("heap", row.text("server"), row, "heap_bytes")));
        bars(FOOTPRINT, "first-echo", "First echo after exec", "ms, median, least to most",
                Map.of(), bars -> results.table("servers-footprint").forEach(row -> {
                    bars.add("as it comes", row.text("server"), row, "first_echo_ms");
                    bars.add("AOT cache and C1", row.text("server"), row, "archived_first_echo_ms");
                }));
        bars(FOOTPRINT, "startup", "First event after exec", "ms, median, least to most", Map.of(),
                bars -> results.table("startup").stream().filter(row -> row.has("event_median_ms"))
                        .forEach(row -> bars.add("first event", (row.text("program") + " " + row.text("flags")).strip(),
                                row, "event_median_ms", "event_min_ms", "event_max_ms")));
    }

    private void servers(String name, String title, String label, Map<Double, String> marks,
            BiConsumer<BarChart, Row> cell) {
        bars(SERVERS, "servers-" + name, title, label, marks,
                bars -> results.table("servers").forEach(row -> cell.accept(bars, row)));
    }

    private void bars(String section, String name, String title, String label, Map<Double, String> marks,
            Consumer<BarChart> filling) {
        BarChart bars = new BarChart();
        filling.accept(bars);
        if (!bars.isEmpty()) {
            JFreeChart chart = Chart.draw(title, bars.plot(label, marks));
            if (bars.isOfOneSeries()) {
                chart.removeLegend();
            }
            charts.add(new Chart(section, name, chart, Chart.WIDTH, bars.height()));
        }
    }

    /** Percentiles as points on a logarithmic axis. */
    private void latencies(String load) {
        DefaultCategoryDataset data = new DefaultCategoryDataset();
        for (Row row : results.find("servers", "load", load)) {
            for (String percentile : List.of("p50", "p99", "p999")) {
                double micros = row.value(percentile + "_us");
                if (micros > 0) {
                    data.addValue(micros, percentile.replace("999", "99.9"), row.text("server"));
                }
            }
        }
        if (data.getRowCount() == 0) {
            return;
        }
        LineAndShapeRenderer renderer = new LineAndShapeRenderer(false, true);
        for (int i = 0; i < data.getRowCount(); i++) {
            renderer.setSeriesPaint(i, Chart.colour(i));
            renderer.setSeriesShape(i, Chart.shape(i));
        }
        CategoryAxis servers = new CategoryAxis();
        Chart.style(servers);
        CategoryPlot plot = new CategoryPlot(data, servers, Chart.logAxis("µs"), renderer);
        plot.setOrientation(PlotOrientation.HORIZONTAL);
        plot.setRangeGridlinePaint(Chart.grid());
        plot.setDomainGridlinesVisible(true);
        plot.setDomainGridlinePaint(Chart.grid());
        JFreeChart chart = Chart.draw("Latency by a timetable, median of the rounds, " + load, plot);
        charts.add(new Chart(SERVERS, "servers-latency-" + fileName(load), chart, Chart.WIDTH,
                150 + 30 * data.getColumnCount()));
    }

    /** The medians of the rounds, with quartiles. */
    private void seconds(String load) {
        LineChart lines = new LineChart();
        List<Row> rows = results.find("servers-seconds", "load", load);
        List<String> servers = rows.stream().map(row -> row.text("server")).distinct().toList();
        for (String server : servers) {
            lines.add(server, servers.indexOf(server), server.startsWith("c-"),
                    rows.stream().filter(row -> row.is("server", server)).toList(), "second", "per_s_median",
                    "per_s_lower", "per_s_upper");
        }
        lines(SERVERS, "servers-seconds-" + fileName(load), "Messages in each second of the load, " + load, lines,
                Chart.linearAxis("second"), Chart.linearAxis("messages, median and quartiles of the rounds"));
    }

    private static String fileName(String load) {
        return load.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }
}
