package io.github.epoll4j.bench.report;

import io.github.epoll4j.bench.Stat;
import io.github.epoll4j.bench.report.Results.Row;
import java.awt.BasicStroke;
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

    /** Adds a curve, unless it has no points; dashed ones are of C. */
    LineChart add(String title, int colour, boolean isDashed, List<Double> xs, List<Stat> ys) {
        YIntervalSeries series = new YIntervalSeries(title);
        for (int i = 0; i < xs.size(); i++) {
            double x = xs.get(i);
            Stat y = ys.get(i);
            if (x > 0 && y.median() > 0) {
                series.add(x, y.median(), Math.min(y.min(), y.median()), Math.max(y.max(), y.median()));
            }
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

    /** Adds a curve of lines: the columns are those of x and of the median, the minimum and the maximum. */
    LineChart add(String title, int colour, boolean isDashed, List<Row> rows, String... columns) {
        List<Row> sorted = rows.stream().filter(row -> row.has(columns[0]) && row.has(columns[1]))
                .sorted((one, other) -> Double.compare(one.value(columns[0]), other.value(columns[0]))).toList();
        String least = columns[columns.length > 2 ? 2 : 1];
        String most = columns[columns.length > 3 ? 3 : 1];
        return add(title, colour, isDashed, sorted.stream().map(row -> row.value(columns[0])).toList(),
                sorted.stream().map(row -> new Stat(row.value(columns[1]), row.value(least), row.value(most)))
                        .toList());
    }

    XYPlot plot(ValueAxis x, ValueAxis y) {
        XYPlot plot = new XYPlot(data, x, y, renderer);
        plot.setDomainGridlinePaint(Chart.grid());
        plot.setRangeGridlinePaint(Chart.grid());
        return plot;
    }
}
