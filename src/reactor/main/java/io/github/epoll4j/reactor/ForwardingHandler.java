package io.github.epoll4j.reactor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A handler that forwards to another one, to be extended by a layer; see {@link ForwardingConnection}. The calls that
 * bring no bytes are forwarded, with the layer's connection as their argument. The others are the layer's own.
 */
public abstract class ForwardingHandler implements ConnectionHandler {
    private final Connection connection;
    private final ConnectionHandler next;

    /**
     * Creates a handler that forwards.
     *
     * @param connection the layer's connection, the argument of the forwarded calls
     * @param next       the other handler
     */
    protected ForwardingHandler(Connection connection, ConnectionHandler next) {
        this.connection = Objects.requireNonNull(connection);
        this.next = Objects.requireNonNull(next);
    }

    /**
     * Returns the layer's connection.
     *
     * @return the argument of the forwarded calls
     */
    protected final Connection connection() {
        return connection;
    }

    /**
     * Returns the other handler.
     *
     * @return the handler that this one forwards to
     */
    public final ConnectionHandler next() {
        return next;
    }

    /** A call of the other handler with bytes. */
    @FunctionalInterface
    private interface Call {
        void make(Connection connection, ByteBuffer data) throws IOException;
    }

    /**
     * Calls {@link ConnectionHandler#onData} of the other handler. The layer keeps the bytes from the position on.
     *
     * @param data the layer's bytes, at least one
     * @throws IOException from the other handler
     * @throws IllegalStateException if it has changed the limit, or moved the position back
     */
    protected final void forwardData(ByteBuffer data) throws IOException {
        forward(data, next::onData);
    }

    /**
     * Calls {@link ConnectionHandler#onInputClosed} of the other handler. The layer keeps the bytes from the position
     * on, for a handler that replaces it.
     *
     * @param rest the bytes that earlier calls have left
     * @throws IOException from the other handler
     * @throws IllegalStateException if it has changed the limit, or moved the position back
     */
    protected final void forwardInputClosed(ByteBuffer rest) throws IOException {
        forward(rest, next::onInputClosed);
    }

    private void forward(ByteBuffer data, Call call) throws IOException {
        int position = data.position();
        int limit = data.limit();
        call.make(connection, data.order(ByteOrder.BIG_ENDIAN));
        if (data.limit() != limit || data.position() < position) {
            throw new IllegalStateException("a handler may only move the position, forward: position " + position
                    + " and limit " + limit + " became " + data.position() + " and " + data.limit() + " in " + next);
        }
    }

    @Override
    public void onOpen(Connection target) throws IOException {
        next.onOpen(connection);
    }

    @Override
    public void onWritable(Connection target) throws IOException {
        next.onWritable(connection);
    }

    @Override
    public boolean onTimeout(Connection target, IdleTimeoutException timeout) throws IOException {
        return next.onTimeout(connection, timeout);
    }

    @Override
    public void onDrain(Connection target) throws IOException {
        next.onDrain(connection);
    }

    @Override
    public void onClosed(Connection target, Throwable cause) {
        next.onClosed(connection, cause);
    }
}
