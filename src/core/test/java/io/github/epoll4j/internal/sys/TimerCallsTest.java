package io.github.epoll4j.internal.sys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Errno;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.TimerFd;
import io.github.epoll4j.internal.gen.timerfd.timerfd_h;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the public methods rule out, asked of the kernel. */
class TimerCallsTest {
    private final CallState state = CallState.ofThread();

    @Test
    @DisplayName("timerfd_create01: a clock or flags that do not exist are EINVAL")
    void shouldRefuseToCreateWhenTheArgumentsAreWrong() {
        assertThat(TimerCalls.create(state, -1, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(TimerCalls.create(state, timerfd_h.CLOCK_MONOTONIC(), -1)).isEqualTo(-Errno.EINVAL);
        assertThat(TimerCalls.nowNanos(state, -100)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    @DisplayName("timerfd_gettime01: EBADF, EFAULT, and EINVAL for what is not a timer")
    void shouldRefuseToTellWhenTheArgumentsAreWrong() throws Exception {
        try (TimerFd timer = TimerFd.open(); EventFd counter = EventFd.open()) {
            assertThat(TimerCalls.remainingNanos(state, -1)).isEqualTo(-Errno.EBADF);
            assertThat(TimerCalls.remainingNanos(state, counter.fd())).isEqualTo(-Errno.EINVAL);
            assertThat(TimerCalls.gettime(state, timer.fd(), MemorySegment.ofAddress(1))).isEqualTo(-Errno.EFAULT);
        }
    }

    @Test
    @DisplayName("timerfd_settime01: EBADF, EFAULT for the old time, EINVAL for a stranger, flags, nanoseconds")
    void shouldRefuseToArmWhenTheArgumentsAreWrong() throws Exception {
        try (TimerFd timer = TimerFd.open(); EventFd counter = EventFd.open()) {
            assertThat(TimerCalls.settime(state, -1, 0, 1, 0, 0)).isEqualTo(-Errno.EBADF);
            assertThat(TimerCalls.settime(state, counter.fd(), 0, 1, 0, 0)).isEqualTo(-Errno.EINVAL);
            assertThat(TimerCalls.settime(state, timer.fd(), -1, 1, 0, 0)).isEqualTo(-Errno.EINVAL);
            assertThat(TimerCalls.settime(state, timer.fd(), 0, 0, 1_000_000_000, 0)).isEqualTo(-Errno.EINVAL);
            assertThat(TimerCalls.settime(state, timer.fd(), 0, -1, 0, 0)).isEqualTo(-Errno.EINVAL);
            assertThat(TimerCalls.settime(state, timer.fd(), 0, state.scratch().fill((byte) 0),
                    MemorySegment.ofAddress(1))).isEqualTo(-Errno.EFAULT);
        }
    }
}
