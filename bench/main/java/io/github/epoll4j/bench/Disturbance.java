package io.github.epoll4j.bench;

/** When others on the machine have disturbed a measurement. */
public final class Disturbance {
    /** What others may use meanwhile, in percent of a processor. */
    public static final int PERCENT = 5;

    private Disturbance() {
    }

    /**
     * Tells whether others have disturbed a measurement.
     *
     * @param othersShare what they used meanwhile, as a part of a processor; below 0 where the kernel's ticks were lost
     * @return true if that is too much, or the ticks do not add up by as much
     */
    public static boolean isIn(double othersShare) {
        return 1e2 * Math.abs(othersShare) > PERCENT;
    }
}
