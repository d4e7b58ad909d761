package io.github.epoll4j.reactor.tls;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.testing.Eventually;
import io.github.epoll4j.testing.TestCertificates;
import io.github.epoll4j.testing.TlsPeer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A reactor of one loop, its servers, and their clients on engines of the JDK. */
abstract class TlsFixture {
    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final List<TlsPeer> peers = new ArrayList<>();
    @TempDir
    Path folder;
    Reactor reactor;

    @BeforeEach
    void open() throws IOException {
        reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1)
                .withFailureHandler((loop, source, failure) -> failures.add(failure)));
    }

    @AfterEach
    void close() throws IOException {
        for (TlsPeer peer : peers) {
            peer.close();
        }
        reactor.close();
    }

    TlsIdentity identity(String name) throws IOException {
        return TlsIdentity.load(TestCertificates.file(folder, name + ".pem"),
                TestCertificates.file(folder, name + ".key"));
    }

    TlsConfig server() throws IOException {
        return TlsConfig.DEFAULT.withIdentity(identity("server"));
    }

    TlsConfig client() throws IOException {
        return TlsConfig.DEFAULT.withTrust(TestCertificates.file(folder, "ca.pem"));
    }

    Listener listen(TlsConfig config, Function<? super TlsConnection, ? extends ConnectionHandler> handlerFactory)
            throws IOException {
        return listen(config, ConnectionConfig.DEFAULT, handlerFactory);
    }

    Listener listen(TlsConfig config, ConnectionConfig connections,
            Function<? super TlsConnection, ? extends ConnectionHandler> handlerFactory) throws IOException {
        return reactor.listen(new InetSocketAddress("127.0.0.1", 0), connections, Tls.server(config, handlerFactory));
    }

    static SSLContext trusting() throws IOException {
        try {
            return TestCertificates.context();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    TlsPeer connect(Listener listener) throws IOException {
        return connect(listener, trusting(), parameters -> { });
    }

    /** Connects, and completes the handshake. */
    TlsPeer connectEstablished(Listener listener) throws IOException {
        TlsPeer peer = connect(listener);
        awaitEstablished(peer);
        return peer;
    }

    /** Connects to an echo server, and has it echo the byte a. */
    TlsPeer connectEchoed(Listener listener) throws IOException {
        TlsPeer peer = connect(listener);
        peer.send(bytes("a"));
        awaitReceived(peer, "a");
        return peer;
    }

    TlsPeer connect(Listener listener, SSLContext context, Consumer<SSLParameters> change) throws IOException {
        SSLEngine engine = context.createSSLEngine("localhost", listener.port());
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        change.accept(parameters);
        engine.setSSLParameters(parameters);
        TlsPeer peer = new TlsPeer(engine, SocketChannel.open(listener.localAddress()));
        peers.add(peer);
        return peer;
    }

    /** Echoes, and records how its connections end. */
    static final class Echo implements ConnectionHandler {
        final List<Connection> opened = new CopyOnWriteArrayList<>();
        final List<Object> causes = new CopyOnWriteArrayList<>();
        final List<String> calls = new CopyOnWriteArrayList<>();

        @Override
        public void onOpen(Connection connection) {
            opened.add(connection);
            calls.add("onOpen");
        }

        @Override
        public void onData(Connection connection, ByteBuffer data) {
            calls.add("onData");
            connection.write(data);
        }

        @Override
        public void onInputClosed(Connection connection, ByteBuffer rest) {
            calls.add("onInputClosed");
            connection.close();
        }

        @Override
        public void onClosed(Connection connection, Throwable cause) {
            calls.add("onClosed");
            causes.add(cause == null ? "good order" : cause);
        }

        Object awaitCause() {
            Eventually.await("the end of a connection", () -> !causes.isEmpty());
            return causes.getFirst();
        }

        TlsConnection connection() {
            return (TlsConnection) opened.getFirst();
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static void awaitReceived(TlsPeer peer, String expected) {
        Eventually.await("the peer receives " + expected, () -> text(peer.received()).equals(expected));
    }

    static void awaitEstablished(TlsPeer peer) {
        peer.awaitHandshake();
        if (!peer.isEstablished()) {
            throw new AssertionError("the handshake has failed", peer.failure());
        }
    }
}
