/**
 * TLS on connections, with the JDK's {@link javax.net.ssl.SSLEngine}.
 *
 * <p>{@link io.github.epoll4j.reactor.tls.Tls} turns a handler factory for plaintext into one for a socket:
 *
 * {@snippet :
 * TlsIdentity identity = TlsIdentity.load(Path.of("chain.pem"), Path.of("key.pem"));
 * TlsConfig tls = TlsConfig.DEFAULT.withIdentity(identity);
 * reactor.listen(address, Tls.server(tls, connection -> Connection::write));            // echo over TLS
 *
 * identity.reload();                                                                    // the files have changed
 * }
 *
 * <p>A client checks the server's certificate and its host name:
 *
 * {@snippet :
 * Tls.connect(reactor, new InetSocketAddress("example.org", 443), TlsConfig.DEFAULT, connection -> new Client());
 * }
 *
 * <p>A protocol that begins in the clear (STARTTLS) replaces its handler, on the loop. The handler leaves the bytes
 * behind the command unread, and answers before. From then on only {@code secure} is written to:
 *
 * {@snippet :
 * connection.write(GO.duplicate());
 * connection.handler(Tls.server(tls, secure -> new Session(secure)).apply(connection));
 * }
 *
 * <h2>What the handler sees</h2>
 *
 * <p>A {@link io.github.epoll4j.reactor.tls.TlsConnection} is the argument of all its calls and of its factory; cast
 * it, or keep it, for the session, the peer's certificates and the protocol. {@link
 * io.github.epoll4j.reactor.ConnectionHandler#onOpen onOpen} is called after the handshake; if that fails, {@link
 * io.github.epoll4j.reactor.ConnectionHandler#onClosed onClosed} alone, with the cause. The end of the stream is the
 * peer's close_notify. A socket that ends without it is a truncation: there is no {@link
 * io.github.epoll4j.reactor.ConnectionHandler#onInputClosed onInputClosed}, and {@code onClosed} gets a {@link
 * io.github.epoll4j.reactor.tls.TlsTruncatedException}. The end of both directions
 * at once, which TLS 1.2 has and a JDK client with TLS 1.3 can ask for, drops what is written after it.
 *
 * <p>Writes before the end of the handshake are kept and sent after it. Pending bytes are counted as they are:
 * plaintext that is kept back, and ciphertext that the socket has not taken. {@code shutdownOutput} is a half-close
 * with TLS 1.3; with TLS 1.2, which has none, it closes the connection. A file that is sent is read and encrypted in
 * pieces, as fast as the peer takes them.
 *
 * <h2>What a peer cannot do</h2>
 *
 * <p>A handshake has a {@linkplain io.github.epoll4j.reactor.tls.TlsConfig#withHandshakeTimeout limit of time}; the
 * connection's own timeouts run after it. A record that arrives byte by byte is subject to the connection's message
 * timeout, or without one to its idle timeout. Renegotiation ends the connection, and so do too many records that
 * bring no data, such as key updates. The expensive steps of a handshake run on an executor, not on the loop.
 *
 * <p>The buffers for encryption belong to the loop and are shared by its connections; beside the JDK's engine, a
 * connection holds only bytes that its handler has left unread.
 */
package io.github.epoll4j.reactor.tls;
