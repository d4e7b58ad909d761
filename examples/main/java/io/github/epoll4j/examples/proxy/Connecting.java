package io.github.epoll4j.examples.proxy;

import io.github.epoll4j.examples.Failures;
import io.github.epoll4j.reactor.ConnectConfig;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Reactor;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** Handles a client until its upstream is connected, on the client's loop. The client's bytes wait in the kernel. */
final class Connecting implements ConnectionHandler {
    private final Reactor reactor;
    private final InetSocketAddress target;
    private final ConnectConfig config;
    private CompletableFuture<Connection> attempt;

    Connecting(Reactor reactor, InetSocketAddress target, ConnectConfig config) {
        this.reactor = reactor;
        this.target = target;
        this.config = config;
    }

    @Override
    public void onOpen(Connection client) {
        client.pauseReading();
        attempt = reactor.connect(target, config, upstream -> new Relay(client));
        attempt.whenComplete((upstream, failure) -> {
            if (failure == null) {
                client.handler(new Relay(upstream)); // if the client has left, this one's onClosed ends the upstream
                client.resumeReading();
            } else if (client.isOpen()) {
                System.err.println("cannot connect " + client.remoteAddress() + " to " + Proxy.hostAndPort(target)
                        + ": " + Failures.reason(failure));
                client.reset();
            }
        });
    }

    @Override
    public void onData(Connection client, ByteBuffer data) {
        throw new AssertionError("reading is paused");
    }

    @Override
    public void onClosed(Connection client, Throwable cause) {
        if (attempt != null) {
            attempt.cancel(true);
        }
    }
}
