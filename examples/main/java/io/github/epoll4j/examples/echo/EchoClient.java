package io.github.epoll4j.examples.echo;

import io.github.epoll4j.examples.Failures;
import io.github.epoll4j.examples.OptionValues;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.reactor.ConnectConfig;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.reactor.tls.Tls;
import io.github.epoll4j.reactor.tls.TlsConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command: {@code examples/run echo-client}. */
@Command(name = "echo-client", sortOptions = false, usageHelpAutoWidth = true,
        description = {"Talks to an echo server, or loads it.", "",
            "Without --connections: sends what is typed, or piped in, and prints what comes back.",
            "With --connections: sends messages, checks every byte that comes back, and prints rates and round-trip "
                    + "times every five seconds and at the end. The status is 1 if a byte was wrong or a connection "
                    + "was lost.%n"})
public final class EchoClient implements Callable<Integer> {
    private static final ConnectConfig CONNECT = ConnectConfig.DEFAULT.withTimeout(Duration.ofSeconds(10));
    private static final int MAX_CONNECTIONS = 1_000_000;
    private static final int MAX_BYTES = 64 << 20;
    private static final int MAX_PERIOD_MILLIS = 1_000_000_000;

    @Option(names = "--host", defaultValue = "127.0.0.1", paramLabel = "HOST",
            description = "The server's address (default: ${DEFAULT-VALUE}).")
    private String host;

    @Option(names = "--port", defaultValue = "7000", paramLabel = "N",
            description = "The server's port (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--connections", defaultValue = "0", paramLabel = "N", description = "Load with so many.")
    private int connections;

    @Option(names = "--size", defaultValue = "64", paramLabel = "B",
            description = "Bytes of a message (default: ${DEFAULT-VALUE}).")
    private int size;

    @Option(names = "--in-flight", defaultValue = "1", paramLabel = "K",
            description = "Messages of a connection that are under way at a time (default: ${DEFAULT-VALUE}).")
    private int inFlight;

    @Option(names = "--duration", defaultValue = "10", paramLabel = "S",
            description = "Seconds to measure, once all are connected (default: ${DEFAULT-VALUE}).")
    private double seconds;
    private Duration duration;

    @Option(names = "--rate", defaultValue = "0", paramLabel = "R",
            description = "Open so many connections in a second; 0 for as fast as it goes (default).")
    private int rate;

    @Option(names = "--period", defaultValue = "0", paramLabel = "MS",
            description = "Each connection sends a message every so many milliseconds; 0: another one as soon as one "
                    + "is back (default).")
    private long periodMillis;

    @Option(names = "--loops", defaultValue = "1", paramLabel = "N",
            description = "Event loops, each a thread (default: ${DEFAULT-VALUE}).")
    private int loops;

    @Option(names = "--tls", description = "Speak TLS. The server's certificate has to be valid for --host.")
    private boolean isTls;

    @Option(names = "--ca", paramLabel = "FILE",
            description = "With --tls: trust the certificates of this PEM file, in place of the JDK's.")
    private Path authorities;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        OptionValues values = new OptionValues(spec);
        values.requireRange("--connections", connections, 0, MAX_CONNECTIONS);
        values.requireRange("--size", size, 1, MAX_BYTES);
        values.requireRange("--in-flight", inFlight, 1, MAX_BYTES / size);
        duration = values.time("--duration", seconds, ChronoUnit.SECONDS);
        values.require(!duration.isZero(), "--duration is not above 0: " + seconds);
        values.requireRange("--rate", rate, 0, MAX_CONNECTIONS);
        values.requireRange("--period", periodMillis, 0, MAX_PERIOD_MILLIS);
        values.requireLoops(loops);
        values.require(isTls || authorities == null, "--ca needs --tls");
        InetSocketAddress address = values.address(host, port, 1, "cannot connect to ");
        try (Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(loops))) {
            Server server = new Server(reactor, address, tlsConfig());
            return connections == 0 ? pipe(server) : load(server);
        }
    }

    /** Returns null without TLS. */
    private TlsConfig tlsConfig() throws IOException {
        try {
            return !isTls ? null : authorities == null ? TlsConfig.DEFAULT : TlsConfig.DEFAULT.withTrust(authorities);
        } catch (IOException e) {
            throw new IOException("cannot use --ca " + authorities + ": " + Failures.reason(e), e);
        }
    }

    /**
     * The server, and the way to connect to it.
     *
     * @param tls null without TLS
     */
    record Server(Reactor reactor, InetSocketAddress address, TlsConfig tls) {
        CompletableFuture<? extends Connection> connect(ConnectConfig config,
                Function<Connection, ConnectionHandler> handlerFactory) {
            return tls == null ? reactor.connect(address, config, handlerFactory)
                    : Tls.connect(reactor, address, config, tls, handlerFactory);
        }
    }

    private int pipe(Server server) throws IOException {
        EchoPipe pipe = new EchoPipe(System.in, System.out);
        Connection connection;
        try {
            connection = server.connect(CONNECT, any -> pipe).join();
        } catch (CompletionException e) {
            throw new IOException("cannot connect to " + OptionValues.hostAndPort(host, port) + ": "
                    + Failures.reason(e), e);
        }
        pipe.transfer(connection);
        return 0;
    }

    private int load(Server server) throws IOException {
        EchoLoad.Plan plan = new EchoLoad.Plan(connections, size, inFlight,
                duration, rate, Duration.ofMillis(periodMillis));
        EchoLoad load = new EchoLoad(server, plan, System.out);
        AtomicBoolean isGood = new AtomicBoolean();
        String ready = "loading " + OptionValues.hostAndPort(host, port) + " with " + plan;
        Serving.untilSignal(ready, () -> isGood.set(load.run()), load::stop);
        return isGood.get() ? 0 : 1;
    }
}
