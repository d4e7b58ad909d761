package io.github.epoll4j.reactor.testkit;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.IdleTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Sends each complete line back. */
final class LineEcho implements ConnectionHandler {
    @Override
    public void onData(Connection connection, ByteBuffer data) {
        for (int i = data.position(); i < data.limit(); i++) {
            if (data.get(i) == '\n') {
                connection.write(data.slice(data.position(), i + 1 - data.position()));
                data.position(i + 1);
            }
        }
        connection.inMessage(data.hasRemaining()); // what remains comes again, with the next bytes behind it
    }

    @Override
    public boolean onTimeout(Connection connection, IdleTimeoutException timeout) {
        connection.write(ByteBuffer.wrap("too slow\n".getBytes(StandardCharsets.UTF_8)));
        return false;
    }
}
