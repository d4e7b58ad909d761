package io.github.epoll4j.reactor;

import io.github.epoll4j.reactor.loop.EventLoop;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A connection that forwards to another one, to be extended by a layer.
 *
 * <p>State, control and the primitive {@link #write(ByteBuffer, WriteCompletion)} are forwarded. The methods that have
 * a default, such as {@code sendFile}, {@code write} of several buffers and {@code isWritable}, are not: they end in
 * this object's own methods, so that a layer that transforms the bytes of the primitive transforms all bytes.
 *
 * <p>A layer is two objects: this connection for the user, and for each handler of the user a {@link
 * ForwardingHandler} for the other connection. So {@link #handler()} and {@link #handler(ConnectionHandler)} are left
 * to the layer: forwarded, they would strip it.
 *
 * {@snippet :
 * @Override
 * public void handler(ConnectionHandler next) {
 *     target().handler(new LayerHandler(this, next));      // extends ForwardingHandler
 * }
 *
 * @Override
 * public ConnectionHandler handler() {
 *     return target().handler() instanceof LayerHandler current ? current.next() : null;
 * }
 * }
 *
 * <p>The layer's handler puts it on a connection: as the result of a handler factory, or by {@code
 * target.handler(layerHandler)} on a connection that is open, such as after a command STARTTLS. It then receives the
 * bytes behind that command. The package page of the test kit, {@code io.github.epoll4j.reactor.testkit}, has a whole
 * layer.
 */
public abstract class ForwardingConnection implements Connection {
    private final Connection target;

    /**
     * Creates a connection that forwards.
     *
     * @param target the other connection
     */
    protected ForwardingConnection(Connection target) {
        this.target = Objects.requireNonNull(target);
    }

    /**
     * Returns the other connection.
     *
     * @return the connection that this one forwards to
     */
    protected final Connection target() {
        return target;
    }

    @Override
    public EventLoop loop() {
        return target.loop();
    }

    @Override
    public boolean isOpen() {
        return target.isOpen();
    }

    @Override
    public SocketAddress localAddress() {
        return target.localAddress();
    }

    @Override
    public SocketAddress remoteAddress() {
        return target.remoteAddress();
    }

    @Override
    public Object attachment() {
        return target.attachment();
    }

    @Override
    public void attach(Object object) {
        target.attach(object);
    }

    @Override
    public ConnectionConfig config() {
        return target.config();
    }

    @Override
    public void config(ConnectionConfig config) {
        target.config(config);
    }

    @Override
    public <T> T get(SocketOption<T> option) throws IOException {
        return target.get(option);
    }

    @Override
    public <T> void set(SocketOption<T> option, T value) throws IOException {
        target.set(option, value);
    }

    @Override
    public long pendingBytes() {
        return target.pendingBytes();
    }

    @Override
    public boolean isInputClosed() {
        return target.isInputClosed();
    }

    @Override
    public void write(ByteBuffer data, WriteCompletion completion) {
        target.write(data, completion == WriteCompletion.NONE
                ? completion : (connection, cause) -> completion.completed(this, cause));
    }

    @Override
    public void flush() {
        target.flush();
    }

    @Override
    public void inMessage(boolean isInside) {
        target.inMessage(isInside);
    }

    @Override
    public void pauseReading() {
        target.pauseReading();
    }

    @Override
    public void resumeReading() {
        target.resumeReading();
    }

    @Override
    public void shutdownOutput() {
        target.shutdownOutput();
    }

    @Override
    public void close(Throwable cause) {
        target.close(cause);
    }

    @Override
    public void closeNow(Throwable cause) {
        target.closeNow(cause);
    }

    @Override
    public void reset() {
        target.reset();
    }

    /**
     * Describes the connection for a log.
     *
     * @return the other connection's description, behind this class' name
     */
    @Override
    public String toString() {
        return getClass().getSimpleName() + " on " + target;
    }
}
