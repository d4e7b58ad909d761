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
 */
package io.github.epoll4j.reactor;
