/**
 * {@code poll.h}: waits on an array of descriptors and writes the ready events into each entry.
 *
 * <p>A {@link io.github.epoll4j.poll.PollFdArray} holds the entries and is reused from wait to wait:
 *
 * {@snippet :
 * try (var fds = PollFdArray.allocate(16)) {
 *     fds.add(pipe.reader(), POLLIN, PIPE);                // 64 bits of the user's
 *     int ready = Poll.poll(fds, Duration.ofSeconds(5));   // 0 on timeout
 *     for (PollFd entry : fds.ready()) {
 *         // entry.data() == PIPE; readable if entry.isReadable(); fds.remove(entry.index()) is safe
 *     }
 * }
 * }
 *
 * <h2>Pitfalls</h2>
 *
 * <ul>
 * <li>POLLERR, POLLHUP and POLLNVAL are reported even if not requested.
 * <li>A number that is not open does not fail the call. Its entry reports POLLNVAL and counts as ready.
 * <li>A negative number is skipped. The complement, {@code ~fd}, disables an entry without moving others.
 * <li>Most regular files, and directories, are always readable and writable.
 * <li>The cost of a wait is proportional to the number of entries, however few are ready.
 * </ul>
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/poll.2.html">poll(2)</a>
 */
package io.github.epoll4j.poll;
