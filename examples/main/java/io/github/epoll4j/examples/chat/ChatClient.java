package io.github.epoll4j.examples.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.epoll4j.examples.Failures;
import io.github.epoll4j.examples.OptionValues;
import io.github.epoll4j.reactor.ConnectConfig;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command: {@code examples/run chat-client}. */
@Command(name = "chat-client", sortOptions = false, usageHelpAutoWidth = true,
        description = "Talks in a chat: what others say appears above the line that you type. Ctrl-D leaves.%n"
                + "Without a terminal: lines in, lines out.")
public final class ChatClient implements Callable<Integer> {
    /** A failure of the handler is the end of the connection, which is reported anyway. */
    private static final ReactorConfig QUIET =
            ReactorConfig.DEFAULT.withLoops(1).withFailureHandler((loop, source, failure) -> { });
    private static final ConnectConfig CONNECT = ConnectConfig.DEFAULT.withTimeout(Duration.ofSeconds(10));

    @Parameters(index = "0", arity = "0..1", paramLabel = "HOST", description = "As --host.")
    private String hostParameter;

    @Parameters(index = "1", arity = "0..1", paramLabel = "PORT", description = "As --port.")
    private Integer portParameter;

    @Option(names = "--host", defaultValue = "127.0.0.1", paramLabel = "HOST",
            description = "The server's host (default: ${DEFAULT-VALUE}).")
    private String host;

    @Option(names = "--port", defaultValue = "7000", paramLabel = "N",
            description = "The server's port (default: ${DEFAULT-VALUE}).")
    private int port;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        InetSocketAddress address = address();
        String where = OptionValues.hostAndPort(address.getHostString(), address.getPort());
        try (Screen screen = Screen.open();
                Reactor reactor = Reactor.open(QUIET)) {
            ServerLines incoming = new ServerLines(screen);
            Connection connection =
                    await(reactor.connect(address, CONNECT, opened -> incoming), "cannot connect to " + where);
            // a daemon: it may wait for a line that nobody types
            Thread.ofPlatform().daemon().name("typing").start(() -> sendAll(screen, connection));
            await(incoming.ended(), "lost the connection to " + where);
        }
        return 0;
    }

    private InetSocketAddress address() throws IOException {
        String name = hostParameter != null ? hostParameter : host;
        int number = portParameter != null ? portParameter : port;
        return new OptionValues(spec).address(name, number, 1, "cannot connect to ");
    }

    /** Sends what is typed, the next line when the socket has taken the one before, and the end of it. */
    private static void sendAll(Screen screen, Connection connection) {
        try {
            for (String line = screen.read(); line != null; line = screen.read()) {
                connection.writeAsync(UTF_8.encode(line + "\n")).join();
            }
        } catch (IOException e) {
            System.err.println("cannot read what is typed: " + e.getMessage());
        } catch (CompletionException e) {
            return; // the connection has ended
        }
        connection.shutdownOutput();
    }

    private static <T> T await(CompletableFuture<T> future, String failure) throws IOException {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw new IOException(failure + ": " + Failures.reason(e), e.getCause());
        }
    }
}
