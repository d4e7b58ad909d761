package io.github.epoll4j.examples.http;

import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.ListenerConfig;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.loop.EventLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * An HTTP server on a reactor, which is closed with it.
 *
 * <p>At its end no request is lost. The client of a connection that stays open may send the next request at any moment,
 * so it is told by the answer to that one, with {@code Connection: close}. Only a connection that is silent for some
 * time is closed without an answer.
 */
final class HttpServer {
    /** The silence after which an idle connection is closed when the server ends: for requests that have arrived. */
    private static final Duration SHORT_SILENCE = Duration.ofMillis(100);
    /** The time in which the requests that are in progress at a hand-over can be completed. */
    private static final Duration HAND_OVER_GRACE = Duration.ofMinutes(1);

    private final Reactor reactor;
    private final TcpListener socket;
    private final int maxBodyBytes;
    private final Map<EventLoop, LoopResources> resources = new IdentityHashMap<>();
    private final Listener listener;
    private volatile Duration drainSilence = SHORT_SILENCE;

    /**
     * Starts to serve.
     *
     * @param reactor      the loops
     * @param socket       the socket to accept from; it belongs to the server, and stays the caller's if this throws
     * @param config       the way to accept
     * @param sites        creates the pages, for each loop
     * @param maxBodyBytes the most bytes of the body of a request
     * @param log          the access log, which stays the caller's; null for none
     * @param layer        what is below HTTP, such as TLS
     */
    HttpServer(Reactor reactor, TcpListener socket, ListenerConfig config, Supplier<Site> sites, int maxBodyBytes,
            FileFd log, UnaryOperator<Function<Connection, ConnectionHandler>> layer) throws IOException {
        this.reactor = reactor;
        this.socket = socket;
        this.maxBodyBytes = maxBodyBytes;
        for (EventLoop loop : reactor.loops()) {
            LoopResources shared = new LoopResources(sites.get(), log);
            resources.put(loop, shared);
            loop.execute(() -> shared.start(loop));
        }
        this.listener = reactor.listen(socket, config, layer.apply(this::handler));
    }

    private ConnectionHandler handler(Connection connection) {
        return new HttpConnection(this, resources.get(connection.loop()), connection);
    }

    int port() {
        return listener.port();
    }

    int maxBodyBytes() {
        return maxBodyBytes;
    }

    /** Returns the silence after which an idle connection is closed while the server is being drained. */
    Duration drainSilence() {
        return drainSilence;
    }

    /**
     * Waits on a Unix socket for a successor, passes the listening socket to it, and ends: its connections are drained,
     * and then the reactor is closed.
     *
     * @param path    the path of the Unix socket
     * @param silence the silence after which an idle connection is closed then
     */
    void awaitSuccessor(Path path, Duration silence) throws IOException {
        HandOver handOver = HandOver.open(path, socket, () -> retire(silence));
        EventLoop loop = reactor.loops().getFirst();
        loop.execute(() -> handOver.start(loop));
    }

    private CompletableFuture<Void> retire(Duration silence) {
        drainSilence = silence;
        listener.drain().thenRun(reactor::close);
        reactor.loops().getFirst().schedule(HAND_OVER_GRACE, () -> reactor.close(Duration.ZERO));
        return listener.closeFuture();
    }

    /** Ends the server, and waits: the requests in progress have a grace time. */
    void close(Duration grace) {
        drainSilence = SHORT_SILENCE;
        reactor.close(grace);
    }
}
