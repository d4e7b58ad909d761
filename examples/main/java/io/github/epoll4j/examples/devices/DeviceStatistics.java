package io.github.epoll4j.examples.devices;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** What devices have seen. For the thread of their loop, or when that has ended. */
final class DeviceStatistics {
    private static final int DIGITS = 3;
    private static final double NANOS_PER_MILLI = 1e6;

    private final Histogram delays = new Histogram(DIGITS);
    private final List<String> failures = new ArrayList<>();
    private final int devices;
    private final Runnable onSettled;
    private int logins;

    /**
     * Creates empty statistics.
     *
     * @param onSettled called when each device has logged in or failed
     */
    DeviceStatistics(int devices, Runnable onSettled) {
        this.devices = devices;
        this.onSettled = onSettled;
    }

    void loggedIn() {
        logins++;
        settle();
    }

    private void settle() {
        if (logins + failures.size() == devices) {
            onSettled.run();
        }
    }

    void answered(long nanos) {
        delays.recordValue(nanos);
    }

    void failed(String reason) {
        failures.add(reason);
        settle();
    }

    int logins() {
        return logins;
    }

    /** Returns what went wrong, device by device. */
    List<String> failures() {
        return failures;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d logins, %d heartbeats answered, %d failures; delays in ms: median %.2f, "
                + "99 %% %.2f, longest %.2f", logins, delays.getTotalCount(), failures.size(), millis(50), millis(99),
                millis(100));
    }

    private double millis(double percentile) {
        return delays.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
    }
}
