package io.github.epoll4j.poll;

import io.github.epoll4j.internal.FlagNames;

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
    public static final int POLLIN = 0x001;
    /** Exceptional condition: urgent (out-of-band) data on TCP, a change of state of some other files. */
    public static final int POLLPRI = 0x002;
    /** A write would not block; on a connecting socket, the attempt is over. */
    public static final int POLLOUT = 0x004;
    /** An error is pending, or the read end of a pipe is closed. Output only. */
    public static final int POLLERR = 0x008;
    /** Hang-up: both directions are closed. Output only. */
    public static final int POLLHUP = 0x010;
    /** The number is not an open descriptor. Output only. */
    public static final int POLLNVAL = 0x020;
    /** Normal data to read; the same as {@link #POLLIN} on most files. */
    public static final int POLLRDNORM = 0x040;
    /** Priority band data to read; generally unused on Linux. */
    public static final int POLLRDBAND = 0x080;
    /** Normal data can be written; the same as {@link #POLLOUT}. */
    public static final int POLLWRNORM = 0x100;
    /** Priority band data can be written. */
    public static final int POLLWRBAND = 0x200;
    /** Accepted and ignored by the kernel. */
    public static final int POLLMSG = 0x400;
    /** The peer closed, or shut down its writing side. Sockets only. */
    public static final int POLLRDHUP = 0x2000;

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
