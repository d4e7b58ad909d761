package io.github.epoll4j.examples.http;

import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NODELAY;

import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ListenerConfig;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** A server in this process. */
final class RunningHttp implements AutoCloseable {
    static final int MAX_BODY = 100_000;

    final Reactor reactor;
    final HttpServer server;

    private RunningHttp(Path root, TcpListener socket, int loops, ConnectionConfig connections, FileFd log)
            throws IOException {
        reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(loops));
        server = new HttpServer(reactor, socket, ListenerConfig.DEFAULT.withConnections(connections),
                () -> root == null ? new BuiltInSite() : new FileSite(root), MAX_BODY, log,
                UnaryOperator.identity());
    }

    /** Starts a server on a loop, for a folder, or for the built-in pages if that is null. */
    static RunningHttp start(Path root) throws IOException {
        return start(root, ConnectionConfig.DEFAULT, null);
    }

    static RunningHttp start(Path root, ConnectionConfig connections, FileFd log) throws IOException {
        return new RunningHttp(root, bind(), 1, connections, log);
    }

    /** Starts a server with two loops on a listening socket. */
    static RunningHttp serve(TcpListener socket) throws IOException {
        return new RunningHttp(null, socket, 2, ConnectionConfig.DEFAULT, null);
    }

    static TcpListener bind() throws IOException {
        return TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), TCP_NODELAY.with(true));
    }

    HttpClient connect() throws IOException {
        return new HttpClient(server.port());
    }

    /** Waits until the server has read all that its clients have sent. */
    void awaitRead(long bytes) {
        Eventually.await("the server has read " + bytes + " bytes", () -> reactor.metrics().bytesRead() == bytes);
    }

    @Override
    public void close() {
        server.close(Duration.ZERO);
    }
}
