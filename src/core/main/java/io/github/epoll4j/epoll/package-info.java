/**
 * {@code sys/epoll.h}: the kernel keeps the list of descriptors, and a wait reports only those that are ready.
 *
 * <p>An {@link io.github.epoll4j.epoll.EpollInstance} is the list. A descriptor is added with a mask of what to watch
 * for and a 64-bit datum, which comes back with each event and says whose it is:
 *
 * {@snippet :
 * try (var epoll = EpollInstance.open();
 *      var events = EpollEventArray.allocate(256)) {
 *     epoll.add(pipe.readFd(), EPOLLIN, 42);
 *     int ready = epoll.await(events, Duration.ofSeconds(5));   // 0 on timeout
 *     for (EpollEvent event : events) {
 *         // event.data() == 42, event.isReadable()
 *     }
 * }
 * }
 *
 * <h2>Level, edge, one-shot</h2>
 *
 * <p><b>Level</b> (the default) reports a descriptor by every wait while it is ready. Ask for EPOLLOUT only while there
 * is something to write, or every wait returns at once.
 *
 * <p><b>Edge</b> (EPOLLET) reports new activity: once after bytes arrive, however many are left unread. Read or write
 * until the call would block, then wait. Activity between two waits is one event; new bytes on an undrained descriptor
 * are a new event. A listening socket is drained in the same way, by accepting until there is nobody.
 *
 * <p><b>One-shot</b> (EPOLLONESHOT, with either) reports once and then nothing, not even a hang-up, until
 * {@link io.github.epoll4j.epoll.EpollInstance#modify} arms the descriptor again; what happened meanwhile is reported
 * then. It is how several threads share one instance without two of them serving one connection.
 *
 * <h2>What surprises</h2>
 *
 * <ul>
 * <li>A registration belongs to a number <em>and</em> the open file behind it. If the file stays open through a
 *     duplicate, closing the number does not end the registration: events go on under the old datum, and cannot be
 *     stopped. Delete, then close.
 * <li>EPOLLERR and EPOLLHUP are reported whether asked for or not. A socket that was never connected is hung up.
 * <li>Events of one batch are copies: one that is handled later may belong to a descriptor that was closed meanwhile.
 *     Keep a generation in the datum where numbers are reused.
 * <li>Regular files and directories are always ready, and epoll refuses them (EPERM); select and poll do not.
 * </ul>
 *
 * <p>A wait blocks the thread in native code: on a virtual thread it also holds the carrier. Wait on a platform thread,
 * and hand the events over.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/epoll.7.html">epoll(7)</a>
 */
package io.github.epoll4j.epoll;
