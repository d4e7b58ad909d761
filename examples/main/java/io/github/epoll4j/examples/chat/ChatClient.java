package io.github.epoll4j.examples.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.epoll4j.examples.Failures;
import io.github.epoll4j.examples.ServerTarget;
import io.github.epoll4j.reactor.ConnectConfig;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command: {@code examples/run chat-client}. */
@Command(name = "chat-client", sortOptions = false, usageHelpAutoWidth = true,
        description = "Talks in a chat: what others say appears above the line that you type. Ctrl-D leaves.%n"
                + "Without a terminal: lines in, lines out.")
public final class ChatClient implements Callable<Integer> {
    /** A failure of the handler is the end of the connection, which is reported anyway. */
    private static final ReactorConfig QUIET =
            ReactorConfig.DEFAULT.withLoops(1).withFailureHandler((loop, source, failure) -> { });
    private static final ConnectConfig CONNECT = ConnectConfig.DEFAULT.withTimeout(Duration.ofSeconds(10));

    @Mixin
    private ServerTarget target;

    @Override
    public Integer call() throws IOException {
        try (Screen screen = Screen.open();
                Reactor reactor = Reactor.open(QUIET)) {
            ServerLines incoming = new ServerLines(screen);
            ServerTarget.Server server = target.server(reactor);
            Connection connection =
                    await(server.connect(CONNECT, opened -> incoming), "cannot connect to " + target);
            // a daemon: it may wait for a line that nobody types
            Thread.ofPlatform().daemon().name("typing").start(() -> sendAll(screen, connection));
            await(incoming.ended(), "lost the connection to " + target);
        }
        return 0;
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

    private static <T> T await(CompletableFuture<? extends T> future, String failure) throws IOException {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw new IOException(failure + ": " + Failures.reason(e), e.getCause());
        }
    }
}
