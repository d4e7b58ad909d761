package io.github.epoll4j.examples.chat;

import io.github.epoll4j.examples.ListenAddress;
import io.github.epoll4j.examples.OptionValues;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.examples.TlsOptions;
import io.github.epoll4j.examples.websocket.Page;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.reactor.Trigger;
import io.github.epoll4j.reactor.loop.Mechanism;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command: {@code examples/run chat}. */
@Command(name = "chat", sortOptions = false, usageHelpAutoWidth = true,
        description = "A chat for nc, telnet, chat-client and browsers: names, rooms, private messages, history.")
public final class ChatCommand implements Callable<Integer> {
    @Mixin
    private ListenAddress address;

    @Option(names = "--mechanism", defaultValue = "epoll", paramLabel = "NAME",
            description = "epoll, poll or select (default: ${DEFAULT-VALUE}).")
    private Mechanism mechanism;

    @Option(names = "--trigger", defaultValue = "level", paramLabel = "NAME",
            description = "level, edge (with epoll alone) or oneshot (default: ${DEFAULT-VALUE}).")
    private Trigger trigger;

    @Option(names = "--loops", defaultValue = "1", paramLabel = "N",
            description = "Event loops, each a thread; one owns the chat (default: ${DEFAULT-VALUE}).")
    private int loops;

    @Option(names = "--include-sender", description = "Send a line to the one who said it, too.")
    private boolean includeSender;

    @Option(names = "--max-connections", defaultValue = "0", paramLabel = "N",
            description = "How many find room; 0 is any number (default: ${DEFAULT-VALUE}).")
    private int maxConnections;

    @Option(names = "--web", paramLabel = "PORT",
            description = "Serve the chat's page to browsers on this port, too; 0 takes a free one and prints it.")
    private Integer webPort;

    @Mixin
    private TlsOptions tls;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        OptionValues values = new OptionValues(spec);
        values.requireLoops(loops);
        values.requireRange("--max-connections", maxConnections, 0, Integer.MAX_VALUE);
        values.require(trigger != Trigger.EDGE || mechanism == Mechanism.EPOLL,
                "--trigger edge needs --mechanism epoll");
        if (webPort != null) {
            values.requireRange("--web", webPort, 0, OptionValues.MAX_PORT);
        }
        UnaryOperator<Function<Connection, ConnectionHandler>> layer = tls.layer();
        try (Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(loops).withMechanism(mechanism))) {
            Chat chat = new Chat(includeSender, maxConnections);
            ChatServer server = new ChatServer(reactor, chat, trigger, layer);
            String ready = "chat listening on " + address.withPort(address.listen(server::listen))
                    + " (" + mechanism.name().toLowerCase(Locale.ROOT) + ", "
                    + trigger.name().toLowerCase(Locale.ROOT) + tls + ")" + (webPort == null ? "" : web(server));
            Serving.untilSignal(ready, () -> Serving.await(reactor), server::close);
        }
        return 0;
    }

    /** Serves the page, and returns where, for the ready line. */
    private String web(ChatServer server) throws IOException {
        Page page = Page.html(ChatCommand.class, "chat.html");
        int port = address.listen(webPort, where -> server.listenWeb(where, page));
        return ", page at " + (tls.isGiven() ? "https://" : "http://") + address.withPort(port) + "/";
    }
}
