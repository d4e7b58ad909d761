package io.github.epoll4j.examples.http;

import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NODELAY;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.examples.ListenAddress;
import io.github.epoll4j.examples.OptionValues;
import io.github.epoll4j.examples.ReactorOptions;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.examples.TlsOptions;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.OpenFlags;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.UnixAddress;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.ListenerConfig;
import io.github.epoll4j.reactor.Reactor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command: {@code examples/run http}. */
@Command(name = "http", sortOptions = false, usageHelpAutoWidth = true, defaultValueProvider = Http.Defaults.class,
        description = "Serves files, or a page of its own, by HTTP/1.1 on the reactor.")
public final class Http implements Callable<Integer> {
    /** The time that requests in progress have when a signal ends the server. */
    private static final Duration GRACE = Duration.ofSeconds(10);
    /** The silence after which an idle connection is closed when a successor has taken over. */
    private static final Duration SILENCE = Duration.ofSeconds(5);
    private static final int MAX_BODY = 1 << 30;
    private static final int STANDARD_OUTPUT = 1;

    @Mixin
    private ListenAddress address;

    @Option(names = "--root", paramLabel = "DIR",
            description = "The folder to serve; without it, GET / says hello and POST /echo returns the body.")
    private Path root;

    @Option(names = "--log", defaultValue = "-", paramLabel = "FILE",
            description = "Append the access log to a file; - is the standard output (default).")
    private String log;

    @Option(names = "--takeover", paramLabel = "PATH",
            description = "Take over the listening socket of the server that waits at this path, and wait there for "
                    + "the next one. The address of that server stays.")
    private Path takeover;

    @Option(names = "--max-body", defaultValue = "1048576", paramLabel = "N",
            description = "The most bytes of a request's body (default: ${DEFAULT-VALUE}).")
    private int maxBody;

    @Option(names = "--request-timeout", defaultValue = "30", paramLabel = "S",
            description = "The time for a request to come, in seconds; 0 for any (default: ${DEFAULT-VALUE}).")
    private double requestSeconds;

    @Mixin
    private ReactorOptions options;

    @Mixin
    private TlsOptions tls;

    @Spec
    private CommandSpec spec;

    /** Creates the command. */
    public Http() {
        // for picocli
    }

    @Override
    public Integer call() throws IOException {
        OptionValues values = new OptionValues(spec);
        values.require(root == null || Files.isDirectory(root), "--root is not a folder: " + root);
        values.requireRange("--max-body", maxBody, 0, MAX_BODY);
        requireUnixPath();
        Duration requestTimeout = values.time("--request-timeout", requestSeconds, ChronoUnit.SECONDS);
        Path realRoot = root == null ? null : root.toRealPath();
        Supplier<Site> sites = () -> realRoot == null ? new BuiltInSite() : new FileSite(realRoot);
        UnaryOperator<Function<Connection, ConnectionHandler>> layer = tls.layer();
        try (FileFd logFile = openLog();
                Reactor reactor = options.openReactor();
                Predecessor predecessor = takeover == null ? null : Predecessor.connect(takeover)) {
            ListenerConfig config = options.listenerConfig();
            TcpListener socket = predecessor != null ? predecessor.socket()
                    : address.listen(where -> TcpListener.bind(where, TCP_NODELAY.with(true)));
            HttpServer server = new HttpServer(reactor, socket,
                    config.withConnections(config.connections().withMessageTimeout(requestTimeout)), sites, maxBody,
                    logFile, layer);
            if (takeover != null) {
                waitForSuccessor(server, predecessor);
            }
            String ready = "http listening on " + (predecessor == null ? address.withPort(server.port())
                    : hostAndPort(socket.localAddress())) + " (" + options + tls + ")";
            Serving.untilSignal(ready, () -> Serving.await(reactor), () -> server.close(GRACE), GRACE);
        }
        return 0;
    }

    /** Ends the predecessor if there is one. From then on a failure is no reason to end this server. */
    private void waitForSuccessor(HttpServer server, Predecessor predecessor) throws IOException {
        try {
            if (predecessor != null) {
                predecessor.retire();
            }
            server.awaitSuccessor(takeover, SILENCE);
        } catch (IOException e) {
            if (predecessor == null) {
                throw e;
            }
            System.err.println("no other server can take over: " + e.getMessage());
        }
    }

    private void requireUnixPath() {
        try {
            if (takeover != null) {
                UnixAddress.path(takeover);
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--takeover: " + e.getMessage());
        }
    }

    private FileFd openLog() throws IOException {
        if (log.equals("-")) {
            return FileFd.borrow(STANDARD_OUTPUT);
        }
        try {
            return FileFd.open(Path.of(log), OpenFlags.O_WRONLY | OpenFlags.O_APPEND | OpenFlags.O_CREAT);
        } catch (ErrnoException e) {
            throw new IOException("cannot write " + log + ": " + Errno.describe(e.errno()), e);
        }
    }

    private static String hostAndPort(InetSocketAddress address) {
        return OptionValues.hostAndPort(address.getAddress().getHostAddress(), address.getPort());
    }

    /** The default values that differ from those of other servers. */
    static final class Defaults implements IDefaultValueProvider {
        @Override
        public String defaultValue(ArgSpec argument) {
            boolean isIdleTimeout = argument instanceof OptionSpec option
                    && option.longestName().equals("--idle-timeout");
            return isIdleTimeout ? "60" : null; // of a connection that stays open between requests
        }
    }
}
