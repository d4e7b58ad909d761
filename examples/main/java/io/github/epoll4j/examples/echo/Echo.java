package io.github.epoll4j.examples.echo;

import io.github.epoll4j.examples.ListenAddress;
import io.github.epoll4j.examples.ReactorOptions;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.WorkerPool;
import io.github.epoll4j.reactor.echo.EchoHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command: {@code examples/run echo}. */
@Command(name = "echo", sortOptions = false, usageHelpAutoWidth = true,
        description = "Echoes what TCP clients send, on the reactor.")
public final class Echo implements Callable<Integer> {
    /** How long clients have for their last bytes when a signal ends the server. */
    private static final Duration GRACE = Duration.ofMillis(500);

    @Mixin
    private ListenAddress address;

    @Mixin
    private ReactorOptions options;

    @Option(names = "--verbose", description = "Print every five seconds how much was echoed.")
    private boolean verbose;

    @Override
    public Integer call() throws IOException {
        try (Reactor reactor = options.openReactor(); WorkerPool workers = options.openWorkers()) {
            EchoStatistics statistics = verbose ? new EchoStatistics() : null;
            ConnectionHandler echo = verbose ? statistics : new EchoHandler();
            Listener listener = address.listen(
                    where -> reactor.listen(where, options.listenerConfig(),
                            connection -> workers == null ? echo : workers.handler(echo)));
            String ready = "echo listening on " + address.withPort(listener.port()) + " (" + options + ")";
            Serving.untilSignal(ready, () -> {
                if (verbose) {
                    statistics.printEvery(Duration.ofSeconds(5), reactor.loops().getFirst(), System.out);
                }
                Serving.await(reactor);
            }, () -> reactor.close(GRACE));
        }
        return 0;
    }
}
