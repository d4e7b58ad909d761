package io.github.epoll4j.examples.chat;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command: {@code examples/run chat-client}. */
@Command(name = "chat-client", sortOptions = false, usageHelpAutoWidth = true,
        description = "Talks in a chat: what others say appears above the line that you type. Ctrl-D leaves.%n"
                + "Without a terminal: lines in, lines out.")
public final class ChatClient implements Callable<Integer> {
    private static final int CONNECT_SECONDS = 10;

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
        String where = address.getHostString() + ":" + address.getPort();
        try (Screen screen = Screen.open(); ServerLink link = ServerLink.connect(address, screen::show)) {
            await(link.connected().orTimeout(CONNECT_SECONDS, TimeUnit.SECONDS), "cannot connect to " + where);
            // a daemon: it may wait for a line that nobody types
            Thread.ofPlatform().daemon().name("typing").start(() -> sendAll(screen, link));
            await(link.ended(), "lost the connection to " + where);
        }
        return 0;
    }

    private InetSocketAddress address() throws IOException {
        String name = hostParameter != null ? hostParameter : host;
        int number = portParameter != null ? portParameter : port;
        if (number <= 0 || number > 0xFFFF) {
            throw new ParameterException(spec.commandLine(), "the port is not in 1..65535: " + number);
        }
        InetSocketAddress address = new InetSocketAddress(name, number);
        if (address.isUnresolved()) {
            throw new IOException("cannot connect to " + name + ":" + number + ": unknown host");
        }
        return address;
    }

    /** Sends what is typed, a line at a time, and the end of it. */
    private static void sendAll(Screen screen, ServerLink link) {
        try {
            for (String line = screen.read(); line != null; line = screen.read()) {
                link.send(line).join();
            }
            link.finish().join();
        } catch (IOException e) {
            link.finish();
        } catch (CancellationException e) {
            return; // the connection has ended
        }
    }

    private static void await(CompletableFuture<Void> future, String failure) throws IOException {
        try {
            future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            String why = switch (e.getCause()) {
                case ErrnoException errno -> Errno.describe(errno.errno());
                case TimeoutException timeout -> "no answer in " + CONNECT_SECONDS + " seconds";
                default -> e.getCause().getMessage();
            };
            throw new IOException(failure + ": " + why, e.getCause());
        }
    }
}
