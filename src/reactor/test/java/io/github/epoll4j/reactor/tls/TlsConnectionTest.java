package io.github.epoll4j.reactor.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.OpenFlags;
import io.github.epoll4j.reactor.ConnectConfig;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.IdleTimeoutException;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.testing.Eventually;
import io.github.epoll4j.testing.TestCertificates;
import io.github.epoll4j.testing.TlsPeer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What TLS adds to the contract, which {@code TlsContractTest} of the test kit shows. */
@Timeout(60)
class TlsConnectionTest extends TlsFixture {
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    @DisplayName("client and server of this library talk, with every version")
    void shouldEchoWhenBothSidesAreOurs(String version) throws Exception {
        Echo server = new Echo();
        Listener listener = listen(server().withProtocols(version), connection -> server);
        CompletableFuture<String> answer = new CompletableFuture<>();

        TlsConnection client = Tls.connect(reactor, new InetSocketAddress("localhost", listener.port()), client(),
                connection -> new ConnectionHandler() {
                    @Override
                    public void onOpen(Connection on) {
                        on.write(ByteBuffer.wrap(bytes("hello")));
                    }

                    @Override
                    public void onData(Connection on, ByteBuffer data) {
                        if (data.remaining() == 5) {
                            byte[] got = new byte[5];
                            data.get(got);
                            answer.complete(text(got));
                        }
                    }
                }).get(20, TimeUnit.SECONDS);

        assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo("hello");
        assertThat(client.session().getProtocol()).isEqualTo(version);
        assertThat(server.connection().session().getCipherSuite()).isEqualTo(client.session().getCipherSuite());
        assertThat(server.connection().serverName()).isEqualTo("localhost");
        assertThat(client.applicationProtocol()).isEmpty();
        client.close();
        assertThat(server.awaitCause()).isEqualTo("good order");
        assertThat(failures).isEmpty();
    }

    @Test
    @DisplayName("before the end of the handshake there is no session; what the factory writes comes after it")
    void shouldKeepWritesBackWhenTheHandshakeIsNotComplete() throws Exception {
        AtomicReference<TlsConnection> created = new AtomicReference<>();
        Listener listener = listen(server(), connection -> {
            created.set(connection);
            connection.write(ByteBuffer.wrap(bytes("first")));
            return new Echo();
        });
        SocketChannel silent = SocketChannel.open(listener.localAddress());
        Eventually.await("the connection", () -> created.get() != null);
        assertThat(created.get().session()).isNull();
        assertThat(created.get().applicationProtocol()).isNull();
        assertThat(created.get().serverName()).isNull();
        assertThat(created.get().pendingBytes()).isEqualTo(5);
        silent.close();
        Eventually.await("its end", () -> !created.get().isOpen() && created.get().pendingBytes() == 0);

        TlsPeer peer = connect(listener);
        awaitReceived(peer, "first");
    }

    // ---- what is negotiated

    @Test
    @DisplayName("the first common application protocol is agreed on")
    void shouldAgreeWhenApplicationProtocolsMatch() throws Exception {
        Echo echo = new Echo();
        Listener listener = listen(server().withApplicationProtocols("h2", "http/1.1"), connection -> echo);
        TlsPeer peer = connect(listener, trusting(),
                parameters -> parameters.setApplicationProtocols(new String[] {"x", "http/1.1"}));
        awaitEstablished(peer);
        peer.send(bytes("a"));
        awaitReceived(peer, "a");
        assertThat(echo.connection().applicationProtocol()).isEqualTo("http/1.1");
        assertThat(peer.engine().getApplicationProtocol()).isEqualTo("http/1.1");
    }

