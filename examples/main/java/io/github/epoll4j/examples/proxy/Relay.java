package io.github.epoll4j.examples.proxy;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import java.nio.ByteBuffer;

/**
 * Passes the bytes and the end of one side to the other. Both sides are on one loop, so that no call of one handler
 * meets a call of the other.
 */
final class Relay implements ConnectionHandler {
    private final Connection other;

    Relay(Connection other) {
        this.other = other;
    }

    /** At most the high-water mark and one read are pending: a side is read as fast as the other one takes bytes. */
    @Override
    public void onData(Connection connection, ByteBuffer data) {
        other.write(data);
        if (!other.isWritable()) {
            connection.pauseReading();
        }
    }

    @Override
    public void onWritable(Connection connection) {
        other.resumeReading();
    }

    /** Half-close: the bytes of the other direction still flow. When both have ended, both connections close. */
    @Override
    public void onInputClosed(Connection connection, ByteBuffer rest) {
        other.shutdownOutput();
    }

    /** A reset, or another failure, must not look like the end of the stream: bytes may be missing. */
    @Override
    public void onClosed(Connection connection, Throwable cause) {
        if (cause == null) {
            other.close();
        } else {
            other.reset();
        }
    }
}
