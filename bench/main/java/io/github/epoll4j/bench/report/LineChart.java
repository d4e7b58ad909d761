package io.github.epoll4j.bench.report;

import io.github.epoll4j.bench.report.Results.Row;
import java.awt.BasicStroke;
import java.util.Comparator;
import java.util.List;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.data.xy.YIntervalSeries;
import org.jfree.data.xy.YIntervalSeriesCollection;

/** Curves with a bar from the least to the most at each point. */
final class LineChart {
    private final YIntervalSeriesCollection data = new YIntervalSeriesCollection();
    private final XYErrorRenderer renderer = new XYErrorRenderer();

    LineChart() {
        renderer.setDefaultLinesVisible(true);
        renderer.setErrorStroke(new BasicStroke(1.2f));
        renderer.setCapLength(6);
        renderer.setDrawSeriesLineAsPath(true);
    }

    boolean isEmpty() {
        return data.getSeriesCount() == 0;
    }

    /**
     * Adds a curve of lines, unless it has no points; dashed ones are of C. The columns are those of x and of the
     * median, the minimum and the maximum.
     */
    LineChart add(String title, int colour, boolean isDashed, List<Row> rows, String... columns) {
        List<Row> sorted = rows.stream().filter(row -> row.value(columns[0]) > 0 && row.value(columns[1]) > 0)
                .sorted(Comparator.comparingDouble(row -> row.value(columns[0]))).toList();
        String least = columns[columns.length > 2 ? 2 : 1];
        String most = columns[columns.length > 3 ? 3 : 1];
        YIntervalSeries series = new YIntervalSeries(title);
        for (Row row : sorted) {
            double y = row.value(columns[1]);
            series.add(row.value(columns[0]), y, Math.min(row.value(least), y), Math.max(row.value(most), y));
        }
        if (series.getItemCount() > 0) {
            int index = data.getSeriesCount();
            data.addSeries(series);
            renderer.setSeriesPaint(index, Chart.colour(colour));
            renderer.setSeriesStroke(index, Chart.line(isDashed));
            renderer.setSeriesShape(index, Chart.shape(colour));
            renderer.setSeriesShapesFilled(index, !isDashed);
        }
        return this;
    }

    XYPlot plot(ValueAxis x, ValueAxis y) {
        XYPlot plot = new XYPlot(data, x, y, renderer);
        plot.setDomainGridlinePaint(Chart.grid());
        plot.setRangeGridlinePaint(Chart.grid());
        return plot;
    }
}
