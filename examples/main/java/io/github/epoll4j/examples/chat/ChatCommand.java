package io.github.epoll4j.examples.chat;

import io.github.epoll4j.examples.ListenAddress;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.Mechanism;
import io.github.epoll4j.reactor.Reactor;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command: {@code examples/run chat}. */
@Command(name = "chat", sortOptions = false, usageHelpAutoWidth = true,
        description = "A chat for nc, telnet and chat-client: names, rooms, private messages, history.")
public final class ChatCommand implements Callable<Integer> {
    @Mixin
    private ListenAddress address;

    @Option(names = "--mechanism", defaultValue = "epoll", paramLabel = "NAME",
            description = "epoll, poll or select (default: ${DEFAULT-VALUE}).")
    private Mechanism mechanism;

    @Option(names = "--loops", defaultValue = "1", paramLabel = "N",
            description = "Event loops, each a thread; one owns the chat (default: ${DEFAULT-VALUE}).")
    private int loops;

    @Option(names = "--include-sender", description = "Send a line to the one who said it, too.")
    private boolean includeSender;

    @Option(names = "--max-connections", defaultValue = "0", paramLabel = "N",
            description = "How many find room; 0 is any number (default: ${DEFAULT-VALUE}).")
    private int maxConnections;

    @Override
    public Integer call() throws IOException {
        try (Reactor reactor = Reactor.open(loops, mechanism)) {
            ChatServer server = new ChatServer(reactor, new Chat(includeSender, maxConnections));
            Listener listener = address.listen(server::listen);
            String ready = "chat listening on " + address.withPort(listener.localAddress().getPort())
                    + " (" + mechanism.name().toLowerCase(Locale.ROOT) + ")";
            Serving.untilSignal(ready, () -> Serving.await(reactor), server::close);
        }
        return 0;
    }
}
