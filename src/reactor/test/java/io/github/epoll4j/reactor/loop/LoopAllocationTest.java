package io.github.epoll4j.reactor.loop;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.testing.Allocations;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A turn allocates nothing once it is compiled, while nobody records. */
@Timeout(240)
class LoopAllocationTest {
    @ParameterizedTest
    @EnumSource
    @DisplayName("0 bytes for a turn with 16 events, a timer that is not due, and a periodic one that is")
    void shouldAllocateNothingWhenTheLoopTurns(Mechanism mechanism) throws Exception {
        EventFd[] counters = new EventFd[16];
        long[] calls = new long[1];
        try (EventLoop loop = EventLoop.open(mechanism)) {
            for (int i = 0; i < counters.length; i++) {
                counters[i] = EventFd.open(1);
                loop.register(counters[i].fd(), EPOLLIN, (registration, events) -> calls[0]++);
            }
            loop.schedule(Duration.ofHours(1), () -> { });
            loop.scheduleAtFixedRate(Duration.ZERO, Duration.ofNanos(1), () -> calls[0]++);

            assertThat(Allocations.perOperation(() -> loop.runOnce(Duration.ZERO))).isLessThan(0.1);

            assertThat(loop.metrics().events()).isEqualTo(16 * loop.metrics().iterations());
            assertThat(calls[0]).isEqualTo(17 * loop.metrics().iterations());
        } finally {
            for (EventFd counter : counters) {
                counter.close();
            }
        }
    }
}
