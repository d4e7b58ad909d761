package io.github.epoll4j.bench.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Shape;
import java.awt.Stroke;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.text.NumberFormat;
import java.util.List;
import java.util.Locale;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.Axis;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.Plot;
import org.jfree.chart.ui.RectangleInsets;

/** How all charts look. The colours are those of Okabe and Ito, which the colour-blind tell apart. */
final class ChartStyle {
    private static final List<Color> COLOURS = List.of(new Color(0x0072B2), new Color(0xD55E00), new Color(0x009E73),
            new Color(0xCC79A7), new Color(0xE69F00), new Color(0x56B4E9), new Color(0x000000));
    private static final Color GRID = new Color(0xDDDDDD);
    private static final String FONT = Font.SANS_SERIF;

    private ChartStyle() {
    }

    static Color colour(int index) {
        return COLOURS.get(index % COLOURS.size());
    }

    /** Gives a shape; those of neighbours differ. */
    static Shape shape(int index) {
        Path2D triangle = new Path2D.Double();
        triangle.moveTo(0, -5);
        triangle.lineTo(5, 4);
        triangle.lineTo(-5, 4);
        triangle.closePath();
        Path2D diamond = new Path2D.Double();
        diamond.moveTo(0, -5.5);
        diamond.lineTo(5, 0);
        diamond.lineTo(0, 5.5);
        diamond.lineTo(-5, 0);
        diamond.closePath();
        return List.of(new Ellipse2D.Double(-4, -4, 8, 8), new Rectangle2D.Double(-4, -4, 8, 8), triangle, diamond)
                .get(index % 4);
    }

    static Stroke line(boolean isDashed) {
        return isDashed ? new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {7, 5}, 0)
                : new BasicStroke(2);
    }

    static Font font(int style, int size) {
        return new Font(FONT, style, size);
    }

    /** Writes numbers as 10,000 and 0.05. */
    static NumberFormat numbers() {
        return new DecimalFormat("#,##0.#####", DecimalFormatSymbols.getInstance(Locale.ROOT));
    }

    /**
     * Makes a logarithmic axis with labels at 1, 2 and 5, at powers of ten where these are many, and closer where
     * these are few.
     */
    static LogAxis logAxis(String label) {
        LogAxis axis = new LabelledLogAxis(label);
        style(axis);
        return axis;
    }

    static NumberAxis linearAxis(String label) {
        NumberAxis axis = new NumberAxis(label);
        axis.setNumberFormatOverride(numbers());
        axis.setAutoRangeIncludesZero(true);
        style(axis);
        return axis;
    }

    static void style(Axis axis) {
        axis.setLabelFont(font(Font.PLAIN, 14));
        axis.setTickLabelFont(font(Font.PLAIN, 13));
        if (axis instanceof ValueAxis values) {
            values.setUpperMargin(0.06);
        }
    }

    static JFreeChart chart(String title, Plot plot) {
        plot.setBackgroundPaint(Color.WHITE);
        plot.setOutlineVisible(false);
        JFreeChart chart = new JFreeChart(title, font(Font.BOLD, 17), plot, true);
        chart.setBackgroundPaint(Color.WHITE);
        chart.setPadding(new RectangleInsets(8, 8, 8, 16));
        if (chart.getLegend() != null) {
            chart.getLegend().setItemFont(font(Font.PLAIN, 13));
            chart.getLegend().setFrame(org.jfree.chart.block.BlockBorder.NONE);
        }
        return chart;
    }

    static Color grid() {
        return GRID;
    }
}
