package io.github.epoll4j.bench;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Numbers of a command line that must be above 0. */
public final class Positive {
    private Positive() {
    }

    /**
     * Refuses a number that is not above 0.
     *
     * @param spec  the command
     * @param name  what it is on the command line
     * @param value the number, or null if none is given
     * @throws ParameterException if it is not; the command ends with 2 then
     */
    public static void require(CommandSpec spec, String name, Number value) {
        if (value != null && !(value.doubleValue() > 0)) {
            throw new ParameterException(spec.commandLine(), name + " is not positive: " + value);
        }
    }
}
