package io.github.epoll4j.reactor.tls;

import io.github.epoll4j.reactor.ConnectConfig;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Reactor;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Puts TLS on connections.
 *
 * <p>The methods return a handler factory for a {@link Reactor}, which creates a {@link TlsConnection} on each
 * connection and calls the user's factory with it. Applied to an open connection, the result is a handler for {@link
 * Connection#handler(ConnectionHandler)}, such as after STARTTLS: it begins the handshake with the bytes behind that
 * command.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8446">RFC 8446, TLS 1.3</a>
 */
public final class Tls {
    private Tls() {
    }

    /**
     * Returns a handler factory for the server's side.
     *
     * @param config         the identity, protocols and limits
     * @param handlerFactory creates the handler of a new connection, on its loop's thread, before the handshake
     * @return the factory, such as for {@link Reactor#listen(java.net.SocketAddress, Function)}
     * @throws IllegalArgumentException if the configuration has no identity and no context, or names a protocol or a
     *     cipher suite that the JDK does not have
     */
    public static Function<Connection, ConnectionHandler> server(TlsConfig config,
            Function<? super TlsConnection, ? extends ConnectionHandler> handlerFactory) {
        Objects.requireNonNull(handlerFactory);
        config.requireIdentity();
        config.serverEngine(); // throws for names of protocols and suites that the JDK does not have
        return target -> open(new TlsConnection(target, config, config.serverEngine()), handlerFactory);
    }

    /**
     * Returns a handler factory for the client's side. Connect with {@link #connect} unless the connection is open
     * already: the future of {@link Reactor#connect(java.net.SocketAddress, Function)} has the socket's connection,
     * which takes no plaintext.
     *
     * @param config         the trust, protocols and limits
     * @param host           the server's name or address, which its certificate has to have
     * @param port           its port; host and port are the key under which a session is kept, to be resumed
     * @param handlerFactory creates the handler of a new connection, on its loop's thread, before the handshake
     * @return the factory
     * @throws IllegalArgumentException if the configuration names a protocol or a cipher suite that the JDK does not
     *     have
     */
    public static Function<Connection, ConnectionHandler> client(TlsConfig config, String host, int port,
            Function<? super TlsConnection, ? extends ConnectionHandler> handlerFactory) {
        Objects.requireNonNull(handlerFactory);
        config.clientEngine(host, port); // as for a server
        return target -> open(new TlsConnection(target, config, config.clientEngine(host, port)), handlerFactory);
    }

    private static ConnectionHandler open(TlsConnection connection,
            Function<? super TlsConnection, ? extends ConnectionHandler> handlerFactory) {
        return connection.wrap(
                Objects.requireNonNull(handlerFactory.apply(connection), "no handler for a connection"));
    }

    /**
     * Connects with {@link ConnectConfig#DEFAULT}.
     *
     * @param reactor        the reactor
     * @param address        the server; its certificate has to have the host name or address that was given
     * @param config         the trust, protocols and limits
     * @param handlerFactory creates the handler of the connection, on its loop's thread, before the handshake
     * @return as {@link #connect(Reactor, InetSocketAddress, ConnectConfig, TlsConfig, Function)}
     */
    public static CompletableFuture<TlsConnection> connect(Reactor reactor, InetSocketAddress address,
            TlsConfig config, Function<? super TlsConnection, ? extends ConnectionHandler> handlerFactory) {
        return connect(reactor, address, ConnectConfig.DEFAULT, config, handlerFactory);
    }

    /**
     * Connects, and completes the handshake.
     *
     * @param reactor        the reactor
     * @param address        the server; its certificate has to have the host name or address that was given
     * @param connect        the way to connect, and the loop
     * @param config         the trust, protocols and limits
     * @param handlerFactory creates the handler of the connection, on its loop's thread, before the handshake
     * @return completed on the loop's thread, after {@link ConnectionHandler#onOpen}; or exceptionally as that of
     *     {@link Reactor#connect(java.net.SocketAddress, ConnectConfig, Function)}, and with the cause that ended the
     *     handshake, such as a {@link javax.net.ssl.SSLHandshakeException}. To cancel it before that ends the attempt
     * @throws IllegalArgumentException as {@link Reactor#connect(java.net.SocketAddress, ConnectConfig, Function)}
     */
    public static CompletableFuture<TlsConnection> connect(Reactor reactor, InetSocketAddress address,
            ConnectConfig connect, TlsConfig config,
            Function<? super TlsConnection, ? extends ConnectionHandler> handlerFactory) {
        Objects.requireNonNull(handlerFactory);
        CompletableFuture<TlsConnection> handshake = new CompletableFuture<>();
        CompletableFuture<Connection> transport = reactor.connect(address, connect,
                client(config, address.getHostString(), address.getPort(), connection -> {
                    connection.completeWithHandshake(handshake);
                    return handlerFactory.apply(connection);
                }));
        CompletableFuture<TlsConnection> result = transport.newIncompleteFuture(); // refuses a wait on the loop, too
        transport.whenComplete((connection, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
            }
        });
        handshake.whenComplete((connection, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
            } else if (!result.complete(connection)) {
                connection.closeNow(); // it was cancelled
            }
        });
        result.whenComplete((connection, failure) -> {
            if (failure instanceof CancellationException) {
                transport.cancel(true);
                transport.thenAccept(Connection::closeNow);
            }
        });
        return result;
    }
}
