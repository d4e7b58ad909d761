package io.github.epoll4j.epoll;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.epoll.epoll_h;
import io.github.epoll4j.internal.gen.epoll.epoll_params;
import io.github.epoll4j.internal.gen.unistd.unistd_h;

/**
 * {@code struct epoll_params}: the settings for polling network devices during waits.
 *
 * @param busyPollUsecs the time that a wait polls the device queue of its sockets before it sleeps, in microseconds,
 *     from 0 (disabled) to 2<sup>31</sup> - 1
 * @param busyPollBudget the highest number of packets that one poll fetches, from 0 (the kernel's default, 8) to 65535;
 *     above 64 only with CAP_NET_ADMIN
 * @param preferBusyPoll true to defer the device's interrupts while waits poll often enough
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/ioctl_eventpoll.2.html">ioctl_eventpoll(2)</a>
 */
public record EpollParams(int busyPollUsecs, int busyPollBudget, boolean preferBusyPoll) {
    /**
     * Checks the ranges of the fields.
     *
     * @throws IllegalArgumentException if the time is negative, or the budget is not in 0..65535
     */
    public EpollParams {
        if (busyPollUsecs < 0) {
            throw new IllegalArgumentException("busyPollUsecs is negative: " + busyPollUsecs);
        }
        if (busyPollBudget < 0 || busyPollBudget > 0xFFFF) {
            throw new IllegalArgumentException("busyPollBudget is not in 0..65535: " + busyPollBudget);
        }
    }

    /** Queries the parameters of an instance. */
    static EpollParams of(int epfd) throws ErrnoException {
        try (CallState state = CallState.take()) {
            ioctl(state, epfd, "EPIOCGPARAMS", epoll_h.EPIOCGPARAMS);
            return new EpollParams(state.bytes().getInt(epoll_params.busy_poll_usecs$OFFSET),
                    Short.toUnsignedInt(state.bytes().getShort(epoll_params.busy_poll_budget$OFFSET)),
                    state.bytes().get(epoll_params.prefer_busy_poll$OFFSET) != 0);
        }
    }

    /** Sets the parameters of an instance. */
    void applyTo(int epfd) throws ErrnoException {
        try (CallState state = CallState.take()) {
            state.bytes().putLong(0, 0) // the padding too
                    .putInt(epoll_params.busy_poll_usecs$OFFSET, busyPollUsecs)
                    .putShort(epoll_params.busy_poll_budget$OFFSET, (short) busyPollBudget)
                    .put(epoll_params.prefer_busy_poll$OFFSET, (byte) (preferBusyPoll ? 1 : 0));
            ioctl(state, epfd, "EPIOCSPARAMS", epoll_h.EPIOCSPARAMS);
        }
    }

    private static void ioctl(CallState state, int epfd, String name, long request) throws ErrnoException {
        int result = state.result(unistd_h.ioctl(state.errno(), epfd, request, state.scratch()));
        // all three mean the same for a request with valid arguments
        if (result == -Errno.ENOTTY || result == -Errno.EINVAL || result == -Errno.EOPNOTSUPP) {
            throw new UnsupportedOperationException(name + " needs Linux 6.9 or later, built with"
                    + " CONFIG_NET_RX_BUSY_POLL: " + Errno.describe(-result));
        }
        ErrnoException.check(result, "ioctl", name + ", epfd=" + epfd);
    }
}
