package io.github.epoll4j.fd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.LibC;
import io.github.epoll4j.contract.Raw;
import io.github.epoll4j.internal.gen.timerfd.itimerspec;
import io.github.epoll4j.internal.gen.timerfd.timerfd_h;
import io.github.epoll4j.internal.gen.timerfd.timespec;
import io.github.epoll4j.testing.ChildJvm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The errors of the timer calls, most of which the public methods rule out, asked of the kernel. */
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

    @Test
    @DisplayName("timerfd_gettime01, timerfd_settime01: EBADF when the number was closed by other code")
    void shouldNameTheCallWhenItFails() throws Exception {
        assertThat(ChildJvm.of(BadNumber.class).run().lines()).containsExactly(
                "timerfd_gettime(fd=*): EBADF (Bad file descriptor)",
                "timerfd_settime(fd=*): EBADF (Bad file descriptor)",
                "read(fd=*): EBADF (Bad file descriptor)",
                "close refused: true");
    }

    /** Uses a number that was closed behind its owner, in a process where no other thread is given it meanwhile. */
    static final class BadNumber {
        private interface Action {
            void run() throws ErrnoException;
        }

        public static void main(String[] args) throws ErrnoException {
            TimerFd timer = TimerFd.open();
            LibC.closeBehindItsBack(timer.fd());
            List<Action> actions = List.of(timer::remaining, () -> timer.after(Duration.ZERO), timer::read);
            for (Action action : actions) {
                print(action);
            }
            try {
                timer.close();
            } catch (IllegalStateException e) {
                System.out.println("close refused: " + e.getMessage().contains("closed by other code"));
            }
        }

        private static void print(Action action) {
            try {
                action.run();
            } catch (ErrnoException e) {
                System.out.println(e.getMessage().replaceAll("fd=\\d+", "fd=*"));
            }
        }
    }
}
