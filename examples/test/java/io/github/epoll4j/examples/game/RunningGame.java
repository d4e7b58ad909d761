package io.github.epoll4j.examples.game;

import io.github.epoll4j.examples.websocket.Page;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A game on free ports, and players in it. */
final class RunningGame implements AutoCloseable {
    static final int PLAYERS = 60;
    private static final Duration NEVER = Duration.ofHours(1);

    final Reactor reactor;
    final PlayerStore store;
    final GameServer server;
    private final InetSocketAddress address;
    private final List<Puppet> puppets = new ArrayList<>();

    private RunningGame(Path database, GameServer.Times times) throws IOException, SQLException {
        store = PlayerStore.open(database, PLAYERS);
        reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1).withName("game-loop-"));
        server = new GameServer(reactor, store, store.ids(), times);
        address = new InetSocketAddress("127.0.0.1", server.listen(new InetSocketAddress("127.0.0.1", 0)));
    }

    /** Starts a game with ticks of 10 ms. */
    static RunningGame start() throws Exception {
        return start(Duration.ofMillis(10), NEVER);
    }

    static RunningGame start(Duration tick, Duration login) throws Exception {
        return new RunningGame(null, new GameServer.Times(tick, Duration.ZERO, login));
    }

    /** Starts a game with a database, which is saved every 20 ms. */
    static RunningGame start(Path database) throws Exception {
        return new RunningGame(database, new GameServer.Times(Duration.ofMillis(10), Duration.ofMillis(20), NEVER));
    }

    int port() {
        return address.getPort();
    }

    /** Listens for browsers, and returns the host and the port. */
    String listenWeb() throws IOException {
        return "127.0.0.1:" + server.listenWeb(new InetSocketAddress("127.0.0.1", 0),
                Page.html(GameCommand.class, "game.html"));
    }

    Puppet connect() throws IOException {
        return connect(0);
    }

    /** Connects a client with a receive buffer of so many bytes; 0 for the usual one. */
    Puppet connect(int receiveBuffer) throws IOException {
        Puppet puppet = new Puppet(address, receiveBuffer);
        puppets.add(puppet);
        return puppet;
    }

    /** Connects a client, and logs in. */
    Puppet enter(int player) throws IOException {
        Puppet puppet = connect();
        puppet.logIn(player);
        return puppet;
    }

    /** Runs something on the game's loop. */
    <T> T onLoop(Callable<T> call) throws Exception {
        FutureTask<T> task = new FutureTask<>(call);
        reactor.loops().getFirst().execute(task);
        return task.get(20, TimeUnit.SECONDS);
    }

    int players() throws Exception {
        return onLoop(() -> server.world().players().size());
    }

    int sessions() throws Exception {
        return onLoop(() -> server.world().sessions().size());
    }

    int ticks() throws Exception {
        return onLoop(() -> server.world().ticks());
    }

    @Override
    public void close() throws IOException {
        for (Puppet puppet : puppets) {
            puppet.close();
        }
        server.close();
        store.close();
    }
}
