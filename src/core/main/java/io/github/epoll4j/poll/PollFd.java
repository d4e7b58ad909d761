package io.github.epoll4j.poll;

import static io.github.epoll4j.poll.PollFlags.POLLERR;
import static io.github.epoll4j.poll.PollFlags.POLLHUP;
import static io.github.epoll4j.poll.PollFlags.POLLIN;
import static io.github.epoll4j.poll.PollFlags.POLLNVAL;
import static io.github.epoll4j.poll.PollFlags.POLLOUT;
import static io.github.epoll4j.poll.PollFlags.POLLPRI;
import static io.github.epoll4j.poll.PollFlags.POLLRDHUP;

/**
 * One entry that {@link Poll} reported ready: a copy, which stays as it is when the array is used again.
 *
 * <p>Each question reads some bits of {@code revents}:
 *
 * <table class="striped">
 * <caption>Questions and the bits they read</caption>
 * <tr><th scope="col">question</th><th scope="col">true if any is set</th></tr>
 * <tr><th scope="row">{@link #isReadable()}</th><td>POLLIN</td></tr>
 * <tr><th scope="row">{@link #isWritable()}</th><td>POLLOUT</td></tr>
 * <tr><th scope="row">{@link #isUrgent()}</th><td>POLLPRI</td></tr>
 * <tr><th scope="row">{@link #isPeerClosed()}</th><td>POLLRDHUP, POLLHUP</td></tr>
 * <tr><th scope="row">{@link #isHangup()}</th><td>POLLHUP</td></tr>
 * <tr><th scope="row">{@link #isError()}</th><td>POLLERR</td></tr>
 * <tr><th scope="row">{@link #isInvalid()}</th><td>POLLNVAL</td></tr>
 * </table>
 *
 * @param index   where the entry stands in the array
 * @param fd      the descriptor's number
 * @param events  the mask that was asked for
 * @param revents the mask that was reported
 */
public record PollFd(int index, int fd, int events, int revents) {
    /**
     * Tells whether there is something to read, a connection to accept, or the end of the stream to see. The end of a
     * pipe shows as {@link #isHangup()} alone.
     *
     * @return true if POLLIN is set
     */
    public boolean isReadable() {
        return (revents & POLLIN) != 0;
    }

    /**
     * Tells whether there is room to write, or a connection attempt is over.
     *
     * @return true if POLLOUT is set
     */
    public boolean isWritable() {
        return (revents & POLLOUT) != 0;
    }

    /**
     * Tells whether there is urgent data, or another exceptional condition.
     *
     * @return true if POLLPRI is set
     */
    public boolean isUrgent() {
        return (revents & POLLPRI) != 0;
    }

    /**
     * Tells whether the peer sends no more. A half-closed connection shows here only if POLLRDHUP was asked for.
     *
     * @return true if POLLRDHUP or POLLHUP is set
     */
    public boolean isPeerClosed() {
        return (revents & (POLLRDHUP | POLLHUP)) != 0;
    }

    /**
     * Tells whether both directions are over.
     *
     * @return true if POLLHUP is set
     */
    public boolean isHangup() {
        return (revents & POLLHUP) != 0;
    }

    /**
     * Tells whether an error is pending: the next read or write, or SO_ERROR, names it.
     *
     * @return true if POLLERR is set
     */
    public boolean isError() {
        return (revents & POLLERR) != 0;
    }

    /**
     * Tells whether the number is not an open descriptor.
     *
     * @return true if POLLNVAL is set
     */
    public boolean isInvalid() {
        return (revents & POLLNVAL) != 0;
    }

    /**
     * Spells the entry for a log.
     *
     * @return such as {@code PollFd[fd=7, POLLIN of POLLIN|POLLOUT]}
     */
    @Override
    public String toString() {
        return "PollFd[fd=" + fd + ", " + PollFlags.toString(revents) + " of " + PollFlags.toString(events) + "]";
    }
}
