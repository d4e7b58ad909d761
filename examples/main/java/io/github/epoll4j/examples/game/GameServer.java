package io.github.epoll4j.examples.game;

import static io.github.epoll4j.net.LinuxSocketOptions.SO_SNDBUF;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NODELAY;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.examples.websocket.OriginPolicy;
import io.github.epoll4j.examples.websocket.Page;
import io.github.epoll4j.examples.websocket.WebSocketServer;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.ListenerConfig;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.loop.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A game on the first loop of a reactor. */
final class GameServer implements AutoCloseable {
    /** A client that has not read 256 KB, beside what the kernel keeps, is not in the game any more. */
    private static final ConnectionConfig CONFIG = ConnectionConfig.DEFAULT
            .withBudget(16 << 10).withWaterMarks(64 << 10, 256 << 10).withQueueLimit(256 << 10);
    private static final int SEND_BUFFER = 128 << 10;
    /** The time that clients have to close when the server ends. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private final Reactor reactor;
    private final World world;
    private final Duration loginTime;
    private final List<Listener> listeners = new ArrayList<>();

    /**
     * The times of a game.
     *
     * @param tick  the time from one tick to the next
     * @param save  the time between saves; zero for the end alone
     * @param login the time that a client over TCP has to log in
     */
    record Times(Duration tick, Duration save, Duration login) {
    }

    /**
     * Starts the ticks of a game that listens nowhere yet.
     *
     * @param reactor a reactor with one loop
     * @param known   the numbers of the players in the store
     */
    GameServer(Reactor reactor, PlayerStore store, Set<Integer> known, Times times) {
        this.reactor = reactor;
        EventLoop loop = reactor.loops().getFirst();
        this.world = new World(loop, store, known);
        this.loginTime = times.login();
        loop.execute(() -> schedule(loop, world, times));
    }

    /** Starts a world's ticks and saves, by deadlines: input neither delays a tick nor brings one forward. */
    static void schedule(EventLoop loop, World world, Times times) {
        loop.scheduleAtFixedRate(times.tick(), times.tick(), world::tick);
        if (times.save().isPositive()) {
            loop.scheduleAtFixedRate(times.save(), times.save(), world::save);
        }
    }

    World world() {
        return world;
    }

    /** Listens for clients over TCP, and returns the port. */
    int listen(InetSocketAddress address) throws ErrnoException {
        return listen(address, CONFIG, connection -> new TcpSession(world, connection, loginTime));
    }

    /** Listens for browsers, and returns the port. */
    int listenWeb(InetSocketAddress address, Page page) throws ErrnoException {
        return listen(address, WebSocketServer.withTimeouts(CONFIG),
                WebSocketServer.handlerFactory(page, "/ws", OriginPolicy.sameHost(),
                        webSocket -> new PageSession(world, webSocket)));
    }

    private int listen(InetSocketAddress address, ConnectionConfig config,
            Function<Connection, ConnectionHandler> handlerFactory) throws ErrnoException {
        Listener listener = reactor.listen(address, ListenerConfig.DEFAULT.withConnections(config)
                .withOptions(TCP_NODELAY.with(true), SO_SNDBUF.with(SEND_BUFFER)), handlerFactory);
        listeners.add(listener);
        return listener.port();
    }

    /** Ends the clients' connections, and the reactor. */
    @Override
    public void close() {
        Serving.drain(reactor, listeners, GRACE);
    }
}
