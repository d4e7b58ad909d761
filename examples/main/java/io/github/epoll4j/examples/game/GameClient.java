package io.github.epoll4j.examples.game;

import io.github.epoll4j.examples.OptionValues;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command: {@code examples/run game-client}. */
@Command(name = "game-client", sortOptions = false, usageHelpAutoWidth = true,
        description = "Plays the game with many sessions. Each does something once a second: one time in five it says "
                + "a line, otherwise it walks.%n%nPrints a summary. The status is 1 if a session was refused or lost, "
                + "or missed a tick or its own action.%n")
public final class GameClient implements Callable<Integer> {
    private static final int MAX_SESSIONS = 100_000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Option(names = "--host", defaultValue = "127.0.0.1", paramLabel = "HOST",
            description = "The server's address (default: ${DEFAULT-VALUE}).")
    private String host;

    @Option(names = "--port", defaultValue = "7000", paramLabel = "N",
            description = "The server's port (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--sessions", defaultValue = "100", paramLabel = "N",
            description = "Players to play (default: ${DEFAULT-VALUE}).")
    private int sessions;

    @Option(names = "--seconds", defaultValue = "30", paramLabel = "S",
            description = "Seconds to play, once all have logged in (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        OptionValues values = new OptionValues(spec);
        values.requireRange("--sessions", sessions, 1, MAX_SESSIONS);
        Duration duration = values.time("--seconds", seconds, ChronoUnit.SECONDS);
        values.require(!duration.isZero(), "--seconds is not above 0: " + seconds);
        InetSocketAddress address = values.address(host, port, 1, "cannot connect to ");
        try (Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1))) {
            GameLoad load = new GameLoad(reactor, address, sessions, duration, PATIENCE, System.out);
            AtomicBoolean isGood = new AtomicBoolean();
            String ready = "playing on " + OptionValues.hostAndPort(host, port) + " with " + sessions + " sessions for "
                    + seconds + " s";
            Serving.untilSignal(ready, () -> isGood.set(load.run()), load::stop);
            return isGood.get() ? 0 : 1;
        }
    }
}
