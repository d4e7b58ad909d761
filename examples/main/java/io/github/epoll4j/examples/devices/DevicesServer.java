package io.github.epoll4j.examples.devices;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.examples.Failures;
import io.github.epoll4j.examples.OptionValues;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.datagram.DatagramEndpoint;
import io.github.epoll4j.reactor.worker.WorkerPool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The server: a listener and a UDP socket on one loop, and workers. The reactor and the pool end with it. */
final class DevicesServer {
    /** The time in which an orderly stop answers what waits. */
    static final Duration GRACE = Duration.ofSeconds(5);

    private final Reactor reactor;
    private final WorkerPool pool;
    private final Sessions sessions = new Sessions();
    private final Listener listener;
    private final DatagramBeats beats;
    private final DatagramEndpoint endpoint;

    /**
     * Opens the server.
     *
     * @param timeout a device without a heartbeat for so long is evicted
     * @throws IOException if an address cannot be bound, with a message of one line; the caller closes the reactor
     */
    DevicesServer(Reactor reactor, WorkerPool pool, Users users, Duration timeout, InetSocketAddress tcp,
            InetSocketAddress udp) throws IOException {
        this.reactor = reactor;
        this.pool = pool;
        beats = new DatagramBeats(pool, sessions);
        try {
            endpoint = reactor.bind(udp, beats);
        } catch (ErrnoException e) {
            throw failure("cannot bind UDP ", udp, e);
        }
        try {
            listener = reactor.listen(tcp, ConnectionConfig.DEFAULT.withIdleTimeout(timeout),
                    connection -> pool.handler(new DeviceHandler(users, sessions, timeout)));
        } catch (ErrnoException e) {
            throw failure("cannot listen on ", tcp, e);
        }
    }

    private static IOException failure(String what, InetSocketAddress address, ErrnoException e) {
        return new IOException(what + OptionValues.hostAndPort(address.getHostString(), address.getPort()) + ": "
                + Failures.reason(e), e);
    }

    int tcpPort() {
        return listener.port();
    }

    int udpPort() {
        return endpoint.localAddress().getPort();
    }

    /** Returns the number of devices that are logged in. */
    int devices() {
        return sessions.count();
    }

    /** Stops when everything that has arrived is answered, or the grace time is over. */
    void stop() {
        CompletableFuture.allOf(beats.stop(endpoint), listener.drain())
                .completeOnTimeout(null, GRACE.toMillis(), TimeUnit.MILLISECONDS).join();
        pool.close();
        reactor.close(GRACE);
    }

    /** Stops at once: what waits for a worker is not done. */
    void stopNow() {
        pool.closeNow();
        reactor.close(Duration.ZERO);
    }
}
