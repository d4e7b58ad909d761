package io.github.epoll4j.reactor.echo;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import java.nio.ByteBuffer;

/** Sends back what it receives, to the last byte; RFC 862. It has no state: one serves all connections. */
public final class EchoHandler implements ConnectionHandler {
    /** Makes a handler. */
    public EchoHandler() {
    }

    @Override
    public void onData(Connection connection, ByteBuffer data) {
        connection.write(data);
    }
}
