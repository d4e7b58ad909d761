package io.github.epoll4j.examples.chat;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.Trigger;
import io.github.epoll4j.reactor.loop.EventLoop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A chat on a reactor, of which the first loop owns the chat. The reactor is closed with it. */
final class ChatServer implements AutoCloseable {
    /** Nobody falls back by more than 256 KB, beside what the kernel keeps; then the connection ends. */
    private static final ConnectionConfig CONFIG = ConnectionConfig.DEFAULT
            .withBudget(16 << 10).withWaterMarks(16 << 10, 64 << 10).withQueueLimit(256 << 10);
    /** The time in which members have to read the farewell. */
    private static final Duration GRACE = Duration.ofMillis(800);

    private final Reactor reactor;
    private final EventLoop loop;
    private final Chat chat;
    private final Listener listener;

    ChatServer(Reactor reactor, Chat chat, Trigger trigger, InetSocketAddress address) throws ErrnoException {
        this.reactor = reactor;
        this.loop = reactor.loops().getFirst();
        this.chat = chat;
        this.listener = reactor.listen(address, CONFIG.withTrigger(trigger), this::session);
    }

    int port() {
        return listener.port();
    }

    private ConnectionHandler session(Connection connection) {
        return new LineSession(connection, loop, chat);
    }

    /** Has the chat say goodbye to its members, and closes when they have read it, or when the grace time is over. */
    @Override
    public void close() {
        listener.drain().completeOnTimeout(null, GRACE.toMillis(), TimeUnit.MILLISECONDS).join();
        reactor.close(Duration.ZERO);
    }
}
