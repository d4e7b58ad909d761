package io.github.epoll4j.bench.echo;

import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.Mechanism;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.Trigger;
import io.github.epoll4j.reactor.echo.EchoHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Locale;

/** epoll4j's reactor, with one loop. */
final class ReactorEcho {
    private ReactorEcho() {
    }

    /** Runs it with a mechanism, or on epoll with a trigger. */
    static void run(String way) throws IOException, InterruptedException {
        String name = way.toUpperCase(Locale.ROOT);
        boolean isTrigger = Arrays.stream(Trigger.values()).anyMatch(trigger -> trigger.name().equals(name));
        Mechanism mechanism = isTrigger ? Mechanism.EPOLL : Mechanism.valueOf(name);
        ConnectionConfig config = ConnectionConfig.DEFAULT.withTrigger(
                isTrigger ? Trigger.valueOf(name) : Trigger.LEVEL);
        EchoHandler handler = new EchoHandler();
        try (Reactor reactor = Reactor.open(1, mechanism)) {
            Listener listener = reactor.listen(new InetSocketAddress("127.0.0.1", 0), config, connection -> handler);
            JavaServer.listening(listener.port());
            reactor.awaitClose();
        }
    }
}
