package io.github.epoll4j.bench.echo;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.reactor.Trigger;
import io.github.epoll4j.reactor.loop.Mechanism;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;

/** epoll4j's reactor, with one loop. */
final class ReactorEcho {
    private ReactorEcho() {
    }

    /**
     * Runs it.
     *
     * @param way a mechanism; or a trigger, with epoll; or "answers": level-triggered on epoll, with a write for every
     *     64 bytes
     */
    static void run(String way) throws IOException, InterruptedException {
        boolean isAnswering = way.equals("answers");
        String name = isAnswering ? "LEVEL" : way.toUpperCase(Locale.ROOT);
        boolean isTrigger = Arrays.stream(Trigger.values()).anyMatch(trigger -> trigger.name().equals(name));
        Mechanism mechanism = isTrigger ? Mechanism.EPOLL : Mechanism.valueOf(name);
        ConnectionConfig config = ConnectionConfig.DEFAULT.withTrigger(
                isTrigger ? Trigger.valueOf(name) : Trigger.LEVEL);
        ConnectionHandler handler = isAnswering ? new Answers() : (connection, data) -> connection.write(data);
        try (Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1).withMechanism(mechanism))) {
            Listener listener = reactor.listen(new InetSocketAddress("127.0.0.1", 0), config, connection -> handler);
            JavaServer.listening(listener.port());
            reactor.awaitClose();
        }
    }

    /** Takes every 64 bytes for a request, and answers each by a write of its own. */
    private static final class Answers implements ConnectionHandler {
        private static final int REQUEST_SIZE = 64;

        @Override
        public void onData(Connection connection, ByteBuffer data) {
            int end = data.limit();
            while (data.position() < end) {
                data.limit(Math.min(end, data.position() + REQUEST_SIZE));
                connection.write(data);
            }
        }
    }
}
