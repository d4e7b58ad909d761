package io.github.epoll4j.bench.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.Stroke;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.text.NumberFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jfree.chart.ChartUtils;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.Axis;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.Plot;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.svg.SVGGraphics2D;

/**
 * A chart that is to be a file, and how all charts look. The colours are those of Okabe and Ito, which the
 * colour-blind tell apart.
 *
 * @param section the part of the report in which it stands
 * @param name    its name, without an ending
 * @param chart   the chart
 * @param width   of the picture, in pixels
 * @param height  of the picture
 */
record Chart(String section, String name, JFreeChart chart, int width, int height) {
    static final int WIDTH = 1000;
    static final int HEIGHT = 600;
    /** The PNG has so many pixels for each. */
    static final int SCALE = 2;

    private static final List<Color> COLOURS = List.of(new Color(0x0072B2), new Color(0xD55E00), new Color(0x009E73),
            new Color(0xCC79A7), new Color(0xE69F00), new Color(0x56B4E9), new Color(0x000000));
    private static final Color GRID = new Color(0xDDDDDD);
    private static final String FONT = Font.SANS_SERIF;

    /** Returns the title. */
    String title() {
        return chart.getTitle().getText();
    }

    /** Writes it as SVG and as PNG. */
    void write(Path folder) throws IOException {
        SVGGraphics2D svg = new SVGGraphics2D(width, height);
        svg.setDefsKeyPrefix(name.replaceAll("[^a-z0-9]", "") + "_");
        chart.draw(svg, new Rectangle2D.Double(0, 0, width, height));
        Files.writeString(folder.resolve(name + ".svg"), svg.getSVGDocument());
        try (var out = Files.newOutputStream(folder.resolve(name + ".png"))) {
            ChartUtils.writeScaledChartAsPNG(out, chart, width, height, SCALE, SCALE);
        }
    }

    static Color colour(int index) {
        return COLOURS.get(index % COLOURS.size());
    }

    /** Returns a shape; those of neighbours differ. */
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

    /** Returns the format of numbers: 10,000 and 0.05. */
    static NumberFormat numbers() {
        return new DecimalFormat("#,##0.#####", DecimalFormatSymbols.getInstance(Locale.ROOT));
    }

    /**
     * Returns a logarithmic axis with labels at 1, 2 and 5, at powers of ten where these are many, and closer where
     * these are few.
     */
    static LogAxis logAxis(String label) {
        LogAxis axis = new LogarithmicAxis(label);
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

    static JFreeChart draw(String title, Plot plot) {
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

    /** A logarithmic axis that has several labels even where it spans much less than a power of ten. */
    static final class LogarithmicAxis extends LogAxis {
        private static final long serialVersionUID = 1L;
        /** From so many powers of ten on, they alone have labels. */
        private static final double MANY = 2.5;
        /** From so many on 1, 2 and 5 have labels, below each digit. */
        private static final double SOME = 0.9;
        /** What has fewer labels than these has them at equal distances, four or more. */
        private static final int LEAST = 3;
        private static final int PARTS = 4;

        LogarithmicAxis(String label) {
            super(label);
        }

        @Override
        public List<NumberTick> refreshTicks(Graphics2D g2, AxisState state, Rectangle2D area, RectangleEdge edge) {
            TextAnchor anchor = edge == RectangleEdge.LEFT ? TextAnchor.CENTER_RIGHT
                    : edge == RectangleEdge.RIGHT ? TextAnchor.CENTER_LEFT
                    : edge == RectangleEdge.TOP ? TextAnchor.BOTTOM_CENTER : TextAnchor.TOP_CENTER;
            return labelled(getRange().getLowerBound(), getRange().getUpperBound()).stream()
                    .map(value -> new NumberTick(value, numbers().format(value), anchor, TextAnchor.CENTER, 0))
                    .toList();
        }

        /** Returns the numbers between two others that have labels. */
        static List<Double> labelled(double low, double high) {
            double powers = Math.log10(high / low);
            List<Integer> digits = powers > MANY ? List.of(1) : powers > SOME ? List.of(1, 2, 5)
                    : List.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
            List<Double> values = new ArrayList<>();
            for (int power = (int) Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
                for (int digit : digits) {
                    double value = digit * Math.pow(10, power);
                    if (value >= low && value <= high) {
                        values.add(value);
                    }
                }
            }
            return values.size() < LEAST ? atEqualDistances(low, high) : values;
        }

        private static List<Double> atEqualDistances(double low, double high) {
            double part = (high - low) / PARTS;
            double unit = Math.pow(10, Math.floor(Math.log10(part)));
            double step = part >= 5 * unit ? 5 * unit : part >= 2 * unit ? 2 * unit : unit;
            List<Double> values = new ArrayList<>();
            for (long i = (long) Math.ceil(low / step); i * step <= high; i++) {
                values.add(i * step);
            }
            return values;
        }
    }
}
