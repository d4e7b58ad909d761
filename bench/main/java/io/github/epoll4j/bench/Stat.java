package io.github.epoll4j.bench;

import java.util.List;

/**
 * What several measurements of one thing say.
 *
 * @param median the middle one, or the mean of the two in the middle
 * @param min    the smallest
 * @param max    the largest
 */
public record Stat(double median, double min, double max) {
    /**
     * Sums measurements up.
     *
     * @param values at least one measurement
     * @return their median, minimum and maximum
     * @throws IllegalArgumentException if there is none
     */
    public static Stat of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Stat(median, sorted[0], sorted[sorted.length - 1]);
    }
}
