package io.github.epoll4j.wait;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.testing.Allocations;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class ReadinessAllocationTest {
    /** The size of a waiter: a header of 12 bytes and seven fields of 4. */
    private static final int WAITER = 40;

    @Test
    @DisplayName("0 bytes for a wait that finds the descriptor ready, with and without a limit, and for one of zero "
            + "time")
    void shouldAllocateNothingWhenTheDescriptorIsReady() throws Exception {
        Duration limit = Duration.ofSeconds(1);
        try (EventFd ready = EventFd.open(1); EventFd other = EventFd.open()) {
            assertThat(Allocations.perOperation(() -> {
                require(Readiness.await(ready, EPOLLIN), EPOLLIN);
                require(Readiness.await(ready, EPOLLIN, limit), EPOLLIN);
                require(Readiness.await(ready.fd(), EPOLLIN), EPOLLIN);
                require(Readiness.await(other, EPOLLIN, Duration.ZERO), 0);
                return null;
            })).as("bytes for four waits").isLessThan(0.1);
        }
    }

    @Test
    @DisplayName("at most 40 bytes for a wait without a limit that parks the thread")
    void shouldAllocateAWaiterWhenTheThreadParks() throws Exception {
        assertThat(Allocations.inFreshJvm(Parking.class, WAITER)).as("bytes for each wait")
                .isLessThanOrEqualTo(WAITER + 0.1);
    }

    /** Asks another thread, and waits for its answer. */
    static final class Parking {
        public static void main(String[] args) throws Exception {
            try (EventFd request = EventFd.open(); EventFd answer = EventFd.open()) {
                Thread.ofPlatform().daemon().start(new FutureTask<>(() -> answerAll(request, answer)));
                System.out.println(Allocations.perOperation(WAITER, () -> {
                    request.write(1);
                    while (answer.read() == 0) {
                        Readiness.await(answer, EPOLLIN);
                    }
                    return null;
                }));
            }
        }

        private static Object answerAll(EventFd request, EventFd answer) throws IOException, InterruptedException {
            while (true) {
                if (request.read() == 0) {
                    Readiness.await(request, EPOLLIN);
                } else {
                    answer.write(1);
                }
            }
        }
    }

    private static void require(int actual, int expected) {
        if (actual != expected) {
            throw new AssertionError(actual + " instead of " + expected);
        }
    }
}
