package io.github.epoll4j.examples;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ListenerConfig;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.reactor.Trigger;
import io.github.epoll4j.reactor.loop.Mechanism;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of servers on the reactor. */
public final class ReactorOptions {
    @Option(names = "--mechanism", defaultValue = "epoll", paramLabel = "NAME",
            description = "epoll, poll or select (default: ${DEFAULT-VALUE}).")
    private Mechanism mechanism;

    @Option(names = "--trigger", defaultValue = "level", paramLabel = "NAME",
            description = "level, edge (epoll alone) or oneshot (default: ${DEFAULT-VALUE}).")
    private Trigger trigger;

    @Option(names = "--loops", paramLabel = "N", description = "Event loops, each a thread (default: the processors).")
    private int loops = Runtime.getRuntime().availableProcessors();

    @Option(names = "--idle-timeout", defaultValue = "0", paramLabel = "S",
            description = "Close a connection after so many seconds without a byte; 0 for never (default: "
                    + "${DEFAULT-VALUE}).")
    private double idleSeconds;
    private Duration idleTimeout;

    @Option(names = "--max-connections", defaultValue = "0", paramLabel = "N",
            description = "Serve so many at a time, others wait; 0 for all (default).")
    private int maxConnections;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /**
     * Opens a reactor.
     *
     * @return the reactor, to be closed by the caller
     * @throws ErrnoException if there are not enough descriptors
     */
    public Reactor openReactor() throws ErrnoException {
        OptionValues values = new OptionValues(spec);
        values.requireLoops(loops);
        idleTimeout = values.time("--idle-timeout", idleSeconds, ChronoUnit.SECONDS);
        values.requireRange("--max-connections", maxConnections, 0, Integer.MAX_VALUE);
        values.require(trigger != Trigger.EDGE || mechanism == Mechanism.EPOLL,
                "--trigger edge needs --mechanism epoll");
        return Reactor.open(ReactorConfig.DEFAULT.withLoops(loops).withMechanism(mechanism));
    }

    /**
     * Returns the configuration of a listener. {@link #openReactor()} is called first, and checks the options.
     *
     * @return the configuration
     */
    public ListenerConfig listenerConfig() {
        ConnectionConfig connections = ConnectionConfig.DEFAULT
                .withTrigger(trigger)
                .withIdleTimeout(idleTimeout);
        return ListenerConfig.DEFAULT.withConnections(connections).withMaxConnections(maxConnections);
    }

    /**
     * Returns the options in words.
     *
     * @return such as {@code epoll, level, 2 loops}
     */
    @Override
    public String toString() {
        return mechanism.name().toLowerCase(Locale.ROOT) + ", " + trigger.name().toLowerCase(Locale.ROOT) + ", " + loops
                + (loops == 1 ? " loop" : " loops");
    }
}
