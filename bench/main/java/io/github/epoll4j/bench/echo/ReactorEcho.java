package io.github.epoll4j.bench.echo;

import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.Mechanism;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.echo.EchoHandler;
import java.io.IOException;
import java.net.InetSocketAddress;

/** epoll4j's reactor, with one loop. */
final class ReactorEcho {
    private ReactorEcho() {
    }

    static void run(Mechanism mechanism) throws IOException, InterruptedException {
        EchoHandler handler = new EchoHandler();
        try (Reactor reactor = Reactor.open(1, mechanism)) {
            Listener listener = reactor.listen(new InetSocketAddress("127.0.0.1", 0), connection -> handler);
            JavaServer.listening(listener.localAddress().getPort());
            reactor.awaitClose();
        }
    }
}
