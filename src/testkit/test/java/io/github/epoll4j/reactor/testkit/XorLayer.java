package io.github.epoll4j.reactor.testkit;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.ForwardingConnection;
import io.github.epoll4j.reactor.ForwardingHandler;
import io.github.epoll4j.reactor.WriteCompletion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Function;

/** The sample of the package page: a layer that inverts every byte, in both directions. */
// @start region = layer
final class XorLayer extends ForwardingConnection {
    private XorLayer(Connection target) {
        super(target);
    }

    static Function<Connection, ConnectionHandler> on(Function<Connection, ConnectionHandler> handlerFactory) {
        return target -> {
            XorLayer layer = new XorLayer(target);
            return layer.wrap(handlerFactory.apply(layer));
        };
    }

    @Override
    public void write(ByteBuffer data, WriteCompletion completion) {
        super.write(inverse(data), completion);
        data.position(data.limit());
    }

    private static ByteBuffer inverse(ByteBuffer data) {
        ByteBuffer bytes = ByteBuffer.allocate(data.remaining());
        for (int i = 0; i < bytes.limit(); i++) {
            bytes.put(i, (byte) ~data.get(data.position() + i));
        }
        return bytes;
    }

    @Override
    public ConnectionHandler handler() {
        return target().handler() instanceof ForwardingHandler current ? current.next() : null;
    }

    @Override
    public void handler(ConnectionHandler next) {
        target().handler(wrap(next));
    }

    private ForwardingHandler wrap(ConnectionHandler next) {
        return new ForwardingHandler(this, next) {
            @Override
            public void onData(Connection target, ByteBuffer data) throws IOException {
                ByteBuffer plain = inverse(data);
                forwardData(plain);
                data.position(data.position() + plain.position()); // bytes that next leaves stay there
            }

            @Override
            public void onInputClosed(Connection target, ByteBuffer rest) throws IOException {
                ByteBuffer plain = inverse(rest);
                forwardInputClosed(plain);
                rest.position(rest.position() + plain.position());
            }
        };
    }
}
// @end
