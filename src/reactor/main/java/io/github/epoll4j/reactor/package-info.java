/**
 * Servers and clients: connections, listeners and the loops that carry them.
 *
 * {@snippet :
 * try (var reactor = Reactor.open()) {                // one loop for each processor, on epoll
 *     reactor.listen(new InetSocketAddress("127.0.0.1", 7000), connection -> Connection::write);    // echo
 *     reactor.awaitClose();
 * }
 * }
 *
 * <p>A {@link io.github.epoll4j.reactor.Reactor} has several loops, each on a thread of its own. A connection is placed
 * on one of them and stays there, so that its {@link io.github.epoll4j.reactor.ConnectionHandler} needs no lock. A
 * handler that takes long holds up its whole loop: pass it to a {@link io.github.epoll4j.reactor.worker.WorkerPool}.
 *
 * <h2>Packages</h2>
 *
 * <table>
 * <caption>Packages</caption>
 * <tr><td>{@code io.github.epoll4j.reactor}</td><td>connections, listeners, the reactor</td></tr>
 * <tr><td>{@link io.github.epoll4j.reactor.loop}</td><td>one thread that waits for descriptors, and runs handlers,
 *     tasks and timers</td></tr>
 * <tr><td>{@link io.github.epoll4j.reactor.datagram}</td><td>UDP on a loop</td></tr>
 * <tr><td>{@link io.github.epoll4j.reactor.worker}</td><td>blocking work on threads of a pool</td></tr>
 * <tr><td>{@link io.github.epoll4j.reactor.codec}</td><td>messages out of a stream of bytes</td></tr>
 * <tr><td>{@link io.github.epoll4j.reactor.tls}</td><td>TLS on connections</td></tr>
 * </table>
 *
 * <p>They use each other by public methods only. So what they do, other code can do: run connections on a loop of its
 * own, put a layer such as TLS on a connection ({@link io.github.epoll4j.reactor.ForwardingConnection}), or test a
 * handler on a fake connection (the artifact {@code epoll4j-reactor-testkit}).
 *
 * <h2>The path of a byte</h2>
 *
 * <p>In, on the loop's thread: {@code EpollPoller} waits; {@code EventLoop.iterate} looks up the {@code Registration}
 * of each event and calls its handler, which is the {@code StreamConnection}; that reads the socket into the loop's
 * {@code ReadBuffer} and calls {@link io.github.epoll4j.reactor.ConnectionHandler#onData}.
 *
 * <p>Out: {@link io.github.epoll4j.reactor.Connection#write} collects small writes in a chunk of the {@code
 * LoopContext}, and {@code StreamConnection} writes it to the socket when the handler's call returns. Bytes that the
 * socket does not take wait in the connection's {@code OutboundQueue}, for EPOLLOUT. {@code WriteCompletions} are
 * called when the socket has taken them.
 *
 * <h2>The path of an accepted connection</h2>
 *
 * <p>{@code EventLoop} calls the {@code Acceptor}, which accepts from a {@code ListeningSocket} within the {@code
 * Listener}'s limits. {@code Listener.place} chooses a {@code LoopContext} among the {@code LoopGroup}. On its thread
 * {@code LoopContext.open} creates the {@code StreamConnection} and calls the handler factory. A shortage of
 * descriptors is handled in {@code Acceptor}: it pauses, or closes clients on a descriptor that it holds in reserve.
 *
 * <h2>The path of a close</h2>
 *
 * <p>{@code StreamConnection} alone: its states are OPEN, DRAINING, LINGERING and CLOSED, and its class comment has
 * their table. {@code IdleTimeouts} ends a connection whose time is over. The end is removed from the {@code
 * LoopContext} and counted by the {@code Listener}; {@link io.github.epoll4j.reactor.ConnectionHandler#onClosed} is
 * called in a task.
 *
 * <h2>On the stack</h2>
 *
 * <p>The classes of the library that are on the stack when the user's code is called, from the outermost:
 *
 * <table>
 * <caption>Stacks</caption>
 * <tr><td>handler factory</td><td>{@code EventLoop}, {@code Acceptor}, {@code Listener}, {@code LoopContext}</td></tr>
 * <tr><td>onData</td><td>{@code EventLoop}, {@code StreamConnection}</td></tr>
 * <tr><td>WriteCompletion</td><td>{@code EventLoop}, {@code TaskQueue}, {@code WriteCompletions}</td></tr>
 * <tr><td>onTimeout</td>
 *     <td>{@code EventLoop}, {@code TimerQueue}, {@code IdleTimeouts}, {@code StreamConnection}</td></tr>
 * <tr><td>onClosed</td><td>{@code EventLoop}, {@code TaskQueue}, {@code StreamConnection}</td></tr>
 * </table>
 *
 * <h2>Slow peers</h2>
 *
 * <p>A peer that does not read costs the queue between the water marks, and then it is not read from; see {@link
 * io.github.epoll4j.reactor.ConnectionConfig}. A peer that does not write is ended by an idle timeout. One that sends a
 * request byte by byte would defeat that: use {@link io.github.epoll4j.reactor.ConnectionConfig#messageTimeout()} with
 * {@link io.github.epoll4j.reactor.Connection#inMessage}, and answer in
 * {@link io.github.epoll4j.reactor.ConnectionHandler#onTimeout}:
 *
 * {@snippet :
 * var config = ConnectionConfig.DEFAULT
 *         .withMessageTimeout(Duration.ofSeconds(10))        // from the first byte of a request to its last
 *         .withIdleTimeout(Duration.ofMinutes(1));           // between requests
 *
 * public void onData(Connection connection, ByteBuffer data) throws IOException {
 *     lines.decode(data, line -> {
 *         connection.inMessage(false);                       // the request is complete
 *         answer(connection, line);
 *     });
 *     connection.inMessage(lines.isInside());                // and perhaps the next one has begun
 * }
 *
 * public boolean onTimeout(Connection connection, IdleTimeoutException timeout) {
 *     if (timeout.kind() == Kind.MESSAGE) {
 *         connection.write(TOO_SLOW.duplicate());
 *     }
 *     return false;                                          // flushed, and ended
 * }
 * }
 *
 * <h2>Producers on other threads</h2>
 *
 * <p>{@link io.github.epoll4j.reactor.Connection#pendingBytes()} includes at once what another thread has written. So a
 * producer can wait before each write, and the handler notifies it:
 *
 * {@snippet :
 * synchronized (lock) {                                  // in each producer
 *     while (!connection.isWritable() && connection.isOpen()) {
 *         lock.wait();
 *     }
 * }
 * connection.write(data);
 *
 * public void onWritable(Connection connection) {        // in the handler, and the same in onClosed
 *     synchronized (lock) {
 *         lock.notifyAll();
 *     }
 * }
 * }
 *
 * <h2>The end of a server</h2>
 *
 * <p>A shutdown hook ends a server in good order at SIGTERM and SIGINT:
 *
 * {@snippet :
 * Runtime.getRuntime().addShutdownHook(new Thread(() -> reactor.close(Duration.ofSeconds(10))));
 * }
 *
 * <p>The listeners stop, and {@link io.github.epoll4j.reactor.ConnectionHandler#onDrain} of each connection is called.
 * By default that closes it. A handler inside a message overrides it, and closes the connection when it has answered;
 * after ten seconds the connections that remain are ended. {@link io.github.epoll4j.reactor.Listener#drain()} drains
 * the connections of one listener, without a limit of time.
 *
 * <h2>Observation</h2>
 *
 * <p>{@link io.github.epoll4j.reactor.Reactor#metrics()} and {@code EventLoop.metrics()} have counters. Java Flight
 * Recorder has {@code io.github.epoll4j.LoopIteration} for iterations above its threshold (10 ms unless the recording
 * says otherwise), {@code io.github.epoll4j.AcceptPause}, {@code io.github.epoll4j.ConnectionOpen} and {@code
 * io.github.epoll4j.ConnectionClose}; they are off until a recording enables them. A program that is a module itself
 * has the module {@code jdk.jfr} if it is started with {@code -XX:StartFlightRecording} or {@code --add-modules
 * jdk.jfr}. {@link io.github.epoll4j.reactor.ReactorConfig#blockedLoopLimit()} logs the stack of a loop that is
 * blocked.
 */
package io.github.epoll4j.reactor;
