/**
 * Event loops on epoll, poll or select, and connections on them.
 *
 * <h2>A loop</h2>
 *
 * <p>An {@link io.github.epoll4j.reactor.EventLoop} is one thread that waits for descriptors and runs what belongs to
 * them, so that nothing of one loop needs a lock:
 *
 * {@snippet :
 * try (var loop = EventLoop.open()) {
 *     loop.register(pipe.readFd(), EPOLLIN, (registration, events) -> {
 *         if (pipe.read(buffer) < 0) {
 *             registration.cancel();
 *             loop.stop();
 *         }
 *     });
 *     loop.schedule(Duration.ofSeconds(5), loop::stop);
 *     loop.run();
 * }
 * }
 *
 * <p>A turn is a wait, the handlers of what is ready, the timers that are due, and tasks of other threads, in that
 * order. What was registered has a slot and a generation, which the kernel gives back with each event: an event whose
 * generation is over, because an earlier handler of the same turn has cancelled it, is dropped and counted. What one
 * connection, the tasks, or the clients that wait to be accepted may take of a turn has a limit, so that all have
 * theirs.
 *
 * <h2>A server</h2>
 *
 * <p>A {@link io.github.epoll4j.reactor.Reactor} is several loops, each on a thread of its own. A connection is placed
 * on one and stays there, so that its {@link io.github.epoll4j.reactor.ConnectionHandler} needs no lock either:
 *
 * {@snippet :
 * try (var reactor = Reactor.open()) {
 *     reactor.listen(new InetSocketAddress("127.0.0.1", 7000), connection -> new EchoHandler());
 *     reactor.awaitClose();
 * }
 * }
 *
 * <p>What is written goes to the socket at once. What that does not take waits in a queue, and only then does the loop
 * watch for room. Above the high-water mark nothing more is read from that peer, at the low-water mark reading goes on,
 * and beyond a limit the connection ends: a peer that does not read costs so much memory and no more, see
 * {@link io.github.epoll4j.reactor.ConnectionConfig}. Bytes that came before a hang-up are read before it is told; a
 * peer that has sent its end may read on. When no descriptor is left a {@link io.github.epoll4j.reactor.Listener} looks
 * away for a while instead of being told again and again of clients that it cannot accept.
 *
 * <p>A handler that takes long holds up its whole loop: give it to a {@link io.github.epoll4j.reactor.WorkerPool},
 * whose threads have one connection, or one descriptor, at a time, while the loop does not watch it.
 *
 * <h2>Four ways to run it</h2>
 *
 * <ul>
 * <li>A server that only answers: {@link io.github.epoll4j.reactor.EventLoop#run()} sleeps until something happens.
 * <li>A world that moves on without input: {@link io.github.epoll4j.reactor.EventLoop#scheduleAtFixedRate} ticks by
 *     deadlines, which constant input does not starve.
 * <li>A program that computes and looks in now and then: {@link io.github.epoll4j.reactor.EventLoop#turn} with zero.
 * <li>A program that is busy elsewhere: {@code run()} in a thread of its own, and
 *     {@link io.github.epoll4j.reactor.EventLoop#execute} to hand work over.
 * </ul>
 *
 * <h2>What it does at this moment</h2>
 *
 * <p>{@link io.github.epoll4j.reactor.EventLoop#metrics()} counts, {@link io.github.epoll4j.reactor.EventLoop#dump()}
 * compares with the kernel, and Java Flight Recorder has {@code io.github.epoll4j.LoopTurn} for turns above its
 * threshold (10 ms unless the recording says otherwise), {@code io.github.epoll4j.AcceptPause},
 * {@code io.github.epoll4j.ConnectionOpen} and {@code io.github.epoll4j.ConnectionClose}. They are off until a
 * recording enables them. A program that is a module itself has the module {@code jdk.jfr} if it is started with
 * {@code -XX:StartFlightRecording} or {@code --add-modules jdk.jfr}.
 */
package io.github.epoll4j.reactor;
