package io.github.epoll4j.examples.chat;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.loop.EventLoop;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A connection's way into the chat: cuts lines on the connection's loop, and carries them to the chat's loop, which may
 * be the same.
 */
final class Session implements ConnectionHandler, LineInput.LineHandler {
    /** How many lines may be on their way before no more are read. */
    private static final int MAX_WAITING = 64;

    private final Connection connection;
    private final EventLoop chatLoop;
    private final Chat chat;
    private final Commands commands;
    private final LineInput input = new LineInput(this);
    private final AtomicInteger waiting = new AtomicInteger();
    /** For the chat's loop; null until the chat has let it in, and when it has not. */
    private Member member;

    Session(Connection connection, EventLoop chatLoop, Chat chat) {
        this.connection = connection;
        this.chatLoop = chatLoop;
        this.chat = chat;
        this.commands = new Commands(chat);
    }

    @Override
    public void onOpen(Connection opened) {
        inChat(() -> member = chat.enter(connection));
    }

    @Override
    public void onData(Connection from, ByteBuffer data) {
        input.take(data);
    }

    @Override
    public void onLine(String text) {
        inChat(() -> {
            if (isPresent()) {
                commands.handle(member, text);
            }
        });
    }

    @Override
    public void onRefused(String why) {
        inChat(() -> {
            if (isPresent()) {
                member.notice("Sorry, " + why + ".");
            }
        });
    }

    /** Refuses whatever a telnet client asks or offers; it waits for the answer. */
    @Override
    public void onTelnetOption(int verb, int option) {
        LineInput.refusal(verb, option).ifPresent(connection::write);
    }

    /** {@code printf '/who\n' | nc -N}: what it asked for is answered before the end. */
    @Override
    public void onInputClosed(Connection from, ByteBuffer rest) {
        input.finish();
        inChat(connection::close);
    }

    @Override
    public void onDrain(Connection draining) {
        inChat(() -> {
            if (isPresent()) {
                chat.dismiss(member);
            }
        });
    }

    @Override
    public void onClosed(Connection closed, Throwable cause) {
        inChat(() -> {
            if (member != null) {
                chat.leave(member, cause);
            }
        });
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
