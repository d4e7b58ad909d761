package io.github.epoll4j.epoll;

import io.github.epoll4j.internal.gen.epoll.epoll_params;
import java.lang.foreign.MemorySegment;

/**
 * How an epoll instance polls network devices while it waits: {@code struct epoll_params}.
 *
 * @param busyPollUsecs how long a wait polls the device queue of its sockets before it sleeps, in microseconds, from 0
 *     (not at all) to 2<sup>31</sup> - 1
 * @param busyPollBudget how many packets one poll fetches at most, from 0 (the kernel's default, 8) to 65535; above 64
 *     only with CAP_NET_ADMIN
 * @param preferBusyPoll whether the device's interrupts are kept off while waits keep polling
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/ioctl_eventpoll.2.html">ioctl_eventpoll(2)</a>
 */
public record EpollParams(int busyPollUsecs, int busyPollBudget, boolean preferBusyPoll) {
    /**
     * Checks the shapes of the fields.
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

    /** Reads a {@code struct epoll_params}. */
    static EpollParams read(MemorySegment params) {
        return new EpollParams(epoll_params.busy_poll_usecs(params),
                Short.toUnsignedInt(epoll_params.busy_poll_budget(params)),
                epoll_params.prefer_busy_poll(params) != 0);
    }

    /** Writes a {@code struct epoll_params}. */
    void write(MemorySegment params) {
        params.asSlice(0, epoll_params.sizeof()).fill((byte) 0);
        epoll_params.busy_poll_usecs(params, busyPollUsecs);
        epoll_params.busy_poll_budget(params, (short) busyPollBudget);
        epoll_params.prefer_busy_poll(params, (byte) (preferBusyPoll ? 1 : 0));
    }
}
