package io.github.epoll4j.reactor.testkit;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A pair of a {@link FakeConnection} and its peer, with which a layer is tested by {@link ConnectionContract}.
 *
 * {@snippet class = io.github.epoll4j.reactor.testkit.XorLayerContractTest region = contract}
 */
public final class FakePair implements ConnectionPair {
    private final TestLoop loop = TestLoop.open();
    private final FakeConnection connection;
    private final UnaryOperator<byte[]> encode;
    private final UnaryOperator<byte[]> decode;

    private FakePair(ConnectionConfig config, Function<Connection, ConnectionHandler> handlerFactory,
            UnaryOperator<byte[]> encode, UnaryOperator<byte[]> decode) {
        this.encode = Objects.requireNonNull(encode);
        this.decode = Objects.requireNonNull(decode);
        this.connection = loop.connect(config, handlerFactory);
    }

    /**
     * Opens a fake connection whose peer sends and receives bytes as they are.
     *
     * @param config         its limits and timeouts
     * @param handlerFactory returns the handler
     * @return the pair, to be closed by the caller
     */
    public static FakePair open(ConnectionConfig config, Function<Connection, ConnectionHandler> handlerFactory) {
        return open(config, handlerFactory, UnaryOperator.identity(), UnaryOperator.identity());
    }

    /**
     * Opens a fake connection whose peer has a layer too.
     *
     * @param config         its limits and timeouts
     * @param handlerFactory returns the handler, which is that of the layer to be tested
     * @param encode         transforms the bytes of each {@link #send} to those on the wire
     * @param decode         transforms all bytes on the wire since the beginning to those that are {@link #received()}
     * @return the pair, to be closed by the caller
     */
    public static FakePair open(ConnectionConfig config, Function<Connection, ConnectionHandler> handlerFactory,
            UnaryOperator<byte[]> encode, UnaryOperator<byte[]> decode) {
        return new FakePair(config, handlerFactory, encode, decode);
    }

    /**
     * Returns the fake connection.
     *
     * @return the connection that a layer is on
     */
    public FakeConnection connection() {
        return connection;
    }

    @Override
    public void send(byte[] bytes) {
        connection.receive(encode.apply(bytes));
    }

    @Override
    public void sendEnd() {
        connection.receiveEnd();
    }

    @Override
    public void reset() {
        connection.fail(new ErrnoException("recv", connection.toString(), Errno.ECONNRESET));
    }

    @Override
    public void stopReceiving() {
        connection.acceptBytes(0);
    }

    @Override
    public void receiveAgain() {
        connection.acceptBytes(Long.MAX_VALUE);
    }

    @Override
    public byte[] received() {
        return decode.apply(connection.written());
    }

    @Override
    public boolean isEndReceived() {
        return connection.isEndSent();
    }

    @Override
    public boolean isResetReceived() {
        return connection.isResetSent();
    }

    @Override
    public void drain() {
        connection.drain();
    }

    @Override
    public void advance(Duration time) {
        loop.advance(time);
    }

    @Override
    public void await(String description, BooleanSupplier condition) {
        loop.await(description, condition);
    }

    @Override
    public List<Throwable> failures() {
        return loop.failures();
    }

    @Override
    public void close() {
        loop.close();
    }
}
