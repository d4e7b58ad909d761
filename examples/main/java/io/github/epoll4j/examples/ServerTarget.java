package io.github.epoll4j.examples;

import io.github.epoll4j.reactor.ConnectConfig;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.tls.Tls;
import io.github.epoll4j.reactor.tls.TlsConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of clients that say which server to connect to, and how. */
public final class ServerTarget {
    @Option(names = "--host", defaultValue = "127.0.0.1", paramLabel = "HOST",
            description = "The server's address (default: ${DEFAULT-VALUE}).")
    private String host;

    @Option(names = "--port", defaultValue = "7000", paramLabel = "N",
            description = "The server's port (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--tls", description = "Speak TLS. The server's certificate has to be valid for --host.")
    private boolean isTls;

    @Option(names = "--ca", paramLabel = "FILE",
            description = "With --tls: trust the certificates of this PEM file, in place of the JDK's.")
    private Path authorities;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /**
     * Returns the server that the options name.
     *
     * @param reactor what connects to it
     * @throws IOException if the host is unknown, or the file of --ca cannot be used
     */
    public Server server(Reactor reactor) throws IOException {
        OptionValues values = new OptionValues(spec);
        values.require(isTls || authorities == null, "--ca needs --tls");
        return new Server(reactor, values.address(host, port, 1, "cannot connect to "), tlsConfig());
    }

    /** Returns null without TLS. */
    private TlsConfig tlsConfig() throws IOException {
        try {
            return !isTls ? null : authorities == null ? TlsConfig.DEFAULT : TlsConfig.DEFAULT.withTrust(authorities);
        } catch (IOException e) {
            throw new IOException("cannot use --ca " + authorities + ": " + Failures.reason(e), e);
        }
    }

    /** Returns the host and the port. */
    @Override
    public String toString() {
        return OptionValues.hostAndPort(host, port);
    }

    /**
     * The server, and the way to connect to it.
     *
     * @param tls null without TLS
     */
    public record Server(Reactor reactor, InetSocketAddress address, TlsConfig tls) {
        /** Connects, and ends the handshake if there is one. */
        public CompletableFuture<? extends Connection> connect(ConnectConfig config,
                Function<Connection, ConnectionHandler> handlerFactory) {
            return tls == null ? reactor.connect(address, config, handlerFactory)
                    : Tls.connect(reactor, address, config, tls, handlerFactory);
        }
    }
}
