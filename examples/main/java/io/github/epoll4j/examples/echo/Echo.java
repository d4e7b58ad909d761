package io.github.epoll4j.examples.echo;

import io.github.epoll4j.examples.ListenAddress;
import io.github.epoll4j.examples.OptionValues;
import io.github.epoll4j.examples.ReactorOptions;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.examples.TlsOptions;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.worker.WorkerPool;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command: {@code examples/run echo}. */
@Command(name = "echo", sortOptions = false, usageHelpAutoWidth = true,
        description = "Echoes what TCP clients send, on the reactor.")
public final class Echo implements Callable<Integer> {
    /** How long clients have for their last bytes when a signal ends the server. */
    private static final Duration GRACE = Duration.ofMillis(500);
    private static final int MAX_WORKERS = 10_000;
    /** The connections that may wait for a worker; reading of others pauses until there is capacity. */
    private static final int QUEUE_CAPACITY = 1024;

    @Mixin
    private ListenAddress address;

    @Mixin
    private ReactorOptions options;

    @Mixin
    private TlsOptions tls;

    @Option(names = "--workers", defaultValue = "0", paramLabel = "N",
            description = "Threads that handle what the loops read; 0 for the loops themselves (default).")
    private int workers;

    @Option(names = "--verbose", description = "Print every five seconds how much was echoed.")
    private boolean verbose;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        new OptionValues(spec).requireRange("--workers", workers, 0, MAX_WORKERS);
        try (Reactor reactor = options.openReactor();
                WorkerPool pool = workers == 0 ? null : WorkerPool.open(workers, QUEUE_CAPACITY)) {
            EchoStatistics statistics = verbose ? new EchoStatistics() : null;
            ConnectionHandler echo = verbose ? statistics : new EchoHandler();
            Function<Connection, ConnectionHandler> handlerFactory =
                    tls.layer().apply(connection -> pool == null ? echo : pool.handler(echo));
            Listener listener = address.listen(
                    where -> reactor.listen(where, options.listenerConfig(), handlerFactory));
            String ready = "echo listening on " + address.withPort(listener.port()) + " (" + options + tls
                    + (workers == 0 ? "" : ", " + workers + (workers == 1 ? " worker" : " workers")) + ")";
            if (verbose) {
                statistics.printEvery(Duration.ofSeconds(5), reactor.loops().getFirst(), System.out);
            }
            Serving.untilSignal(ready, () -> Serving.await(reactor), () -> reactor.close(GRACE));
        }
        return 0;
    }
}
