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
    @DisplayName("J13, K61, K62, epoll_wait02, epoll_pwait03, poll02, select02, pselect01: never earlier than asked")
    @CsvSource({"200, 100", "1000, 50", "1500, 30", "2000, 30", "5000, 15", "10000, 8", "25000, 4", "100000, 1"})
    void shouldNotEndEarlyWhenNothingHappens(long micros, int samples) throws IOException {
        Duration timeout = Duration.ofNanos(micros * 1000);
        FdSet none = FdSet.allocate();
        try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(1);
                PollFdArray fds = PollFdArray.allocate(1)) {
            for (int i = 0; i < samples; i++) {
                long first = System.nanoTime();
                assertThat(epoll.await(events, timeout)).isZero();
                long second = System.nanoTime();
                assertThat(Poll.poll(fds, timeout)).isZero();
                long third = System.nanoTime();
                assertThat(Select.select(none, null, null, timeout)).isZero();
                long fourth = System.nanoTime();
                assertThat(Math.min(Math.min(second - first, third - second), fourth - third))
                        .isGreaterThanOrEqualTo(timeout.toNanos());
            }
        }
    }
}
