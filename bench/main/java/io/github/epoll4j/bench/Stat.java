package io.github.epoll4j.bench;

import java.util.List;

/**
 * Summary of several measurements of one quantity.
 *
 * @param min    the smallest
 * @param lower  the lower quartile
 * @param median the median, the mean of the two in the middle of an even number
 * @param upper  the upper quartile
 * @param max    the largest
 */
public record Stat(double min, double lower, double median, double upper, double max) {
    /**
     * Returns the summary of some measurements. A quartile between two of them is interpolated.
     *
     * @param values at least one measurement
     * @return their summary
     * @throws IllegalArgumentException if there is none
     */
    public static Stat of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new Stat(sorted[0], quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75),
                sorted[sorted.length - 1]);
    }

    private static double quantile(double[] sorted, double part) {
        double position = part * (sorted.length - 1);
        int index = (int) position;
        double above = sorted[Math.min(index + 1, sorted.length - 1)];
        return sorted[index] + (position - index) * (above - sorted[index]);
    }
}
