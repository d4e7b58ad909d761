package io.github.epoll4j.fd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Errno;
import io.github.epoll4j.contract.Raw;
import io.github.epoll4j.internal.gen.timerfd.itimerspec;
import io.github.epoll4j.internal.gen.timerfd.timerfd_h;
import io.github.epoll4j.internal.gen.timerfd.timespec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The errors of the timer calls that the public methods rule out, asked of the kernel. */
class TimerErrnoTest {
    private static final MemorySegment BAD = MemorySegment.ofAddress(1);
    private static final MemorySegment NONE = MemorySegment.NULL;

    private final MemorySegment time = Arena.ofAuto().allocate(itimerspec.layout());

    @Test
    @DisplayName("timerfd_create01: a clock or flags that do not exist are EINVAL")
    void shouldRefuseToCreateWhenTheArgumentsAreWrong() {
        int clock = timerfd_h.CLOCK_MONOTONIC;
        assertThat(Raw.call(errno -> timerfd_h.timerfd_create(errno, -1, 0))).isEqualTo(-Errno.EINVAL);
        assertThat(Raw.call(errno -> timerfd_h.timerfd_create(errno, clock, -1))).isEqualTo(-Errno.EINVAL);
        assertThat(Raw.call(errno -> timerfd_h.clock_gettime(errno, -100, time))).isEqualTo(-Errno.EINVAL);
    }

    @Test
    @DisplayName("timerfd_gettime01: EBADF, EFAULT, and EINVAL for what is not a timer")
    void shouldRefuseToAnswerWhenTheArgumentsAreWrong() throws Exception {
        try (TimerFd timer = TimerFd.open(); EventFd counter = EventFd.open()) {
            assertThat(Raw.call(errno -> timerfd_h.timerfd_gettime(errno, -1, time))).isEqualTo(-Errno.EBADF);
            assertThat(Raw.call(errno -> timerfd_h.timerfd_gettime(errno, counter.fd(), time)))
                    .isEqualTo(-Errno.EINVAL);
            assertThat(Raw.call(errno -> timerfd_h.timerfd_gettime(errno, timer.fd(), BAD))).isEqualTo(-Errno.EFAULT);
        }
    }

    @Test
    @DisplayName("timerfd_settime01: EBADF, EFAULT for the old time, EINVAL for a stranger, flags, nanoseconds")
    void shouldRefuseToArmWhenTheArgumentsAreWrong() throws Exception {
        try (TimerFd timer = TimerFd.open(); EventFd counter = EventFd.open()) {
            assertThat(settime(-1, 0, 1, 0, NONE)).isEqualTo(-Errno.EBADF);
            assertThat(settime(counter.fd(), 0, 1, 0, NONE)).isEqualTo(-Errno.EINVAL);
            assertThat(settime(timer.fd(), -1, 1, 0, NONE)).isEqualTo(-Errno.EINVAL);
            assertThat(settime(timer.fd(), 0, 0, 1_000_000_000, NONE)).isEqualTo(-Errno.EINVAL);
            assertThat(settime(timer.fd(), 0, -1, 0, NONE)).isEqualTo(-Errno.EINVAL);
            assertThat(settime(timer.fd(), 0, 0, 0, BAD)).isEqualTo(-Errno.EFAULT);
        }
    }

    private int settime(int fd, int flags, long seconds, long nanos, MemorySegment old) {
        time.set(ValueLayout.JAVA_LONG, itimerspec.it_value$OFFSET + timespec.tv_sec$OFFSET, seconds);
        time.set(ValueLayout.JAVA_LONG, itimerspec.it_value$OFFSET + timespec.tv_nsec$OFFSET, nanos);
        return Raw.call(errno -> timerfd_h.timerfd_settime(errno, fd, flags, time, old));
    }
}
