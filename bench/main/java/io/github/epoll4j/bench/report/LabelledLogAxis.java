package io.github.epoll4j.bench.report;

import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberTick;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.TextAnchor;

/** A logarithmic axis that has several labels even where it spans much less than a power of ten. */
final class LabelledLogAxis extends LogAxis {
    private static final long serialVersionUID = 1L;
    /** From so many powers of ten on, they alone have labels. */
    private static final double MANY = 2.5;
    /** From so many on 1, 2 and 5 have labels, below each digit. */
    private static final double SOME = 0.9;
    /** What has fewer labels than these has them at equal distances, four or more. */
    private static final int LEAST = 3;
    private static final int PARTS = 4;

    LabelledLogAxis(String label) {
        super(label);
    }

    @Override
    public List<NumberTick> refreshTicks(Graphics2D g2, AxisState state, Rectangle2D area, RectangleEdge edge) {
        TextAnchor anchor = edge == RectangleEdge.LEFT ? TextAnchor.CENTER_RIGHT
                : edge == RectangleEdge.RIGHT ? TextAnchor.CENTER_LEFT
                : edge == RectangleEdge.TOP ? TextAnchor.BOTTOM_CENTER : TextAnchor.TOP_CENTER;
        return labelled(getRange().getLowerBound(), getRange().getUpperBound()).stream()
                .map(value -> new NumberTick(value, ChartStyle.numbers().format(value), anchor, TextAnchor.CENTER, 0))
                .toList();
    }

    /** Gives the numbers between two others that have labels. */
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
