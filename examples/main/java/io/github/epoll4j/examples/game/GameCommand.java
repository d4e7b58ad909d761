package io.github.epoll4j.examples.game;

import io.github.epoll4j.examples.ListenAddress;
import io.github.epoll4j.examples.OptionValues;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.examples.websocket.Page;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command: {@code examples/run game}. */
@Command(name = "game", sortOptions = false, usageHelpAutoWidth = true,
        description = "An online game by ticks: players walk and talk; for game-client, and for browsers.")
public final class GameCommand implements Callable<Integer> {
    private static final int MAX_PLAYERS = 10_000;
    private static final int MAX_TICK_MILLIS = 60_000;
    private static final Duration LOGIN_TIME = Duration.ofSeconds(10);
    /** The time that a signal waits for the last save. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    @Mixin
    private ListenAddress address;

    @Option(names = "--web", paramLabel = "PORT",
            description = "Serve the game's page to browsers on this port, too; 0 takes a free one and prints it.")
    private Integer webPort;

    @Option(names = "--database", paramLabel = "FILE",
            description = "Keep the players in FILE.mv.db; without it, in memory.")
    private Path database;

    @Option(names = "--players", defaultValue = "1024", paramLabel = "N",
            description = "Create the players 1 to N that are not in the database (default: ${DEFAULT-VALUE}).")
    private int players;

    @Option(names = "--tick", defaultValue = "100", paramLabel = "MS",
            description = "Milliseconds from one tick to the next (default: ${DEFAULT-VALUE}).")
    private int tickMillis;

    @Option(names = "--save", defaultValue = "60", paramLabel = "S",
            description = "Seconds between saves; 0 saves at the end alone (default: ${DEFAULT-VALUE}).")
    private double saveSeconds;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        OptionValues values = new OptionValues(spec);
        values.requireRange("--players", players, 1, MAX_PLAYERS);
        values.requireRange("--tick", tickMillis, 1, MAX_TICK_MILLIS);
        Duration save = values.time("--save", saveSeconds, ChronoUnit.SECONDS);
        if (webPort != null) {
            values.requireRange("--web", webPort, 0, OptionValues.MAX_PORT);
        }
        GameServer.Times times = new GameServer.Times(Duration.ofMillis(tickMillis), save, LOGIN_TIME);
        Path file = database == null ? null : Path.of(database + ".mv.db");
        String created = file == null || Files.exists(file) ? "" : ", new database " + file;
        try (PlayerStore store = PlayerStore.open(database, players)) {
            Set<Integer> known = store.ids();
            GameServer server;
            try (Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1).withName("game-loop-"))) {
                server = new GameServer(reactor, store, known, times);
                String ready = "game listening on " + address.withPort(address.listen(server::listen)) + " ("
                        + known.size() + " players, a tick each " + tickMillis + " ms" + created + ")"
                        + (webPort == null ? "" : web(server));
                Serving.untilSignal(ready, () -> Serving.await(reactor), server::close, GRACE);
            }
            server.world().saveLast();
        } catch (SQLException e) {
            throw new IOException("cannot read the database: " + e.getMessage(), e);
        }
        return 0;
    }

    /** Serves the page, and returns where, for the ready line. */
    private String web(GameServer server) throws IOException {
        Page page = Page.html(GameCommand.class, "game.html");
        return ", page at http://" + address.withPort(address.listen(webPort, where -> server.listenWeb(where, page)))
                + "/";
    }
}