    @Test
    @DisplayName("without a common application protocol the client gets an alert, and onClosed comes alone")
    void shouldFailWhenNoApplicationProtocolMatches() throws Exception {
        Echo echo = new Echo();
        Listener listener = listen(server().withApplicationProtocols("h2"), connection -> echo);
        TlsPeer peer = connect(listener, trusting(),
                parameters -> parameters.setApplicationProtocols(new String[] {"x"}));
        peer.awaitHandshake();
        assertThat(peer.failure()).isInstanceOf(SSLException.class)
                .hasMessageContaining("no_application_protocol");
        assertThat(echo.awaitCause()).isInstanceOf(SSLHandshakeException.class);
        assertThat(echo.calls).containsExactly("onClosed");
        assertThat(failures).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"localhost,CN=localhost", "other.example,CN=other.example", "a.wild.example,CN=other.example",
        "a.b.wild.example,CN=localhost", "unknown.example,CN=localhost"})
    @DisplayName("the certificate is the one with the name that the client asks for, or else the first")
    void shouldChooseTheCertificateWhenTheClientAsksForAName(String name, String subject) throws Exception {
        Echo echo = new Echo();
        Listener listener = listen(TlsConfig.DEFAULT.withIdentity(identity("server"), identity("other")),
                connection -> echo);
        TlsPeer peer = connect(listener, trusting(),
                parameters -> parameters.setServerNames(List.of(new SNIHostName(name))));
        awaitEstablished(peer);
        assertThat(subject(peer)).isEqualTo(subject);
        peer.send(bytes("a"));
        awaitReceived(peer, "a");
        assertThat(echo.connection().serverName()).isEqualTo(name);
    }

    private static String subject(TlsPeer peer) throws SSLPeerUnverifiedException {
        return ((X509Certificate) peer.engine().getSession().getPeerCertificates()[0]).getSubjectX500Principal()
                .toString();
    }

    @ParameterizedTest
    @CsvSource({"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,RSA", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,EC"})
    @DisplayName("the certificate is one whose key the client can take")
    void shouldChooseTheCertificateWhenTheClientTakesOneKindOfKey(String suite, String algorithm) throws Exception {
        Listener listener = listen(TlsConfig.DEFAULT.withIdentity(identity("server"), identity("server-rsa")),
                connection -> new Echo());
        TlsPeer peer = connect(listener, trusting(), parameters -> {
            parameters.setProtocols(new String[] {"TLSv1.2"});
            parameters.setCipherSuites(new String[] {suite});
        });
        awaitEstablished(peer);
        assertThat(peer.engine().getSession().getPeerCertificates()[0].getPublicKey().getAlgorithm())
                .isEqualTo(algorithm);
    }

    @Test
    @DisplayName("versions and cipher suites can be limited")
    void shouldFailWhenNoVersionOrSuiteIsCommon() throws Exception {
        Echo echo = new Echo();
        Listener listener = listen(server().withProtocols("TLSv1.3").withCipherSuites("TLS_AES_256_GCM_SHA384"),
                connection -> echo);
        TlsPeer old = connect(listener, trusting(), parameters -> parameters.setProtocols(new String[] {"TLSv1.2"}));
        old.awaitHandshake();
        assertThat(old.failure()).isNotNull();
        TlsPeer other = connect(listener, trusting(),
                parameters -> parameters.setCipherSuites(new String[] {"TLS_AES_128_GCM_SHA256"}));
        other.awaitHandshake();
        assertThat(other.failure()).isNotNull();
        Eventually.await("both have ended", () -> echo.causes.size() == 2);
        assertThat(echo.calls).containsOnly("onClosed");
    }

    @Test
    @DisplayName("a client certificate can be required: without one the handshake fails, with one it is known")
    void shouldKnowTheClientWhenACertificateIsRequired() throws Exception {
        Echo echo = new Echo();
        TlsConfig required = server().withTrust(TestCertificates.file(folder, "ca.pem"))
                .withClientAuthentication(TlsConfig.ClientAuthentication.REQUIRED);
        Listener listener = listen(required, connection -> echo);
        TlsPeer anonymous = connect(listener);
        Eventually.await("the refusal", () -> anonymous.failure() != null);
        assertThat(echo.awaitCause()).isInstanceOf(SSLHandshakeException.class);
        assertThat(echo.calls).containsExactly("onClosed");

        TlsConnection known = Tls.connect(reactor, new InetSocketAddress("localhost", listener.port()),
                client().withIdentity(identity("client")), connection -> new Echo()).get(20, TimeUnit.SECONDS);
        Eventually.await("the server's side", () -> !echo.opened.isEmpty());
        assertThat(((X509Certificate) echo.connection().session().getPeerCertificates()[0])
                .getSubjectX500Principal()).hasToString("CN=client");
        known.close();
    }

    @Test
    @DisplayName("a client certificate can be wanted: a client without one is served")
    void shouldServeAnonymousClientsWhenACertificateIsWanted() throws Exception {
        Echo echo = new Echo();
        Listener listener = listen(server().withTrust(TestCertificates.file(folder, "ca.pem"))
                .withClientAuthentication(TlsConfig.ClientAuthentication.WANTED), connection -> echo);
        TlsPeer peer = connectEchoed(listener);
        assertThatThrownBy(() -> echo.connection().session().getPeerCertificates())
                .isInstanceOf(SSLPeerUnverifiedException.class);
    }

    @Test
    @DisplayName("a client refuses a certificate of another name and of an unknown authority, unless told otherwise")
    void shouldFailWhenTheCertificateIsNotTheServers() throws Exception {
        Listener other = listen(TlsConfig.DEFAULT.withIdentity(identity("other")), connection -> new Echo());
        InetSocketAddress address = new InetSocketAddress("localhost", other.port());
        assertHandshakeFails(address, client());
        Tls.connect(reactor, address, client().withHostNameCheck(false), connection -> new Echo())
                .get(20, TimeUnit.SECONDS).close();

        Listener right = listen(server(), connection -> new Echo());
        assertHandshakeFails(new InetSocketAddress("localhost", right.port()), TlsConfig.DEFAULT);
        Tls.connect(reactor, new InetSocketAddress("127.0.0.1", right.port()), client(), connection -> new Echo())
                .get(20, TimeUnit.SECONDS).close();
    }

    private void assertHandshakeFails(InetSocketAddress address, TlsConfig config) {
        Echo client = new Echo();
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> Tls.connect(reactor, address, config,
                connection -> client).get(20, TimeUnit.SECONDS)).withCauseInstanceOf(SSLHandshakeException.class);
        assertThat(client.awaitCause()).isInstanceOf(SSLHandshakeException.class);
        assertThat(client.calls).containsExactly("onClosed");
    }

    @Test
    @DisplayName("a server without an identity is refused, and a negative handshake timeout")
    void shouldThrowWhenTheConfigurationIsWrong() {
        assertThatIllegalArgumentException().isThrownBy(() -> Tls.server(TlsConfig.DEFAULT, connection -> new Echo()))
                .withMessageContaining("withIdentity");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TlsConfig.DEFAULT.withHandshakeTimeout(Duration.ofMillis(-1)));
    }

    @Test
    @DisplayName("a reload changes the certificate of new connections alone; a wrong file keeps the old one")
    void shouldPresentTheNewCertificateWhenTheIdentityIsReloaded() throws Exception {
        TlsIdentity identity = identity("server");
        Listener listener = listen(TlsConfig.DEFAULT.withIdentity(identity), connection -> new Echo());
        SSLContext context = trusting();
        TlsPeer before = connect(listener, context, parameters -> { });
        awaitEstablished(before);

        Path damaged = Files.writeString(folder.resolve("server.pem"), "nothing");
        assertThatExceptionOfType(IOException.class).isThrownBy(identity::reload)
                .withMessageContaining(damaged.toString());
        TlsPeer same = connect(listener, context, parameters -> { });
        awaitEstablished(same);
        assertThat(subject(same)).isEqualTo("CN=localhost");

        replace("other.pem", "server.pem");
        replace("other.key", "server.key");
        identity.reload();
        TlsPeer after = connect(listener, context, parameters -> { });
        awaitEstablished(after);
        assertThat(subject(after)).isEqualTo("CN=other.example");
        before.send(bytes("a"));
        awaitReceived(before, "a");
    }

    private void replace(String source, String target) throws IOException {
        Files.move(TestCertificates.file(folder, source), folder.resolve(target), StandardCopyOption.REPLACE_EXISTING);
    }

    // ---- the future of a connect

    @Test
    @DisplayName("the future of a connect fails with the socket's failure, and can be cancelled in the handshake")
    void shouldFailWhenTheSocketFails() throws Exception {
        Listener closed = listen(server(), connection -> new Echo());
        closed.close();
        closed.closeFuture().get(20, TimeUnit.SECONDS);
        Echo client = new Echo();
        assertThatThrownBy(() -> Tls.connect(reactor, new InetSocketAddress("localhost", closed.port()), client(),
                connection -> client).get(20, TimeUnit.SECONDS)).hasMessageContaining("ECONNREFUSED");

        try (var silent = java.nio.channels.ServerSocketChannel.open().bind(new InetSocketAddress("localhost", 0))) {
            CompletableFuture<TlsConnection> future = Tls.connect(reactor,
                    (InetSocketAddress) silent.getLocalAddress(), client(), connection -> client);
            SocketChannel accepted = silent.accept();
            future.cancel(true);
            assertThatExceptionOfType(CancellationException.class).isThrownBy(future::join);
            assertThat(readToEnd(accepted)).as("bytes of a ClientHello").isLessThan(10_000);
            accepted.close();
        }
    }

    /** Returns the number of bytes before the end of the stream, or a reset. */
    private static int readToEnd(SocketChannel channel) {
        int count = 0;
        try {
            for (int read = 0; read >= 0; read = channel.read(ByteBuffer.allocate(10_000))) {
                count += read;
            }
        } catch (IOException e) {
            return count;
        }
        return count;
    }

    @Test
    @DisplayName("on the loop's thread join of a connect's future is refused")
    void shouldThrowWhenTheLoopWaitsForAConnect() throws Exception {
        Listener listener = listen(server(), connection -> new Echo());
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        TlsConfig config = client();
        reactor.loops().getFirst().execute(() -> {
            try {
                Tls.connect(reactor, new InetSocketAddress("localhost", listener.port()), config,
                        connection -> new Echo()).join();
            } catch (CompletionException | IllegalStateException e) {
                thrown.complete(e);
            }
        });
        assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class);
    }

    // ---- streams

    @Test
    @DisplayName("after a command in the clear the handler is replaced by TLS, which gets the bytes behind it")
    void shouldSpeakTlsWhenAPlaintextHandlerIsReplaced() throws Exception {
        TlsConfig config = server();
        Echo secure = new Echo();
        Listener listener = reactor.listen(new InetSocketAddress("127.0.0.1", 0), connection -> (on, data) -> {
            if (data.get() == '!') { // the rest stays for the next handler
                on.handler(Tls.server(config, layer -> secure).apply(on));
            }
        });
        SSLEngine engine = trusting().createSSLEngine("localhost", 1);
        engine.setUseClientMode(true);
        try (SocketChannel channel = SocketChannel.open(listener.localAddress())) {
            channel.write(ByteBuffer.wrap(bytes("!")));
            TlsPeer peer = new TlsPeer(engine, channel);
            peer.send(bytes("hello"));
            awaitReceived(peer, "hello");
        }
        assertThat(secure.awaitCause()).isInstanceOf(TlsTruncatedException.class);
    }

    @Test
    @DisplayName("a socket that ends without close_notify is a truncation, without onInputClosed")
    void shouldEndWithATruncationWhenCloseNotifyIsMissing() throws Exception {
        Echo echo = new Echo();
        Listener listener = listen(server(), connection -> echo);
        TlsPeer peer = connectEchoed(listener);
        peer.channel().shutdownOutput();
        assertThat(echo.awaitCause()).isInstanceOf(TlsTruncatedException.class);
        assertThat(echo.calls).containsExactly("onOpen", "onData", "onClosed");
        assertThat(failures).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    @DisplayName("close_notify is the end of the stream, though the socket stays open, and is answered")
    void shouldCloseInOrderWhenCloseNotifyCome(String version) throws Exception {
        Echo echo = new Echo();
        Listener listener = listen(server().withProtocols(version), connection -> echo);
        TlsPeer peer = connect(listener);
        peer.send(bytes("a"));
        peer.sendCloseNotify();
        Eventually.await("close_notify and the socket's end", () -> peer.isEndReceived() && peer.isSocketEnded());
        assertThat(text(peer.received())).isEqualTo("a");
        assertThat(echo.awaitCause()).isEqualTo("good order");
        assertThat(echo.calls).containsExactly("onOpen", "onData", "onInputClosed", "onClosed");
    }

    @Test
    @DisplayName("without a half-close, in TLS 1.2, the end of the output closes the connection")
    void shouldCloseWhenTheOutputIsShutDownWithoutAHalfClose() throws Exception {
        Echo echo = new Echo();
        Listener listener = listen(server().withProtocols("TLSv1.2"), connection -> echo);
        TlsPeer peer = connectEchoed(listener);
        echo.connection().shutdownOutput();
        Eventually.await("close_notify", () -> peer.isEndReceived() && peer.isSocketEnded());
        peer.close();
        assertThat(echo.awaitCause()).isNotNull();
        assertThat(echo.calls).containsExactly("onOpen", "onData", "onClosed");
    }

    @Test
    @DisplayName("a file of many times the queue's limit is sent as fast as the peer takes it, and what follows it")
    void shouldSendInPiecesWhenAFileIsLarge() throws Exception {
        byte[] content = new byte[20_000_000];
        new Random(1).nextBytes(content);
        Path path = Files.write(folder.resolve("large"), content);
        ConnectionConfig limited = ConnectionConfig.DEFAULT.withWaterMarks(10_000, 100_000).withQueueLimit(1 << 20);
        Listener listener = listen(server(), limited, connection -> new ConnectionHandler() {
            @Override
            public void onOpen(Connection on) throws IOException {
                try (FileFd file = FileFd.open(path, OpenFlags.O_RDONLY)) {
                    on.sendFile(file, 0, content.length);
                }
                on.write(ByteBuffer.wrap(bytes("behind")));
                on.close();
            }

            @Override
            public void onData(Connection on, ByteBuffer data) {
                data.position(data.limit());
            }
        });
        TlsPeer peer = connect(listener);
        Eventually.await("the end", peer::isEndReceived);
        byte[] received = peer.received();
        assertThat(received).hasSize(content.length + 6).startsWith(content);
        assertThat(text(java.util.Arrays.copyOfRange(received, content.length, received.length))).isEqualTo("behind");
    }

    @Test
    @DisplayName("sessions are resumed: the second handshake of a client has the first one's session")
    void shouldResumeWhenAClientComesAgain() throws Exception {
        Listener listener = listen(server().withProtocols("TLSv1.2"), connection -> new Echo());
        SSLContext context = trusting();
        TlsPeer first = connect(listener, context, parameters -> { });
        first.send(bytes("a"));
        awaitReceived(first, "a");
        first.sendEnd();
        TlsPeer second = connect(listener, context, parameters -> { });
        second.send(bytes("b"));
        awaitReceived(second, "b");
        assertThat(second.engine().getSession().getCreationTime())
                .isEqualTo(first.engine().getSession().getCreationTime());
        assertThat(second.engine().getSession().getId()).isEqualTo(first.engine().getSession().getId());
    }

    @Test
    @DisplayName("a context of the JDK can be given in place of files")
    void shouldUseTheContextWhenOneIsGiven() throws IOException, GeneralSecurityException {
        Listener listener = listen(TlsConfig.DEFAULT.withContext(TestCertificates.context("server", "EC")),
                connection -> new Echo());
        TlsPeer peer = connectEchoed(listener);
    }

    @Test
    @DisplayName("TLS in TLS, as behind a proxy with TLS, loses no byte")
    void shouldEchoWhenTlsIsInTls() throws Exception {
        TlsConfig serverConfig = server();
        Listener listener = listen(serverConfig,
                outer -> Tls.server(serverConfig, inner -> new Echo()).apply(outer));
        byte[] sent = new byte[1_000_000];
        new Random(2).nextBytes(sent);
        ByteBuffer received = ByteBuffer.allocate(sent.length);
        CompletableFuture<byte[]> all = new CompletableFuture<>();
        TlsConfig config = client();
        ConnectionHandler handler = new ConnectionHandler() {
            @Override
            public void onOpen(Connection on) {
                for (int i = 0; i < sent.length; i += 100_000) {
                    on.write(ByteBuffer.wrap(sent, i, 100_000));
                }
            }

            @Override
            public void onData(Connection on, ByteBuffer data) {
                received.put(data);
                if (!received.hasRemaining()) {
                    all.complete(received.array());
                }
            }
        };
        ConnectConfig connect = ConnectConfig.DEFAULT.withConnections(ConnectionConfig.DEFAULT.withAutoPause(false));
        reactor.connect(listener.localAddress(), connect, Tls.client(config, "localhost", 1,
                outer -> Tls.client(config, "localhost", 2, inner -> handler).apply(outer)));
        assertThat(all.get(20, TimeUnit.SECONDS)).isEqualTo(sent);
        assertThat(failures).isEmpty();
    }

    @Test
    @DisplayName("a JDK client that closes both directions at once ends in good order; its bytes are handled")
    void shouldEndInOrderWhenTheClientClosesBothDirections() throws Exception {
        for (int i = 0; i < 20; i++) {
            Echo echo = new Echo();
            Listener listener = listen(server(), connection -> echo);
            try (SSLSocket socket = (SSLSocket) trusting().getSocketFactory()
                    .createSocket("localhost", listener.port())) {
                socket.startHandshake();
                socket.getOutputStream().write(bytes("hello"));
            } // sends user_canceled and close_notify
            echo.awaitCause();
            assertThat(echo.calls).containsExactly("onOpen", "onData", "onInputClosed", "onClosed");
            assertThat(echo.causes.getFirst()).satisfiesAnyOf(cause -> assertThat(cause).isEqualTo("good order"),
                    cause -> assertThat(cause).isInstanceOf(ErrnoException.class)); // the socket was closed, too
        }
    }

    @Test
    @DisplayName("the name that the client asks for is found among the identities of every kind of key")
    void shouldChooseByNameWhenTheKindsOfKeysDiffer() throws Exception {
        Listener listener = listen(TlsConfig.DEFAULT.withIdentity(identity("server-rsa"), identity("other")),
                connection -> new Echo());
        for (String name : List.of("localhost", "other.example")) {
            TlsPeer peer = connect(listener, trusting(),
                    parameters -> parameters.setServerNames(List.of(new SNIHostName(name))));
            awaitEstablished(peer);
            assertThat(subject(peer)).isEqualTo("CN=" + name);
        }
    }

    @Test
    @DisplayName("a close behind a file that the peer does not take ends after the close timeout")
    void shouldEndWhenThePeerTakesNothingOfAFileBeforeAClose() throws Exception {
        Path path = Files.write(folder.resolve("file"), new byte[50_000_000]);
        Echo echo = new Echo();
        Listener listener = listen(server(), ConnectionConfig.DEFAULT.withCloseTimeout(Duration.ofMillis(300)),
                connection -> echo);
        TlsPeer peer = connectEstablished(listener);
        peer.receive(false);
        Eventually.await("onOpen", () -> !echo.opened.isEmpty());
        try (FileFd file = FileFd.open(path, OpenFlags.O_RDONLY)) {
            echo.connection().sendFile(file, 0, 50_000_000);
            echo.connection().close();
        }
        assertThat(echo.awaitCause()).isInstanceOfSatisfying(IdleTimeoutException.class,
                timeout -> assertThat(timeout.kind()).isEqualTo(IdleTimeoutException.Kind.CLOSE));
        assertThat(echo.connection().pendingBytes()).isZero();
    }

    @Test
    @DisplayName("a handler that pauses and resumes with bytes left gets them again, each time")
    void shouldDeliverWhenReadingIsPausedAndResumedInACall() throws Exception {
        CompletableFuture<Integer> calls = new CompletableFuture<>();
        Listener listener = listen(server(), connection -> new ConnectionHandler() {
            private int count;

            @Override
            public void onData(Connection on, ByteBuffer data) {
                data.get();
                on.pauseReading();
                on.resumeReading();
                count++;
                if (!data.hasRemaining()) {
                    calls.complete(count);
                }
            }
        });
        connect(listener).send(new byte[100]);
        assertThat(calls.get(20, TimeUnit.SECONDS)).isEqualTo(100);
    }

    @Test
    @DisplayName("an end of the output after the peer's close_notify closes, though the peer's socket stays open")
    void shouldCloseWhenBothDirectionsHaveEnded() throws Exception {
        Echo ends = new Echo();
        Listener listener = listen(server(), connection -> new ConnectionHandler() {
            @Override
            public void onData(Connection on, ByteBuffer data) {
                data.position(data.limit());
            }

            @Override
            public void onInputClosed(Connection on, ByteBuffer rest) {
                on.loop().schedule(Duration.ofMillis(10), () -> {
                    on.write(ByteBuffer.wrap(bytes("bye")));
                    on.shutdownOutput();
                });
            }

            @Override
            public void onClosed(Connection on, Throwable cause) {
                ends.onClosed(on, cause);
            }
        });
        TlsPeer peer = connect(listener);
        peer.sendCloseNotify();
        Eventually.await("the end", peer::isSocketEnded);
        assertThat(text(peer.received())).isEqualTo("bye");
        assertThat(ends.awaitCause()).isEqualTo("good order");
    }

    @Test
    @DisplayName("a host name that is none of DNS is not sent; a protocol that the JDK does not have is refused")
    void shouldConnectWithoutSniWhenTheNameIsNoneOfDns() throws Exception {
        Listener listener = listen(server(), connection -> new Echo());
        CompletableFuture<Void> opened = new CompletableFuture<>();
        reactor.connect(listener.localAddress(), Tls.client(client().withHostNameCheck(false), "my_service", 1,
                connection -> new ConnectionHandler() {
                    @Override
                    public void onOpen(Connection on) {
                        opened.complete(null);
                    }

                    @Override
                    public void onData(Connection on, ByteBuffer data) {
                        data.position(data.limit());
                    }
                }));
        opened.get(20, TimeUnit.SECONDS);
        TlsConfig wrong = server().withProtocols("TLS1.3");
        assertThatIllegalArgumentException().isThrownBy(() -> Tls.server(wrong, connection -> new Echo()));
    }

    @Test
    @DisplayName("a write after the output has ended with the peer's completes with a failure")
    void shouldCompleteWithAFailureWhenTheOutputHasEndedWithTheInput() throws Exception {
        CompletableFuture<Throwable> completed = new CompletableFuture<>();
        Listener listener = listen(server().withProtocols("TLSv1.2"), connection -> new ConnectionHandler() {
            @Override
            public void onData(Connection on, ByteBuffer data) {
                data.position(data.limit());
            }

            @Override
            public void onInputClosed(Connection on, ByteBuffer rest) {
                on.write(ByteBuffer.wrap(bytes("lost")), (same, cause) -> completed.complete(cause));
                on.close();
            }
        });
        TlsPeer peer = connect(listener);
        peer.send(bytes("a"));
        peer.sendCloseNotify();
        assertThat(completed.get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    }
}
