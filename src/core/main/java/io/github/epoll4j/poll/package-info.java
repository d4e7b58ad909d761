/**
 * {@code poll.h}: an array of descriptors goes in with each wait, and each entry comes back with what is ready.
 *
 * <p>A {@link io.github.epoll4j.poll.PollFdArray} keeps the entries, and keeps them from wait to wait:
 *
 * {@snippet :
 * try (var fds = PollFdArray.allocate(16)) {
 *     fds.add(pipe.readFd(), POLLIN);
 *     int ready = Poll.poll(fds, Duration.ofSeconds(5));   // 0 on timeout
 *     for (PollFd entry : fds.ready()) {
 *         // entry.fd() is readable if entry.isReadable()
 *     }
 * }
 * }
 *
 * <h2>What surprises</h2>
 *
 * <ul>
 * <li>POLLERR, POLLHUP and POLLNVAL are reported whether asked for or not.
 * <li>A number that is not open is no error of the call: its entry says POLLNVAL, and counts as ready.
 * <li>A negative number is skipped. The complement, {@code ~fd}, switches an entry off and on without moving others.
 * <li>Regular files and directories are always readable and writable.
 * <li>Each wait costs as much as there are entries, whatever is ready.
 * </ul>
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/poll.2.html">poll(2)</a>
 */
package io.github.epoll4j.poll;
