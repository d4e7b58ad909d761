package io.github.epoll4j.examples.proxy;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.examples.ListenAddress;
import io.github.epoll4j.examples.OptionValues;
import io.github.epoll4j.examples.ReactorOptions;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.examples.TlsOptions;
import io.github.epoll4j.reactor.ConnectConfig;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.ListenerConfig;
import io.github.epoll4j.reactor.Reactor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command: {@code examples/run proxy}. */
@Command(name = "proxy", sortOptions = false, usageHelpAutoWidth = true,
        description = "Relays TCP connections to another server, on the reactor.")
public final class Proxy implements Callable<Integer> {
    /** The time in which clients can get their last bytes when a signal ends the proxy. */
    private static final Duration GRACE = Duration.ofMillis(500);

    @Mixin
    private ListenAddress address;

    @Option(names = "--to", required = true, paramLabel = "HOST:PORT",
            description = "The server; its name is resolved for each client.")
    private String to;

    @Mixin
    private ReactorOptions options;

    @Mixin
    private TlsOptions tls;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        InetSocketAddress target = new OptionValues(spec).hostAndPort("--to", to);
        try (Reactor reactor = options.openReactor()) {
            UnaryOperator<Function<Connection, ConnectionHandler>> layer = tls.layer();
            Listener listener = address.listen(
                    where -> listen(reactor, where, options.listenerConfig(), target, layer));
            String ready = "proxy listening on " + address.withPort(listener.port()) + " for " + hostAndPort(target)
                    + " (" + options + tls + ")";
            Serving.untilSignal(ready, () -> Serving.await(reactor), () -> reactor.close(GRACE));
        }
        return 0;
    }

    /** A side is paused when the other one is full, and never for its own sake. */
    static Listener listen(Reactor reactor, InetSocketAddress where, ListenerConfig config, InetSocketAddress target,
            UnaryOperator<Function<Connection, ConnectionHandler>> layer) throws ErrnoException {
        ConnectionConfig sides = config.connections().withAutoPause(false);
        ConnectConfig upstream = ConnectConfig.DEFAULT.withConnections(sides);
        return reactor.listen(where, config.withConnections(sides),
                layer.apply(client -> new Connecting(reactor, target, upstream)));
    }

    static String hostAndPort(InetSocketAddress target) {
        return OptionValues.hostAndPort(target.getHostString(), target.getPort());
    }
}
