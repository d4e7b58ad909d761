package io.github.epoll4j.bench;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks of the numbers on a command line. A wrong number ends the command with 2. */
public final class Positive {
    /** More of anything is a mistake: seconds, rounds, bytes. */
    private static final double MAX = 1e9;

    private Positive() {
    }

    /**
     * Refuses a number that is not above 0, or above 1e9.
     *
     * @param spec  the command
     * @param name  the option's or the parameter's name
     * @param value the number, or null if none is given
     * @throws ParameterException if it is refused
     */
    public static void require(CommandSpec spec, String name, Number value) {
        check(spec, value == null || value.doubleValue() > 0, name + " is not positive: " + value); // false for NaN
        requireZeroOrMore(spec, name, value);
    }

    /**
     * Refuses a number below 0, or above 1e9.
     *
     * @param spec  the command
     * @param name  the option's or the parameter's name
     * @param value the number, or null if none is given
     * @throws ParameterException if it is refused
     */
    public static void requireZeroOrMore(CommandSpec spec, String name, Number value) {
        check(spec, value == null || value.doubleValue() >= 0, name + " is not 0 or more: " + value);
        check(spec, value == null || value.doubleValue() <= MAX, name + " is too large: " + value);
    }

    private static void check(CommandSpec spec, boolean isRight, String message) {
        if (!isRight) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }
}
