package io.github.epoll4j.poll;

import io.github.epoll4j.internal.FlagNames;
import io.github.epoll4j.internal.gen.poll.poll_h;

/**
 * The bits of {@code events} and {@code revents} in a {@code struct pollfd}, in their C spelling.
 *
 * <p>For use with {@code import static}: {@code fds.add(fd, POLLIN | POLLRDHUP)}. The lower bits equal those of epoll's
 * flags.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/poll.2.html">poll(2)</a>
 */
public final class PollFlags {
    /** A read or an accept would not block: there is data, a connection or the end of the stream. */
    public static final int POLLIN = poll_h.POLLIN;
    /** Exceptional condition: urgent (out-of-band) data on TCP, a change of state of some other files. */
    public static final int POLLPRI = poll_h.POLLPRI;
    /** A write would not block; on a connecting socket, the attempt is over. */
    public static final int POLLOUT = poll_h.POLLOUT;
    /** An error is pending, or the read end of a pipe is closed. Output only. */
    public static final int POLLERR = poll_h.POLLERR;
    /** Hang-up: both directions are closed. Output only. */
    public static final int POLLHUP = poll_h.POLLHUP;
    /** The number is not an open descriptor. Output only. */
    public static final int POLLNVAL = poll_h.POLLNVAL;
    /** Normal data to read; the same as {@link #POLLIN} on most files. */
    public static final int POLLRDNORM = poll_h.POLLRDNORM;
    /** Priority band data to read; generally unused on Linux. */
    public static final int POLLRDBAND = poll_h.POLLRDBAND;
    /** Normal data can be written; the same as {@link #POLLOUT}. */
    public static final int POLLWRNORM = poll_h.POLLWRNORM;
    /** Priority band data can be written. */
    public static final int POLLWRBAND = poll_h.POLLWRBAND;
    /** Accepted and ignored by the kernel. */
    public static final int POLLMSG = poll_h.POLLMSG;
    /** The peer closed, or shut down its writing side. Sockets only. */
    public static final int POLLRDHUP = poll_h.POLLRDHUP;

    private static final String[] NAMES = {
        "POLLIN", "POLLPRI", "POLLOUT", "POLLERR", "POLLHUP", "POLLNVAL", "POLLRDNORM", "POLLRDBAND", "POLLWRNORM",
        "POLLWRBAND", "POLLMSG", null, null, "POLLRDHUP",
    };

    private PollFlags() {
    }

    /**
     * Returns a mask as text, such as {@code POLLIN|POLLHUP}.
     *
     * @param events a mask
     * @return its names, lowest bit first, joined by {@code |}; a bit without a name in hexadecimal; {@code 0} for none
     */
    public static String toString(int events) {
        return FlagNames.spell(events, NAMES);
    }
}
