/**
 * Event loops on epoll, poll or select.
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
