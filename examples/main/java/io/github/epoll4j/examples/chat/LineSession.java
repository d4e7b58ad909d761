package io.github.epoll4j.examples.chat;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.loop.EventLoop;
import java.nio.ByteBuffer;

/** The connection of a person at {@code nc} or telnet: cuts lines on the connection's loop. */
final class LineSession implements ConnectionHandler, LineInput.LineHandler, Client {
    private final Connection connection;
    private final Visitor visitor;
    private final LineInput input = new LineInput(this);

    LineSession(Connection connection, EventLoop chatLoop, Chat chat) {
        this.connection = connection;
        this.visitor = new Visitor(connection, this, chatLoop, chat);
    }

    @Override
    public void send(Message message) {
        connection.write(message.in(LineForm.INSTANCE));
    }

    @Override
    public void close() {
        connection.close();
    }

    @Override
    public void onOpen(Connection opened) {
        visitor.enter("", "");
    }

    @Override
    public void onData(Connection from, ByteBuffer data) {
        input.take(data);
    }

    @Override
    public void onLine(String text) {
        visitor.take(text);
    }

    @Override
    public void onRefused(String why) {
        visitor.refuse(why);
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
        visitor.close();
    }

    @Override
    public void onDrain(Connection draining) {
        visitor.dismiss();
    }

    @Override
    public void onClosed(Connection closed, Throwable cause) {
        visitor.leave(cause);
    }
}
