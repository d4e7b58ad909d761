package io.github.epoll4j.epoll;

import io.github.epoll4j.internal.FlagNames;
import io.github.epoll4j.internal.gen.epoll.epoll_h;

/**
 * The bits of the event mask of {@code epoll_event}, in their C spelling.
 *
 * <p>Meant for {@code import static}: {@code epoll.add(fd, EPOLLIN | EPOLLET, data)}. A mask is an {@code int};
 * {@link #EPOLLET} is its sign bit.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/epoll_ctl.2.html">epoll_ctl(2)</a>
 */
public final class EpollFlags {
    /** Readable: bytes, a connection to accept, or the end of the stream. */
    public static final int EPOLLIN = epoll_h.EPOLLIN;
    /** Exceptional condition: urgent (out-of-band) data on TCP, or a change of state of some other files. */
    public static final int EPOLLPRI = epoll_h.EPOLLPRI;
    /** Writable: buffer space, not an empty buffer. For a connecting socket: the attempt is over. */
    public static final int EPOLLOUT = epoll_h.EPOLLOUT;
    /** An error is pending, or the reading end of a pipe is closed. Reported even if not requested. */
    public static final int EPOLLERR = epoll_h.EPOLLERR;
    /** Hang-up: both directions are closed, or the socket was never connected. Reported even if not requested. */
    public static final int EPOLLHUP = epoll_h.EPOLLHUP;
    /** Readable normal data; accompanies {@link #EPOLLIN} on sockets and pipes. */
    public static final int EPOLLRDNORM = epoll_h.EPOLLRDNORM;
    /** Readable priority band data; not used by current kernels. */
    public static final int EPOLLRDBAND = epoll_h.EPOLLRDBAND;
    /** Writable normal data; accompanies {@link #EPOLLOUT}. */
    public static final int EPOLLWRNORM = epoll_h.EPOLLWRNORM;
    /** Writable priority band data. */
    public static final int EPOLLWRBAND = epoll_h.EPOLLWRBAND;
    /** Accepted and ignored by the kernel. */
    public static final int EPOLLMSG = epoll_h.EPOLLMSG;
    /** The peer closed, or shut down its writing side. Earlier bytes may still be unread. */
    public static final int EPOLLRDHUP = epoll_h.EPOLLRDHUP;
    /**
     * Wakes one or some of the epoll instances that watch the same file, not all; with ADD only. Not a way to balance
     * load: one acceptor gets all connections while it keeps up.
     */
    public static final int EPOLLEXCLUSIVE = epoll_h.EPOLLEXCLUSIVE;
    /** Prevents the machine from suspending while the event is handled; ignored without CAP_BLOCK_SUSPEND. */
    public static final int EPOLLWAKEUP = epoll_h.EPOLLWAKEUP;
    /** One-shot: one event, then none (not even errors) until {@link EpollInstance#modify} re-arms it. */
    public static final int EPOLLONESHOT = epoll_h.EPOLLONESHOT;
    /** Edge-triggered: new activity is reported, lasting readiness is not. */
    public static final int EPOLLET = epoll_h.EPOLLET;

    private static final String[] NAMES = {
        "EPOLLIN", "EPOLLPRI", "EPOLLOUT", "EPOLLERR", "EPOLLHUP", null, "EPOLLRDNORM", "EPOLLRDBAND", "EPOLLWRNORM",
        "EPOLLWRBAND", "EPOLLMSG", null, null, "EPOLLRDHUP", null, null, null, null, null, null, null, null, null,
        null, null, null, null, null, "EPOLLEXCLUSIVE", "EPOLLWAKEUP", "EPOLLONESHOT", "EPOLLET",
    };

    private EpollFlags() {
    }

    /**
     * Returns a mask as text, such as {@code EPOLLIN|EPOLLET}.
     *
     * @param events a mask
     * @return its names, lowest bit first, joined by {@code |}; a bit without a name in hexadecimal; {@code 0} for none
     */
    public static String toString(int events) {
        return FlagNames.spell(events, NAMES);
    }
}
