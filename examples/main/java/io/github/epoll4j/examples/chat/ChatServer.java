package io.github.epoll4j.examples.chat;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.EventLoop;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.Trigger;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** A chat on a reactor, of which the first loop owns the chat. The reactor is closed with it. */
final class ChatServer implements AutoCloseable {
    /** Nobody falls back by more than 256 KB, beside what the kernel keeps; then the connection ends. */
    private static final ConnectionConfig CONFIG = ConnectionConfig.DEFAULT
            .withReadBudget(16 << 10).withWaterMarks(16 << 10, 64 << 10).withQueueLimit(256 << 10);
    /** How long the farewell has to be said, and then how long members have to read it. */
    private static final Duration GRACE = Duration.ofMillis(400);

    private final Reactor reactor;
    private final EventLoop loop;
    private final Chat chat;
    private final ConnectionConfig config;

    ChatServer(Reactor reactor, Chat chat, Trigger trigger) {
        this.reactor = reactor;
        this.loop = reactor.loops().getFirst();
        this.chat = chat;
        this.config = CONFIG.withTrigger(trigger);
    }

    Listener listen(InetSocketAddress address) throws ErrnoException {
        return reactor.listen(address, config, this::session);
    }

    private ConnectionHandler session(Connection connection) {
        return new Session(connection, loop, chat);
    }

    /** Says goodbye to everybody, and closes when they have read it, or the grace time is over. */
    @Override
    public void close() {
        CountDownLatch isSaid = new CountDownLatch(1);
        try {
            loop.execute(() -> {
                chat.end("The server is closing. Goodbye.");
                isSaid.countDown();
            });
            isSaid.await(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return; // it is closed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            reactor.close(GRACE);
        }
    }
}
