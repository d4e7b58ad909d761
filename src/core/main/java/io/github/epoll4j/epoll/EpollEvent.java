package io.github.epoll4j.epoll;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLPRI;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLRDHUP;

/**
 * One event that {@link EpollInstance#await} reported: a copy, which does not change when the array is reused.
 *
 * <p>Each query tests some bits of the mask:
 *
 * <table class="striped">
 * <caption>Queries and the bits that they test</caption>
 * <tr><th scope="col">query</th><th scope="col">true if any is set</th></tr>
 * <tr><th scope="row">{@link #isReadable()}</th><td>EPOLLIN</td></tr>
 * <tr><th scope="row">{@link #isWritable()}</th><td>EPOLLOUT</td></tr>
 * <tr><th scope="row">{@link #isUrgent()}</th><td>EPOLLPRI</td></tr>
 * <tr><th scope="row">{@link #isPeerClosed()}</th><td>EPOLLRDHUP, EPOLLHUP</td></tr>
 * <tr><th scope="row">{@link #isHangup()}</th><td>EPOLLHUP</td></tr>
 * <tr><th scope="row">{@link #isError()}</th><td>EPOLLERR</td></tr>
 * </table>
 *
 * <p>Readiness is a hint: a read may still return 0. Read before acting on a hang-up, since bytes and the end of the
 * stream often come in one event.
 *
 * @param events the mask: the requested bits that are ready, and EPOLLERR and EPOLLHUP
 * @param data   the 64 bits that the descriptor was registered with
 */
public record EpollEvent(int events, long data) {
    /**
     * Returns true if a read returns bytes or the end of the stream, or an accept returns a connection.
     *
     * @return true if EPOLLIN is set
     */
    public boolean isReadable() {
        return (events & EPOLLIN) != 0;
    }

    /**
     * Returns true if a write has buffer space, or a connection attempt is over.
     *
     * @return true if EPOLLOUT is set
     */
    public boolean isWritable() {
        return (events & EPOLLOUT) != 0;
    }

    /**
     * Returns true for urgent data, or another exceptional condition.
     *
     * @return true if EPOLLPRI is set
     */
    public boolean isUrgent() {
        return (events & EPOLLPRI) != 0;
    }

    /**
     * Returns true if the peer sends no more. Reported for a half-closed connection only if EPOLLRDHUP was requested.
     *
     * @return true if EPOLLRDHUP or EPOLLHUP is set
     */
    public boolean isPeerClosed() {
        return (events & (EPOLLRDHUP | EPOLLHUP)) != 0;
    }

    /**
     * Returns true if both directions are closed.
     *
     * @return true if EPOLLHUP is set
     */
    public boolean isHangup() {
        return (events & EPOLLHUP) != 0;
    }

    /**
     * Returns true if an error is pending: the next read or write, or SO_ERROR, names it.
     *
     * @return true if EPOLLERR is set
     */
    public boolean isError() {
        return (events & EPOLLERR) != 0;
    }

    /**
     * Returns the mask and the data as text.
     *
     * @return such as {@code EpollEvent[EPOLLIN|EPOLLRDHUP, data=7]}
     */
    @Override
    public String toString() {
        return "EpollEvent[" + EpollFlags.toString(events) + ", data=" + data + "]";
    }
}
