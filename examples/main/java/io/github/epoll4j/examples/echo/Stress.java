package io.github.epoll4j.examples.echo;

import io.github.epoll4j.examples.OptionValues;
import io.github.epoll4j.examples.ServerTarget;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command: {@code examples/run stress}. */
@Command(name = "stress", sortOptions = false, usageHelpAutoWidth = true,
        description = {"Loads any echo server, checks every byte that comes back, and prints a line each second.", "",
            "At the end it prints how long messages took. The status is 1 if a byte was wrong, or a connection was "
                    + "refused or lost.%n"})
public final class Stress implements Callable<Integer> {
    private static final int MAX_CONNECTIONS = 1_000_000;
    private static final int MAX_BYTES = 64 << 20;
    /** The bytes that a connection has under way with --period; later messages wait, and their delay counts. */
    private static final int MAX_PERIODIC_BYTES = 1 << 20;

    @Mixin
    private ServerTarget target;

    @Option(names = "--connections", defaultValue = "100", paramLabel = "N",
            description = "Connections (default: ${DEFAULT-VALUE}).")
    private int connections;

    @Option(names = "--ramp", defaultValue = "200", paramLabel = "N",
            description = "Open so many connections in a second; 0 for as fast as it goes (default: "
                    + "${DEFAULT-VALUE}).")
    private int ramp;

    @Option(names = "--ping-pong", description = "Send a message as soon as one is back (default).")
    private boolean isPingPong;

    @Option(names = "--in-flight", paramLabel = "K",
            description = "With --ping-pong: messages of a connection that are under way at a time (default: 1).")
    private Integer inFlight;

    @Option(names = "--period", paramLabel = "S",
            description = "Send a message every so many seconds on each connection, spread over the period. Delays "
                    + "count from when a message was due, also if it had to wait for the server.")
    private Double periodSeconds;

    @Option(names = "--size", defaultValue = "64", paramLabel = "B",
            description = "Bytes of a message (default: ${DEFAULT-VALUE}).")
    private int size;

    @Option(names = "--seconds", defaultValue = "10", paramLabel = "S",
            description = "Seconds to measure, once all are connected (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--loops", defaultValue = "1", paramLabel = "N",
            description = "Event loops, each a thread (default: ${DEFAULT-VALUE}).")
    private int loops;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        EchoLoad.Plan plan = plan();
        new OptionValues(spec).requireLoops(loops);
        try (Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(loops))) {
            EchoLoad load = new EchoLoad(target.server(reactor), plan, System.out);
            Serving.untilSignal("loading " + target + " with " + plan, load::run, load::stop);
        }
        return 0;
    }

    private EchoLoad.Plan plan() {
        OptionValues values = new OptionValues(spec);
        values.requireRange("--connections", connections, 1, MAX_CONNECTIONS);
        values.requireRange("--ramp", ramp, 0, MAX_CONNECTIONS);
        values.requireRange("--size", size, 1, MAX_BYTES);
        Duration duration = values.time("--seconds", seconds, ChronoUnit.SECONDS);
        values.require(!duration.isZero(), "--seconds is not above 0: " + seconds);
        if (periodSeconds == null) {
            int messages = inFlight == null ? 1 : inFlight;
            values.requireRange("--in-flight", messages, 1, MAX_BYTES / size);
            return new EchoLoad.Plan(connections, size, messages, duration, ramp, Duration.ZERO);
        }
        values.require(!isPingPong && inFlight == null, "--period goes with neither --ping-pong nor --in-flight");
        Duration period = values.time("--period", periodSeconds, ChronoUnit.SECONDS);
        values.require(!period.isZero(), "--period is not above 0: " + periodSeconds);
        return new EchoLoad.Plan(connections, size, Math.max(1, MAX_PERIODIC_BYTES / size), duration, ramp, period);
    }
}
