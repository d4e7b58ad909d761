package io.github.epoll4j.epoll;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLPRI;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLRDHUP;

/**
 * One event that {@link EpollInstance#await} reported: a copy, which stays as it is when the array is used again.
 *
 * <p>Each question reads some bits of the mask:
 *
 * <table class="striped">
 * <caption>Questions and the bits they read</caption>
 * <tr><th scope="col">question</th><th scope="col">true if any is set</th></tr>
 * <tr><th scope="row">{@link #isReadable()}</th><td>EPOLLIN</td></tr>
 * <tr><th scope="row">{@link #isWritable()}</th><td>EPOLLOUT</td></tr>
 * <tr><th scope="row">{@link #isUrgent()}</th><td>EPOLLPRI</td></tr>
 * <tr><th scope="row">{@link #isPeerClosed()}</th><td>EPOLLRDHUP, EPOLLHUP</td></tr>
 * <tr><th scope="row">{@link #isHangup()}</th><td>EPOLLHUP</td></tr>
 * <tr><th scope="row">{@link #isError()}</th><td>EPOLLERR</td></tr>
 * </table>
 *
 * <p>They are hints, as readiness always is: a read may still find nothing. Read before acting on a hang-up, since
 * bytes and the end of the stream often come in one event.
 *
 * @param events the mask: what is ready, of what was asked for, and EPOLLERR and EPOLLHUP
 * @param data   the 64-bit datum that the descriptor was registered with
 */
public record EpollEvent(int events, long data) {
    /**
     * Tells whether there is something to read, a connection to accept, or the end of the stream to see.
     *
     * @return true if EPOLLIN is set
     */
    public boolean isReadable() {
        return (events & EPOLLIN) != 0;
    }

    /**
     * Tells whether there is room to write, or a connection attempt is over.
     *
     * @return true if EPOLLOUT is set
     */
    public boolean isWritable() {
        return (events & EPOLLOUT) != 0;
    }

    /**
     * Tells whether there is urgent data, or another exceptional condition.
     *
     * @return true if EPOLLPRI is set
     */
    public boolean isUrgent() {
        return (events & EPOLLPRI) != 0;
    }

    /**
     * Tells whether the peer sends no more. A half-closed connection shows here only if EPOLLRDHUP was asked for.
     *
     * @return true if EPOLLRDHUP or EPOLLHUP is set
     */
    public boolean isPeerClosed() {
        return (events & (EPOLLRDHUP | EPOLLHUP)) != 0;
    }

    /**
     * Tells whether both directions are over.
     *
     * @return true if EPOLLHUP is set
     */
    public boolean isHangup() {
        return (events & EPOLLHUP) != 0;
    }

    /**
     * Tells whether an error is pending: the next read or write, or SO_ERROR, names it.
     *
     * @return true if EPOLLERR is set
     */
    public boolean isError() {
        return (events & EPOLLERR) != 0;
    }

    /**
     * Spells the event for a log.
     *
     * @return such as {@code EpollEvent[EPOLLIN|EPOLLRDHUP, data=7]}
     */
    @Override
    public String toString() {
        return "EpollEvent[" + EpollFlags.toString(events) + ", data=" + data + "]";
    }
}
