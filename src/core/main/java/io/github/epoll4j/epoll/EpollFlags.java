package io.github.epoll4j.epoll;

import io.github.epoll4j.internal.FlagNames;
import io.github.epoll4j.internal.gen.epoll.epoll_h;

/**
 * The bits of an {@code epoll_event}'s mask, in their C spelling.
 *
 * <p>Made for {@code import static}: {@code epoll.add(fd, EPOLLIN | EPOLLET, data)}. A mask is an {@code int}, of which
 * {@link #EPOLLET} is the sign bit.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/epoll_ctl.2.html">epoll_ctl(2)</a>
 */
public final class EpollFlags {
    /** There is something to read: bytes, a connection to accept, or the end of the stream. */
    public static final int EPOLLIN = epoll_h.EPOLLIN;
    /** Exceptional condition: urgent (out-of-band) data on TCP, a change of state of some other files. */
    public static final int EPOLLPRI = epoll_h.EPOLLPRI;
    /** There is room to write; of a connecting socket, the attempt is over. Not "the buffer is empty". */
    public static final int EPOLLOUT = epoll_h.EPOLLOUT;
    /** An error is pending, or the reading end of a pipe is gone. Reported whether asked for or not. */
    public static final int EPOLLERR = epoll_h.EPOLLERR;
    /** Hung up: both directions are over, or the socket was never connected. Reported whether asked for or not. */
    public static final int EPOLLHUP = epoll_h.EPOLLHUP;
    /** Normal data to read; accompanies {@link #EPOLLIN} on sockets and pipes. */
    public static final int EPOLLRDNORM = epoll_h.EPOLLRDNORM;
    /** Priority band data to read; not used by the files of today. */
    public static final int EPOLLRDBAND = epoll_h.EPOLLRDBAND;
    /** Room for normal data; accompanies {@link #EPOLLOUT}. */
    public static final int EPOLLWRNORM = epoll_h.EPOLLWRNORM;
    /** Room for priority band data. */
    public static final int EPOLLWRBAND = epoll_h.EPOLLWRBAND;
    /** Ignored by the kernel, and accepted. */
    public static final int EPOLLMSG = epoll_h.EPOLLMSG;
    /** The peer closed, or shut down its writing side. Bytes that came before may still be unread. */
    public static final int EPOLLRDHUP = epoll_h.EPOLLRDHUP;
    /** Wake one, or some, of the epoll instances that watch the same file, not all; with ADD only. */
    public static final int EPOLLEXCLUSIVE = epoll_h.EPOLLEXCLUSIVE;
    /** Keep the machine from suspending while the event is handled; dropped without CAP_BLOCK_SUSPEND. */
    public static final int EPOLLWAKEUP = epoll_h.EPOLLWAKEUP;
    /** Report one event, then nothing (not even errors) until {@link EpollInstance#modify} arms it again. */
    public static final int EPOLLONESHOT = epoll_h.EPOLLONESHOT;
    /** Report new activity only, not that old readiness lasts. */
    public static final int EPOLLET = epoll_h.EPOLLET;

    private static final String[] NAMES = {
        "EPOLLIN", "EPOLLPRI", "EPOLLOUT", "EPOLLERR", "EPOLLHUP", null, "EPOLLRDNORM", "EPOLLRDBAND", "EPOLLWRNORM",
        "EPOLLWRBAND", "EPOLLMSG", null, null, "EPOLLRDHUP", null, null, null, null, null, null, null, null, null,
        null, null, null, null, null, "EPOLLEXCLUSIVE", "EPOLLWAKEUP", "EPOLLONESHOT", "EPOLLET",
    };

    private EpollFlags() {
    }

    /**
     * Spells a mask, such as {@code EPOLLIN|EPOLLET}.
     *
     * @param events a mask
     * @return its names, lowest bit first, joined by {@code |}; a bit without a name in hexadecimal; {@code 0} for none
     */
    public static String toString(int events) {
        return FlagNames.spell(events, NAMES);
    }
}
