package io.github.epoll4j.examples.chat;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.IdleTimeoutException;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;

/**
 * A connection's way into the chat: carries what comes from the connection's loop to the chat's loop, which may be the
 * same.
 */
final class Visitor {
    /** How many lines may be on their way before no more are read. */
    private static final int MAX_WAITING = 64;

    private final Connection connection;
    private final Client client;
    private final Venue venue;
    private final String id;
    private final AtomicInteger waiting = new AtomicInteger();

    Visitor(Connection connection, Client client, Venue venue) {
        this.connection = connection;
        this.client = client;
        this.venue = venue;
        this.id = venue.nextId();
    }

    /** Lets it in, by a name and to a room if it has such wishes; empty for none. */
    void enter(String name, String room) {
        inChat(() -> {
            if (venue.chat().admit(id, client)) {
                venue.log().append(new Op.Enter(id, name, venue.chat().nextGuest(), room, false));
            }
        });
    }

    /** Does what a line asks for. */
    void take(String line) {
        long now = System.currentTimeMillis();
        inChat(() -> venue.log().append(new Op.Line(id, line, now)));
    }

    /** Sends the reason why a line was dropped. */
    void refuse(String why) {
        inChat(() -> venue.chat().notice(id, "Sorry, " + why + "."));
    }

    /** Closes the connection when all lines before are answered. */
    void close() {
        inChat(() -> venue.log().append(new Op.End(id)));
    }

    /** Sends the farewell, since the server ends. */
    void dismiss() {
        inChat(() -> {
            venue.chat().dismiss(id, client);
            venue.log().append(new Op.Leave(id, ""));
        });
    }

    /** Takes it out of the chat after the end of its connection. */
    void leave(Throwable cause) {
        inChat(() -> {
            venue.chat().forget(id);
            venue.log().append(new Op.Leave(id, how(cause)));
        });
    }

    private static String how(Throwable cause) {
        return switch (cause) {
            case null -> "";
            case ErrnoException e -> " (connection lost)";
            case SSLException e -> " (connection lost)";
            case IdleTimeoutException e -> " (connection lost)";
            case IOException e when e.getClass() == IOException.class -> " (did not read)"; // more than the queue limit
            default -> " (disconnected)";
        };
    }

    /** Runs a task on the chat's loop, after those before it. Reading is paused while too many wait. */
    private void inChat(Runnable task) {
        if (venue.loop().inLoop()) {
            task.run();
            return;
        }
        if (waiting.incrementAndGet() >= MAX_WAITING) {
            connection.pauseReading();
        }
        try {
            venue.loop().execute(() -> {
                task.run();
                if (waiting.getAndDecrement() == MAX_WAITING) {
                    connection.resumeReading();
                }
            });
        } catch (RejectedExecutionException e) {
            connection.closeNow(); // the chat has ended
        }
    }
}
