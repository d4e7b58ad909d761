package io.github.epoll4j.bench.report;

import io.github.epoll4j.bench.report.Results.Row;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.CategoryItemRendererState;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.category.CategoryDataset;
import org.jfree.data.category.DefaultCategoryDataset;

/** Bars that lie, with a line from the least to the most on each. */
final class BarChart {
    private static final int BAR = 15;
    private static final int GAP = 12;
    private static final int FRAME = 150;

    private final DefaultCategoryDataset data = new DefaultCategoryDataset();
    private final Map<String, Range> ranges = new HashMap<>();
    private double most;

    boolean isEmpty() {
        return ranges.isEmpty();
    }

    /** Adds the median, the minimum and the maximum of a line, if it has them. */
    BarChart add(String series, String category, Row row, String prefix) {
        return add(series, category, row, prefix + "_median", prefix + "_min", prefix + "_max");
    }

    /** Adds the number in a column, if there is one, and the ends of its line. */
    BarChart add(String series, String category, Row row, String median, String min, String max) {
        if (row.has(median)) {
            data.addValue(row.value(median), series, category);
            ranges.put(series + "\n" + category, new Range(row.value(min), row.value(max)));
            most = Math.max(most, Math.max(row.value(max), row.value(median)));
        }
        return this;
    }

    /** Returns whether there is one series only, which needs no legend. */
    boolean isOfOneSeries() {
        return data.getRowCount() == 1;
    }

    /** Returns the height that leaves room for all bars. */
    int height() {
        return FRAME + data.getColumnCount() * (BAR * data.getRowCount() + GAP);
    }

    /** Returns the plot; a line with its words stands at each mark. */
    CategoryPlot plot(String label, Map<Double, String> marks) {
        ValueAxis values = Chart.linearAxis(label);
        values.setUpperBound(Math.max(most, marks.keySet().stream().mapToDouble(mark -> mark).max().orElse(0)) * 1.06);
        CategoryAxis categories = new CategoryAxis();
        Chart.style(categories);
        categories.setCategoryMargin(0.22);
        categories.setLowerMargin(marks.isEmpty() ? 0.01 : 18.0 / height());
        categories.setUpperMargin(0.01);
        Renderer renderer = new Renderer(ranges);
        for (int i = 0; i < data.getRowCount(); i++) {
            renderer.setSeriesPaint(i, Chart.colour(i));
        }
        CategoryPlot plot = new CategoryPlot(data, categories, values, renderer);
        plot.setOrientation(PlotOrientation.HORIZONTAL);
        plot.setRangeGridlinePaint(Chart.grid());
        new TreeMap<>(marks) // a picture depends on no map's order
                .forEach((value, words) -> plot.addRangeMarker(marker(value, words)));
        return plot;
    }

    private static ValueMarker marker(double value, String words) {
        ValueMarker marker = new ValueMarker(value, Color.DARK_GRAY, new BasicStroke(
                1.4f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {4, 4}, 0));
        marker.setLabel(words);
        marker.setLabelFont(Chart.font(Font.ITALIC, 12));
        marker.setLabelAnchor(RectangleAnchor.TOP_RIGHT);
        marker.setLabelTextAnchor(TextAnchor.TOP_LEFT);
        marker.setLabelBackgroundColor(new Color(255, 255, 255, 200));
        return marker;
    }

    /** Draws the line over the bar. */
    private static final class Renderer extends BarRenderer {
        private static final long serialVersionUID = 1L;
        private final transient Map<String, Range> ranges;

        Renderer(Map<String, Range> ranges) {
            this.ranges = ranges;
            setBarPainter(new StandardBarPainter());
            setShadowVisible(false);
            setItemMargin(0.05);
            setMaximumBarWidth(0.2);
        }

        @Override
        @SuppressWarnings("checkstyle:ParameterNumber")
        public void drawItem(Graphics2D g2, CategoryItemRendererState state, Rectangle2D area, CategoryPlot plot,
                CategoryAxis domain, ValueAxis values, CategoryDataset dataset, int row, int column, int pass) {
            super.drawItem(g2, state, area, plot, domain, values, dataset, row, column, pass);
            Range range = ranges.get(dataset.getRowKey(row) + "\n" + dataset.getColumnKey(column));
            if (range == null || range.max() <= range.min()) {
                return;
            }
            double y = calculateBarW0(plot, plot.getOrientation(), area, domain, state,
                    state.getVisibleSeriesIndex(row), column) + state.getBarWidth() / 2;
            double from = values.valueToJava2D(range.min(), area, plot.getRangeAxisEdge());
            double to = values.valueToJava2D(range.max(), area, plot.getRangeAxisEdge());
            g2.setPaint(Color.BLACK);
            g2.setStroke(new BasicStroke(1.1f));
            g2.draw(new Line2D.Double(from, y, to, y));
            g2.draw(new Line2D.Double(from, y - 3, from, y + 3));
            g2.draw(new Line2D.Double(to, y - 3, to, y + 3));
        }
    }

    /** The ends of the line on a bar. */
    private record Range(double min, double max) {
    }
}
