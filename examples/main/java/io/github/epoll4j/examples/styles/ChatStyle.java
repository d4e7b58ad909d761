package io.github.epoll4j.examples.styles;

import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.examples.ListenAddress;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.net.TcpListener;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The style of a chat: it has something to do only when somebody speaks, so it waits for ever and costs nothing until
 * then.
 */
@Command(name = "style-chat", sortOptions = false, usageHelpAutoWidth = true,
        description = "The style of a chat: waits for ever, and wakes for input alone.")
public final class ChatStyle implements Callable<Integer> {
    @Mixin
    private ListenAddress address;

    private volatile boolean stopping;

    @Override
    public Integer call() throws IOException {
        try (TcpListener listener = address.listen(); EpollInstance epoll = EpollInstance.open()) {
            String ready = "style-chat listening on " + address.withPort(listener.localAddress().getPort());
            Serving.untilSignal(ready, () -> serve(listener, epoll), () -> {
                stopping = true;
                epoll.wakeup();
            });
        }
        return 0;
    }

    private void serve(TcpListener listener, EpollInstance epoll) throws IOException {
        try (Clients clients = new Clients(epoll, listener); EpollEventArray events = EpollEventArray.allocate(64)) {
            while (!stopping) {
                epoll.await(events); // no timeout: sleeps until there is input
                clients.serve(events, (id, line) -> clients.tellAll("guest " + id + ": " + line));
            }
        }
    }
}
