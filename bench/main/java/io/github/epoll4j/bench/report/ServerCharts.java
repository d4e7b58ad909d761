package io.github.epoll4j.bench.report;

import io.github.epoll4j.bench.Stat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.LineAndShapeRenderer;
import org.jfree.data.category.DefaultCategoryDataset;

/** The charts of single calls, of the servers and of starts. */
final class ServerCharts {
    static final String MICRO = "Single calls";
    static final String SERVERS = "Echo servers";
    static final String FOOTPRINT = "Memory and start";
    private static final Map<Double, String> AS_C = Map.of(1.0, "C");

    private final Results results;
    private final List<Chart> charts = new ArrayList<>();

    private ServerCharts(Results results) {
        this.results = results;
    }

    static List<Chart> of(Results results) {
        ServerCharts all = new ServerCharts(results);
        all.bars(MICRO, "micro", "Java's time by C's, single calls", "Java/C, median of the rounds, least to most",
                AS_C, bars -> results.table("micro").forEach(row -> bars.add("Java/C", row.text("subject"), row,
                        "ratio")));
        all.servers("cpu", "Processor time per message by that of C, level-triggered",
                "ratio to C, median of the rounds, least to most", Map.of(1.0, "C", 1.05, "1.05"),
                (bars, row) -> bars.add(row.text("load"), row.text("server"), row, "cpu_ratio"));
        all.servers("throughput", "Messages per second", "messages/s, median of the rounds, least to most", Map.of(),
                (bars, row) -> bars.add(row.text("load"), row.text("server"), row, "per_s"));
        results.table("servers").stream().map(row -> row.text("load")).distinct().forEach(all::latencies);
        all.bars(FOOTPRINT, "heap", "Live heap of an idle connection", "bytes", Map.of(256.0, "256 B"),
                bars -> results.table("servers-footprint").stream().filter(row -> row.has("heap_bytes_median"))
                        .forEach(row -> bars.add("heap", row.text("server"), row, "heap_bytes")));
        all.bars(FOOTPRINT, "first-echo", "First echo after exec", "ms, median, least to most",
                Map.of(220.0, "220 ms"), bars -> results.table("servers-footprint").forEach(row -> {
                    bars.add("as it comes", row.text("server"), row, "first_echo_ms");
                    bars.add("AOT cache and C1", row.text("server"), row, "archived_first_echo_ms");
                }));
        all.bars(FOOTPRINT, "startup", "First event after exec", "ms, median, least to most", Map.of(),
                bars -> results.table("startup").stream().filter(row -> row.has("event_median_ms"))
                        .forEach(row -> bars.add("first event", (row.text("program") + " " + row.text("flags")).strip(),
                                new Stat(row.value("event_median_ms"), row.value("event_min_ms"),
                                        row.value("event_max_ms")))));
        return all.charts;
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
            JFreeChart chart = ChartStyle.chart(title, bars.plot(label, marks));
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
            renderer.setSeriesPaint(i, ChartStyle.colour(i));
            renderer.setSeriesShape(i, ChartStyle.shape(i));
        }
        CategoryAxis servers = new CategoryAxis();
        ChartStyle.style(servers);
        CategoryPlot plot = new CategoryPlot(data, servers, ChartStyle.logAxis("µs"), renderer);
        plot.setOrientation(PlotOrientation.HORIZONTAL);
        plot.setRangeGridlinePaint(ChartStyle.grid());
        plot.setDomainGridlinesVisible(true);
        plot.setDomainGridlinePaint(ChartStyle.grid());
        JFreeChart chart = ChartStyle.chart("Latency by a timetable, median of the rounds, " + load, plot);
        charts.add(new Chart(SERVERS, "servers-latency-" + fileName(load), chart, Chart.WIDTH,
                150 + 30 * data.getColumnCount()));
    }

    private static String fileName(String load) {
        return load.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }
}
