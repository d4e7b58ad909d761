package io.github.epoll4j.reactor.testkit;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import java.util.function.Function;

class FakeConnectionContractTest extends ConnectionContract {
    @Override
    protected ConnectionPair open(ConnectionConfig config, Function<Connection, ConnectionHandler> handlerFactory) {
        return FakePair.open(config, handlerFactory);
    }
}
