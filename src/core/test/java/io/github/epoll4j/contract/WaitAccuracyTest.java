package io.github.epoll4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No wait is shorter than asked. How much longer it is depends on what else the machine does, and is not judged. */
@Timeout(60)
class WaitAccuracyTest {
    @ParameterizedTest(name = "{0} us, {1} times")
    @DisplayName("J13, K61, K62, epoll_pwait03, pselect01: epoll_pwait2, ppoll and pselect: never earlier than asked")
    @CsvSource({"200, 50", "1000, 20", "1500, 10", "2000, 10", "5000, 5", "10000, 3", "25000, 2", "100000, 1"})
    void shouldNotEndEarlyWhenNothingHappens(long micros, int samples) throws IOException {
        Duration timeout = Duration.ofNanos(micros * 1000);
        FdSet none = FdSet.allocate();
        try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(1);
                PollFdArray fds = PollFdArray.allocate(1)) {
            for (int i = 0; i < samples; i++) {
                assertThat(nanosOf(() -> epoll.await(events, timeout))).isGreaterThanOrEqualTo(timeout.toNanos());
                assertThat(nanosOf(() -> Poll.poll(fds, timeout))).isGreaterThanOrEqualTo(timeout.toNanos());
                assertThat(nanosOf(() -> Select.select(none, null, null, timeout)))
                        .isGreaterThanOrEqualTo(timeout.toNanos());
            }
        }
    }

    @ParameterizedTest(name = "{0} ms, {1} times")
    @DisplayName("J13, K61, epoll_wait02, poll02, select02: epoll_wait, poll and select: never earlier than asked")
    @CsvSource({"1, 20", "2, 10", "5, 5", "10, 3", "25, 2", "100, 1"})
    void shouldNotEndEarlyWhenAskedInMilliseconds(int millis, int samples) throws IOException {
        long nanos = millis * 1_000_000L;
        FdSet none = FdSet.allocate();
        try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(1);
                PollFdArray fds = PollFdArray.allocate(1)) {
            for (int i = 0; i < samples; i++) {
                assertThat(nanosOf(() -> epoll.awaitMillis(events, millis))).isGreaterThanOrEqualTo(nanos);
                assertThat(nanosOf(() -> Poll.pollMillis(fds, millis))).isGreaterThanOrEqualTo(nanos);
                assertThat(nanosOf(() -> Select.selectMillis(none, null, null, millis))).isGreaterThanOrEqualTo(nanos);
            }
        }
    }

    /** A wait that ends without an event. */
    private interface Wait {
        int await() throws IOException;
    }

    private static long nanosOf(Wait wait) throws IOException {
        long start = System.nanoTime();
        assertThat(wait.await()).isZero();
        return System.nanoTime() - start;
    }
}
