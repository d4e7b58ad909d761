package io.github.epoll4j.epoll;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Waiters;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two threads close an instance at one moment, while others wait on it and use it. */
@Timeout(120)
class EpollCloseRaceTest {
    private static final int ROUNDS = 300;

    @Test
    @DisplayName("close: once for all, nobody is left behind, every call ends, and no descriptor is left")
    void shouldCloseCleanlyWhenTwoThreadsCloseWhatOthersUse() throws Exception {
        long before = Fds.count();
        for (int round = 0; round < ROUNDS; round++) {
            race(round);
        }
        assertThat(Fds.count()).isEqualTo(before);
    }

    private static void race(int round) throws Exception {
        EpollInstance epoll = EpollInstance.open();
        CyclicBarrier closing = new CyclicBarrier(2);
        List<FutureTask<String>> blocked = new ArrayList<>();
        List<FutureTask<String>> tasks = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            blocked.add(Waiters.start(() -> waitUntilClosed(epoll)));
            tasks.add(Waiters.start(() -> useUntilClosed(epoll)));
        }
        if (round % 2 == 0) {
            for (FutureTask<String> waiter : blocked) {
                Waiters.awaitBlockedInNative(waiter);
            }
        }
        for (int i = 0; i < 2; i++) {
            tasks.add(Waiters.start(() -> {
                closing.await();
                epoll.close();
                return "closed";
            }));
        }
        tasks.addAll(blocked);
        for (FutureTask<String> task : tasks) {
            assertThat(task.get(20, TimeUnit.SECONDS)).as("round %d", round)
                    .isIn("closed", "EpollInstance is closed");
        }
    }

    private static String waitUntilClosed(EpollInstance epoll) throws IOException {
        try (EpollEventArray events = EpollEventArray.allocate(1)) {
            while (true) {
                epoll.await(events);
            }
        } catch (IllegalStateException e) {
            return e.getMessage();
        }
    }

    private static String useUntilClosed(EpollInstance epoll) throws IOException {
        try (EpollEventArray events = EpollEventArray.allocate(1); EventFd counter = EventFd.open()) {
            while (true) {
                epoll.add(counter.fd(), EPOLLIN);
                epoll.awaitMillis(events, 0);
                epoll.wakeup();
                epoll.delete(counter.fd());
            }
        } catch (IllegalStateException e) {
            return e.getMessage();
        }
    }
}
