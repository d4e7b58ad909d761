package io.github.epoll4j.reactor;

import java.nio.ByteBuffer;

/** Sends back the bytes that it receives. */
public final class Echo implements ConnectionHandler {
    /** Creates a handler. */
    public Echo() {
    }

    @Override
    public void onData(Connection connection, ByteBuffer data) {
        connection.write(data);
    }
}
