package io.github.epoll4j.examples.chat;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.IdleTimeoutException;
import io.github.epoll4j.reactor.loop.EventLoop;
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
    private final EventLoop chatLoop;
    private final Chat chat;
    private final Commands commands;
    private final AtomicInteger waiting = new AtomicInteger();
    /** For the chat's loop; null until the chat has let it in, and when it has not. */
    private Member member;

    Visitor(Connection connection, Client client, EventLoop chatLoop, Chat chat) {
        this.connection = connection;
        this.client = client;
        this.chatLoop = chatLoop;
        this.chat = chat;
        this.commands = new Commands(chat);
    }

    /** Lets it in, by a name and to a room if it has such wishes; empty for none. */
    void enter(String name, String room) {
        inChat(() -> member = chat.enter(client, name, room));
    }

    /** Does what a line asks for. */
    void take(String line) {
        inChat(() -> {
            if (isPresent()) {
                commands.handle(member, line);
            }
        });
    }

    /** Says why a line was dropped. */
    void refuse(String why) {
        inChat(() -> {
            if (isPresent()) {
                member.notice("Sorry, " + why + ".");
            }
        });
    }

    /** Closes the connection when all lines before are answered. */
    void close() {
        inChat(client::close);
    }

    /** Says goodbye, since the server ends. */
    void dismiss() {
        inChat(() -> {
            if (isPresent()) {
                chat.dismiss(member);
            } else {
                client.close();
            }
        });
    }

    /** Takes it out of the chat after the end of its connection. */
    void leave(Throwable cause) {
        inChat(() -> {
            if (member != null) {
                chat.lose(member, how(cause));
            }
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

    /** Neither refused nor gone. */
    private boolean isPresent() {
        return member != null && member.room() != null;
    }

    /** Runs a task on the chat's loop, after those before it; somebody who sends faster than that is not read. */
    private void inChat(Runnable task) {
        if (chatLoop.inLoop()) {
            task.run();
            return;
        }
        if (waiting.incrementAndGet() >= MAX_WAITING) {
            connection.pauseReading();
        }
        try {
            chatLoop.execute(() -> {
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
