package io.github.epoll4j.reactor.testkit;

import io.github.epoll4j.net.LinuxSocketOptions;
import io.github.epoll4j.reactor.ConnectConfig;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.ListenerConfig;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.reactor.Trigger;
import io.github.epoll4j.reactor.tls.Tls;
import io.github.epoll4j.reactor.tls.TlsConfig;
import io.github.epoll4j.reactor.tls.TlsConnection;
import io.github.epoll4j.testing.Eventually;
import io.github.epoll4j.testing.TestCertificates;
import io.github.epoll4j.testing.TlsPeer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** TLS connections pass the contract, of servers and of clients. */
class TlsContractTest {
    private static final SSLContext CONTEXT = context();
    private static final TlsConfig CONFIG = TlsConfig.DEFAULT.withContext(CONTEXT);

    private static SSLContext context() {
        try {
            return TestCertificates.context("server", "EC");
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** A contract whose connections have TLS 1.3. */
    @Execution(ExecutionMode.CONCURRENT)
    private abstract static class TlsContract extends ConnectionContract {
        private final Trigger trigger;
        private final boolean isServer;

        TlsContract(Trigger trigger, boolean isServer) {
            this.trigger = trigger;
            this.isServer = isServer;
        }

        @Override
        protected ConnectionConfig config() {
            return ConnectionConfig.DEFAULT.withTrigger(trigger);
        }

        @Override
        protected boolean canDrain() {
            return isServer; // a client has no listener
        }

        @Override
        protected ConnectionPair open(ConnectionConfig config, Function<Connection, ConnectionHandler> handlerFactory)
                throws Exception {
            return new TlsPair(isServer, config, handlerFactory);
        }
    }

    /** A connection of a reactor with one loop, and an engine of the JDK as its peer. */
    private static final class TlsPair implements ConnectionPair {
        private final List<Throwable> failures = new CopyOnWriteArrayList<>();
        private final AtomicReference<TlsConnection> connection = new AtomicReference<>();
        private final Reactor reactor;
        /** Null for a client. */
        private final Listener listener;
        private final TlsPeer peer;

        TlsPair(boolean isServer, ConnectionConfig config, Function<Connection, ConnectionHandler> handlerFactory)
                throws IOException {
            reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1)
                    .withFailureHandler((loop, source, failure) -> failures.add(failure)));
            Function<TlsConnection, ConnectionHandler> factory = created -> {
                connection.set(created);
                return handlerFactory.apply(created);
            };
            SSLEngine engine = CONTEXT.createSSLEngine("localhost", 1);
            engine.setUseClientMode(isServer);
            InetSocketAddress any = new InetSocketAddress("127.0.0.1", 0);
            if (isServer) {
                listener = reactor.listen(any, ListenerConfig.DEFAULT.withConnections(config)
                        .withOptions(LinuxSocketOptions.SO_SNDBUF.with(100_000)), Tls.server(CONFIG, factory));
                peer = new TlsPeer(engine, SocketChannel.open(listener.localAddress()));
            } else {
                listener = null;
                try (ServerSocketChannel server = ServerSocketChannel.open().bind(any)) {
                    InetSocketAddress address = (InetSocketAddress) server.getLocalAddress();
                    reactor.connect(address, ConnectConfig.DEFAULT.withConnections(config)
                            .withOptions(LinuxSocketOptions.SO_SNDBUF.with(100_000)),
                            Tls.client(CONFIG, "localhost", address.getPort(), factory));
                    peer = new TlsPeer(engine, server.accept());
                }
            }
            Eventually.await("the handshake", () -> {
                peer.transfer();
                TlsConnection created = connection.get();
                boolean isComplete = created != null && created.session() != null && peer.isEstablished();
                return isComplete || created != null && !created.isOpen() || peer.isSocketEnded();
            });
        }

        @Override
        public void send(byte[] bytes) {
            peer.send(bytes);
        }

        @Override
        public void sendEnd() throws IOException {
            peer.sendEnd();
        }

        @Override
        public void reset() throws IOException {
            peer.reset();
        }

        @Override
        public void stopReceiving() {
            peer.receive(false);
        }

        @Override
        public void receiveAgain() {
            peer.receive(true);
        }

        @Override
        public byte[] received() {
            return peer.received();
        }

        @Override
        public boolean isEndReceived() {
            return peer.isEndReceived();
        }

        @Override
        public boolean isResetReceived() {
            return peer.isReset();
        }

        @Override
        public void drain() {
            listener.drain();
        }

        @Override
        public void advance(Duration time) {
            // it passes by itself
        }

        @Override
        public void await(String description, BooleanSupplier condition) {
            Eventually.await(description, () -> {
                peer.transfer();
                return condition.getAsBoolean();
            });
        }

        @Override
        public List<Throwable> failures() {
            return List.copyOf(failures);
        }

        @Override
        public void close() throws IOException {
            peer.close();
            reactor.close();
        }
    }

    @Nested
    class ServerLevel extends TlsContract {
        ServerLevel() {
            super(Trigger.LEVEL, true);
        }
    }

    @Nested
    class ClientEdge extends TlsContract {
        ClientEdge() {
            super(Trigger.EDGE, false);
        }
    }
}
