package io.github.epoll4j.examples.echo;

import io.github.epoll4j.examples.Failures;
import io.github.epoll4j.examples.ServerTarget;
import io.github.epoll4j.reactor.ConnectConfig;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command: {@code examples/run echo-client}. */
@Command(name = "echo-client", sortOptions = false, usageHelpAutoWidth = true,
        description = "Sends to an echo server what is typed, or piped in, and prints what comes back.")
public final class EchoClient implements Callable<Integer> {
    private static final ConnectConfig CONNECT = ConnectConfig.DEFAULT.withTimeout(Duration.ofSeconds(10));

    @Mixin
    private ServerTarget target;

    @Override
    public Integer call() throws IOException {
        try (Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1))) {
            ServerTarget.Server server = target.server(reactor);
            EchoPipe pipe = new EchoPipe(System.in, System.out);
            Connection connection;
            try {
                connection = server.connect(CONNECT, any -> pipe).join();
            } catch (CompletionException e) {
                throw new IOException("cannot connect to " + target + ": " + Failures.reason(e), e);
            }
            pipe.transfer(connection);
        }
        return 0;
    }
}
