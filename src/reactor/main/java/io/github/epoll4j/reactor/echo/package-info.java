/**
 * An echo server: the smallest whole one.
 *
 * {@snippet :
 * try (var reactor = Reactor.open()) {
 *     reactor.listen(new InetSocketAddress("127.0.0.1", 7000), connection -> new EchoHandler());
 *     reactor.awaitClose();
 * }
 * }
 *
 * <p>What a client does not read is queued; while much is, its own bytes are not read. A client that closes its half
 * gets every byte back before the other half is closed.
 */
package io.github.epoll4j.reactor.echo;
