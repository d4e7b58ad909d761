/**
 * Event loops on epoll, poll or select.
 *
 * <p>An {@link io.github.epoll4j.reactor.loop.EventLoop} is one thread that waits for descriptors and runs their
 * handlers, so that state of one loop needs no lock:
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
 * <p>An iteration is a wait, the handlers of the descriptors that are ready, the timers that are due, and tasks of
 * other threads, in that order. A registration has a slot and a generation, which the kernel returns with each event:
 * an event whose generation is over, because an earlier handler of the same iteration has cancelled it, is dropped and
 * counted. Tasks have a budget per iteration, so that all have their share.
 *
 * <h2>Four ways to run it</h2>
 *
 * <ul>
 * <li>A server that only answers: {@link io.github.epoll4j.reactor.loop.EventLoop#run()} sleeps until an event comes.
 * <li>A world that moves on without input: {@link io.github.epoll4j.reactor.loop.EventLoop#scheduleAtFixedRate} ticks
 *     by deadlines, which constant input does not starve.
 * <li>A program that computes and polls now and then: {@link io.github.epoll4j.reactor.loop.EventLoop#runOnce(
 *     java.time.Duration)} with zero.
 * <li>A program that is busy elsewhere: {@link io.github.epoll4j.reactor.loop.EventLoop#start}, and
 *     {@link io.github.epoll4j.reactor.loop.EventLoop#execute} to pass work to the loop.
 * </ul>
 */
package io.github.epoll4j.reactor.loop;
