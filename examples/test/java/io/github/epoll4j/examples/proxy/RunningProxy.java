package io.github.epoll4j.examples.proxy;

import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ListenerConfig;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.reactor.Trigger;
import io.github.epoll4j.reactor.loop.Mechanism;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A proxy, the server behind it, and clients. */
final class RunningProxy implements AutoCloseable {
    /** The ways to wait that must all pass the same bytes. */
    enum Kind {
        ONE_LOOP(Mechanism.EPOLL, Trigger.LEVEL, 1),
        TWO_LOOPS(Mechanism.EPOLL, Trigger.LEVEL, 2),
        EDGE(Mechanism.EPOLL, Trigger.EDGE, 1),
        ONESHOT(Mechanism.EPOLL, Trigger.ONESHOT, 1),
        POLL(Mechanism.POLL, Trigger.LEVEL, 1);

        private final Mechanism mechanism;
        private final Trigger trigger;
        private final int loops;

        Kind(Mechanism mechanism, Trigger trigger, int loops) {
            this.mechanism = mechanism;
            this.trigger = trigger;
            this.loops = loops;
        }
    }

    final Reactor reactor;
    private final ServerSocket upstream;
    private final InetSocketAddress address;
    private final List<Socket> sockets = new ArrayList<>();

    RunningProxy(Kind kind) throws IOException {
        upstream = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(kind.loops).withMechanism(kind.mechanism));
        ConnectionConfig connections = ConnectionConfig.DEFAULT.withTrigger(kind.trigger);
        int port = Proxy.listen(reactor, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                ListenerConfig.DEFAULT.withConnections(connections),
                InetSocketAddress.createUnresolved("localhost", upstream.getLocalPort()),
                UnaryOperator.identity()).port();
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Connects a client. */
    Socket connect() throws IOException {
        Socket client = new Socket(address.getAddress(), address.getPort());
        return keep(client);
    }

    /** Accepts the next client on the server behind the proxy. */
    Socket accept() throws IOException {
        upstream.setSoTimeout(20_000);
        return keep(upstream.accept());
    }

    private Socket keep(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        sockets.add(socket);
        return socket;
    }

    /** Takes the server away. */
    void stopUpstream() throws IOException {
        upstream.close();
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        upstream.close();
        reactor.close(Duration.ZERO);
    }
}
