package io.github.epoll4j.examples.chat;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.examples.websocket.OriginPolicy;
import io.github.epoll4j.examples.websocket.Page;
import io.github.epoll4j.examples.websocket.WebSocketServer;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.Trigger;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A chat on a reactor, of which the first loop owns the chat. The reactor is closed with it. */
final class ChatServer implements AutoCloseable {
    /** Nobody falls back by more than 256 KB, beside what the kernel keeps; then the connection ends. */
    private static final ConnectionConfig CONFIG = ConnectionConfig.DEFAULT
            .withBudget(16 << 10).withWaterMarks(16 << 10, 64 << 10).withQueueLimit(256 << 10);
    /** The time in which members have to read the farewell. */
    private static final Duration GRACE = Duration.ofMillis(800);

    private final Reactor reactor;
    private final Venue venue;
    private final Trigger trigger;
    private final UnaryOperator<Function<Connection, ConnectionHandler>> layer;
    private final List<Listener> listeners = new ArrayList<>();

    /**
     * Creates a server that listens nowhere.
     *
     * @param reactor the loops
     * @param chat    an empty chat
     * @param log     puts what members do in order
     * @param trigger the way to wait
     * @param layer   what is below lines and pages, such as TLS
     */
    ChatServer(Reactor reactor, Chat chat, Log log, Trigger trigger,
            UnaryOperator<Function<Connection, ConnectionHandler>> layer) {
        this.reactor = reactor;
        this.venue = new Venue(reactor.loops().getFirst(), chat, log);
        this.trigger = trigger;
        this.layer = layer;
    }

    /** Listens for people at nc, and returns the port. */
    int listen(InetSocketAddress address) throws ErrnoException {
        return listen(address, CONFIG, connection -> new LineSession(connection, venue));
    }

    /** Listens for browsers, and returns the port. */
    int listenWeb(InetSocketAddress address, Page page) throws ErrnoException {
        return listen(address, WebSocketServer.withTimeouts(CONFIG),
                WebSocketServer.handlerFactory(page, "/ws", OriginPolicy.sameHost(),
                        webSocket -> new PageSession(webSocket, venue)));
    }

    private int listen(InetSocketAddress address, ConnectionConfig config,
            Function<Connection, ConnectionHandler> handlerFactory) throws ErrnoException {
        Listener listener = reactor.listen(address, config.withTrigger(trigger), layer.apply(handlerFactory));
        listeners.add(listener);
        return listener.port();
    }

    /** Has the chat say goodbye to its members, and closes when they have read it, or when the grace time is over. */
    @Override
    public void close() {
        Serving.drain(reactor, listeners, GRACE);
    }
}
