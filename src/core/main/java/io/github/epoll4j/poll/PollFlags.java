package io.github.epoll4j.poll;

import io.github.epoll4j.internal.FlagNames;

/**
 * The bits of {@code events} and {@code revents} in a {@code struct pollfd}, in their C spelling.
 *
 * <p>Made for {@code import static}: {@code fds.add(fd, POLLIN | POLLRDHUP)}. The lower bits have the values of epoll's
 * flags.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/poll.2.html">poll(2)</a>
 */
public final class PollFlags {
    /** There is something to read: bytes, a connection to accept, or the end of the stream. */
    public static final int POLLIN = 0x001;
    /** Exceptional condition: urgent (out-of-band) data on TCP, a change of state of some other files. */
    public static final int POLLPRI = 0x002;
    /** There is room to write; of a connecting socket, the attempt is over. */
    public static final int POLLOUT = 0x004;
    /** An error is pending, or the reading end of a pipe is gone. Output only. */
    public static final int POLLERR = 0x008;
    /** Hung up: both directions are over. Output only. */
    public static final int POLLHUP = 0x010;
    /** The number is not an open descriptor. Output only. */
    public static final int POLLNVAL = 0x020;
    /** Normal data to read; the same as {@link #POLLIN} on most files. */
    public static final int POLLRDNORM = 0x040;
    /** Priority band data to read; not used by the files of today. */
    public static final int POLLRDBAND = 0x080;
    /** Room for normal data; the same as {@link #POLLOUT}. */
    public static final int POLLWRNORM = 0x100;
    /** Room for priority band data. */
    public static final int POLLWRBAND = 0x200;
    /** Ignored by the kernel, and accepted. */
    public static final int POLLMSG = 0x400;
    /** The peer closed, or shut down its writing side; on sockets, not on pipes. */
    public static final int POLLRDHUP = 0x2000;

    private static final String[] NAMES = {
        "POLLIN", "POLLPRI", "POLLOUT", "POLLERR", "POLLHUP", "POLLNVAL", "POLLRDNORM", "POLLRDBAND", "POLLWRNORM",
        "POLLWRBAND", "POLLMSG", null, null, "POLLRDHUP",
    };

    private PollFlags() {
    }

    /**
     * Spells a mask, such as {@code POLLIN|POLLHUP}.
     *
     * @param events a mask
     * @return its names, lowest bit first, joined by {@code |}; a bit without a name in hexadecimal; {@code 0} for none
     */
    public static String toString(int events) {
        return FlagNames.spell(events, NAMES);
    }
}
