package io.github.epoll4j.examples.echo;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import java.nio.ByteBuffer;

/** Sends back the bytes that it receives, to the last one; RFC 862. It has no state: one serves all connections. */
public final class EchoHandler implements ConnectionHandler {
    @Override
    public void onData(Connection connection, ByteBuffer data) {
        connection.write(data);
    }
}
