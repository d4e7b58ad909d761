package io.github.epoll4j.examples;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks of the values on a command line. A wrong value is a ParameterException: one line, and status 2. */
public final class OptionValues {
    /** The largest port. */
    public static final int MAX_PORT = 0xFFFF;

    private static final Pattern HOST_AND_PORT =
            Pattern.compile("(?<host>\\[[0-9a-fA-F:.%a-z]+]|[^:\\[\\]\\s]+):(?<port>[0-9]{1,6})");
    private static final int MAX_LOOPS = 1024;
    private static final int MAX_SECONDS = 1_000_000_000; // 31 years: in nanoseconds less than a long holds

    private final CommandSpec spec;

    /**
     * Creates the checks of a command.
     *
     * @param spec the command
     */
    public OptionValues(CommandSpec spec) {
        this.spec = spec;
    }

    /**
     * Refuses a value unless a condition holds.
     *
     * @param condition the condition
     * @param message   the line that is printed otherwise
     */
    public void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    /**
     * Refuses a number outside a range.
     *
     * @param name  the option's name
     * @param value the number
     * @param min   the smallest number accepted
     * @param max   the largest number accepted
     */
    public void requireRange(String name, long value, long min, long max) {
        require(value >= min && value <= max, max == Integer.MAX_VALUE || max == Long.MAX_VALUE
                ? name + " is not " + min + " or more: " + value
                : name + " is not in " + min + ".." + max + ": " + value);
    }

    /**
     * Refuses a number of event loops that is not above 0, or that no machine has processors for.
     *
     * @param loops the value of --loops
     */
    public void requireLoops(int loops) {
        requireRange("--loops", loops, 1, MAX_LOOPS);
    }

    /**
     * Returns a time of at most 31 years.
     *
     * @param name  the option's name
     * @param value the number of units; 0 is accepted
     * @param unit  the unit
     * @return the time; a number above 0 never becomes zero
     */
    public Duration time(String name, double value, ChronoUnit unit) {
        long max = MAX_SECONDS / unit.getDuration().toSeconds();
        require(value >= 0 && value <= max, // false for NaN
                name + " is not in 0.." + max + ": " + value);
        return Duration.ofNanos((long) Math.ceil(value * unit.getDuration().toNanos()));
    }

    /**
     * Looks up an address.
     *
     * @param host    the host's name or address
     * @param port    the port
     * @param minPort 0 if the kernel may choose the port, 1 otherwise
     * @param failure the beginning of the message for an unknown host
     * @return the address
     * @throws IOException if the host is unknown
     */
    public InetSocketAddress address(String host, int port, int minPort, String failure) throws IOException {
        require(!host.isBlank(), "--host is empty");
        requireRange("--port", port, minPort, MAX_PORT);
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IOException(failure + hostAndPort(host, port) + ": unknown host");
        }
        return address;
    }

    /**
     * Returns an address that is not resolved yet.
     *
     * @param name  the option's name
     * @param value such as {@code localhost:7000} or {@code [::1]:7000}
     * @return the address
     */
    public InetSocketAddress hostAndPort(String name, String value) {
        Matcher matcher = HOST_AND_PORT.matcher(value);
        require(matcher.matches(), name + " is not HOST:PORT: " + value);
        int port = Integer.parseInt(matcher.group("port"));
        requireRange(name + "'s port", port, 1, MAX_PORT);
        return InetSocketAddress.createUnresolved(matcher.group("host").replaceAll("[\\[\\]]", ""), port);
    }

    /**
     * Returns a host and a port as one text.
     *
     * @param host the host
     * @param port the port
     * @return such as {@code 127.0.0.1:7000} or {@code [::]:7000}
     */
    public static String hostAndPort(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
