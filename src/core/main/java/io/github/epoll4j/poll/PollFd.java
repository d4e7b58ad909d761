package io.github.epoll4j.poll;

import static io.github.epoll4j.poll.PollFlags.POLLERR;
import static io.github.epoll4j.poll.PollFlags.POLLHUP;
import static io.github.epoll4j.poll.PollFlags.POLLIN;
import static io.github.epoll4j.poll.PollFlags.POLLNVAL;
import static io.github.epoll4j.poll.PollFlags.POLLOUT;
import static io.github.epoll4j.poll.PollFlags.POLLPRI;
import static io.github.epoll4j.poll.PollFlags.POLLRDHUP;

/**
 * A copy of one entry that {@link Poll} reported ready. It does not change when the array is used again.
 *
 * <p>Each method tests some bits of {@code revents}:
 *
 * <table class="striped">
 * <caption>Methods and the bits they test</caption>
 * <tr><th scope="col">method</th><th scope="col">true if any is set</th></tr>
 * <tr><th scope="row">{@link #isReadable()}</th><td>POLLIN</td></tr>
 * <tr><th scope="row">{@link #isWritable()}</th><td>POLLOUT</td></tr>
 * <tr><th scope="row">{@link #isUrgent()}</th><td>POLLPRI</td></tr>
 * <tr><th scope="row">{@link #isPeerClosed()}</th><td>POLLRDHUP, POLLHUP</td></tr>
 * <tr><th scope="row">{@link #isHangup()}</th><td>POLLHUP</td></tr>
 * <tr><th scope="row">{@link #isError()}</th><td>POLLERR</td></tr>
 * <tr><th scope="row">{@link #isInvalid()}</th><td>POLLNVAL</td></tr>
 * </table>
 *
 * @param index   the index of the entry in the array
 * @param fd      the descriptor's number
 * @param events  the requested mask
 * @param revents the reported mask
 * @param data    the user's 64 bits
 */
public record PollFd(int index, int fd, int events, int revents, long data) {
    /**
     * Returns true if a read or an accept would not block: there is data, a connection or the end of the stream. The
     * end of a pipe is reported by {@link #isHangup()} alone.
     *
     * @return true if POLLIN is set
     */
    public boolean isReadable() {
        return (revents & POLLIN) != 0;
    }

    /**
     * Returns true if a write would not block, or a connection attempt is over.
     *
     * @return true if POLLOUT is set
     */
    public boolean isWritable() {
        return (revents & POLLOUT) != 0;
    }

    /**
     * Returns true if there is urgent data, or another exceptional condition.
     *
     * @return true if POLLPRI is set
     */
    public boolean isUrgent() {
        return (revents & POLLPRI) != 0;
    }

    /**
     * Returns true if the peer sends no more data. A half-close is reported only if POLLRDHUP was requested.
     *
     * @return true if POLLRDHUP or POLLHUP is set
     */
    public boolean isPeerClosed() {
        return (revents & (POLLRDHUP | POLLHUP)) != 0;
    }

    /**
     * Returns true if both directions are closed.
     *
     * @return true if POLLHUP is set
     */
    public boolean isHangup() {
        return (revents & POLLHUP) != 0;
    }

    /**
     * Returns true if an error is pending. The next read or write, or SO_ERROR, returns its errno.
     *
     * @return true if POLLERR is set
     */
    public boolean isError() {
        return (revents & POLLERR) != 0;
    }

    /**
     * Returns true if the number is not an open descriptor.
     *
     * @return true if POLLNVAL is set
     */
    public boolean isInvalid() {
        return (revents & POLLNVAL) != 0;
    }

    /**
     * Returns the descriptor and both masks as text.
     *
     * @return such as {@code PollFd[fd=7, POLLIN of POLLIN|POLLOUT]}
     */
    @Override
    public String toString() {
        return "PollFd[fd=" + fd + ", " + PollFlags.toString(revents) + " of " + PollFlags.toString(events) + "]";
    }
}
