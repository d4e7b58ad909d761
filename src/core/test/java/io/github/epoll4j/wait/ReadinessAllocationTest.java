package io.github.epoll4j.wait;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.testing.Allocations;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
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
        try (EventFd request = EventFd.open(); EventFd answer = EventFd.open()) {
            FutureTask<Boolean> partner = new FutureTask<>(() -> answerAll(request, answer));
            Thread.ofPlatform().daemon().start(partner);
            assertThat(Allocations.perOperation(WAITER, () -> {
                request.write(1);
                while (answer.read() == 0) {
                    Readiness.await(answer, EPOLLIN);
                }
                return null;
            })).as("bytes for each wait").isLessThanOrEqualTo(WAITER + 0.1);
            request.write(2);
            assertThat(partner.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Answers each 1, until there is another number. */
    private static boolean answerAll(EventFd request, EventFd answer) throws IOException, InterruptedException {
        long number = request.read();
        while (number <= 1) {
            if (number == 1) {
                answer.write(1);
            } else {
                Readiness.await(request, EPOLLIN);
            }
            number = request.read();
        }
        return true;
    }

    private static void require(int actual, int expected) {
        if (actual != expected) {
            throw new AssertionError(actual + " instead of " + expected);
        }
    }
}
