/**
 * {@code sys/epoll.h}: the kernel keeps the list of registered descriptors, and a wait reports only the ready ones.
 *
 * <p>An {@link io.github.epoll4j.epoll.EpollInstance} is the list. A descriptor is added with an event mask and 64 bits
 * of data, which come back with each of its events:
 *
 * {@snippet :
 * try (var epoll = EpollInstance.open();
 *      var events = EpollEventArray.allocate(256)) {
 *     epoll.add(pipe.reader(), EPOLLIN, 42);
 *     int ready = epoll.await(events, Duration.ofSeconds(5));   // 0 on timeout
 *     for (EpollEvent event : events) {
 *         // event.data() == 42, event.isReadable()
 *     }
 * }
 * }
 *
 * <h2>Level, edge, one-shot</h2>
 *
 * <p><b>Level-triggered</b> (the default): every wait reports a descriptor while it is ready. Request EPOLLOUT only
 * while output is pending, or every wait returns at once.
 *
 * <p><b>Edge-triggered</b> (EPOLLET): new activity is reported once, however many bytes are left unread. Read or write
 * until the call would block, then wait. Activity between two waits is one event; new bytes on a descriptor that was
 * not drained are a new event. Drain a listening socket by accepting until {@code accept} returns null.
 * {@link io.github.epoll4j.epoll.EpollInstance#modify} with the same mask re-arms the edge.
 *
 * <p>A short read is proof that a TCP socket is drained while its event has no EPOLLPRI: a read stops at the urgent
 * mark. Request EPOLLPRI and EPOLLRDHUP to rely on that. It is never proof on a Unix socket.
 *
 * <p><b>One-shot</b> (EPOLLONESHOT, with either): one event, then none, not even a hang-up, until
 * {@link io.github.epoll4j.epoll.EpollInstance#modify} re-arms the descriptor. Activity in between is reported then.
 * With it, several threads share one instance and no two of them serve one connection at a time.
 *
 * <h2>Pitfalls</h2>
 *
 * <ul>
 * <li>A registration belongs to a number <em>and</em> the open file behind it. If the file stays open through a
 *     duplicate, closing the number does not end the registration: its events continue and cannot be stopped. Delete,
 *     then close.
 * <li>EPOLLERR and EPOLLHUP are reported even if not requested. A socket that was never connected reports EPOLLHUP.
 * <li>The events of a batch are copies: an event may belong to a descriptor that was closed after the wait. Keep a
 *     generation in the data where numbers are reused.
 * <li>Most regular files, and directories, are always ready, and epoll refuses them (EPERM); select and poll do not.
 * <li>EPOLLEXCLUSIVE wakes the same instance each time: while that one waits again in time, it gets every connection.
 * </ul>
 *
 * <p>A wait blocks the thread in native code and pins a virtual thread to its carrier. Wait on a platform thread, and
 * hand the events over. {@link Thread#interrupt} does not end a wait;
 * {@link io.github.epoll4j.epoll.EpollInstance#wakeup} does.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/epoll.7.html">epoll(7)</a>
 */
package io.github.epoll4j.epoll;
