package io.github.epoll4j.reactor.testkit;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import java.util.function.Function;

/** The sample's layer passes the contract. */
// @start region = contract
class XorLayerContractTest extends ConnectionContract {
    @Override
    protected ConnectionPair open(ConnectionConfig config, Function<Connection, ConnectionHandler> handlerFactory) {
        return FakePair.open(config, XorLayer.on(handlerFactory), XorLayerContractTest::invert,
                XorLayerContractTest::invert);
    }

    private static byte[] invert(byte[] bytes) {
        byte[] inverse = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            inverse[i] = (byte) ~bytes[i];
        }
        return inverse;
    }
}
// @end
