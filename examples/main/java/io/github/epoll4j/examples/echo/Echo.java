package io.github.epoll4j.examples.echo;

import io.github.epoll4j.examples.ListenAddress;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.Mechanism;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.echo.EchoHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
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

    @Option(names = "--mechanism", defaultValue = "epoll", paramLabel = "NAME",
            description = "epoll, poll or select (default: ${DEFAULT-VALUE}).")
    private Mechanism mechanism;

    @Option(names = "--loops", paramLabel = "N", description = "Event loops, each a thread (default: the processors).")
    private int loops = Runtime.getRuntime().availableProcessors();

    @Option(names = "--verbose", description = "Print every five seconds what happened.")
    private boolean verbose;

    @Override
    public Integer call() throws IOException {
        try (Reactor reactor = Reactor.open(loops, mechanism)) {
            ConnectionHandler echo = new EchoHandler();
            Listener listener = address.listen(where -> reactor.listen(where, connection -> echo));
            String ready = "echo listening on " + address.withPort(listener.localAddress().getPort())
                    + " (" + mechanism.name().toLowerCase(Locale.ROOT) + ")";
            Serving.untilSignal(ready, () -> Serving.await(reactor), () -> reactor.close(GRACE));
        }
        return 0;
    }
}
