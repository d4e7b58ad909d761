package io.github.epoll4j.epoll;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLEXCLUSIVE;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Waiters;
import io.github.epoll4j.fd.EventFd;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several instances watch one file, a thread blocked in each. */
@Timeout(60)
class EpollExclusiveTest {
    private static final int WAITERS = 4;

    private final List<EpollInstance> instances = new ArrayList<>();
    private final List<FutureTask<Integer>> waiters = new ArrayList<>();
    private EventFd counter;

    @BeforeEach
    void open() throws Exception {
        counter = EventFd.open();
        for (int i = 0; i < WAITERS; i++) {
            instances.add(EpollInstance.open());
        }
    }

    @AfterEach
    void close() {
        instances.forEach(EpollInstance::close);
        counter.close();
    }

    private void block(int flags) throws Exception {
        for (EpollInstance epoll : instances) {
            epoll.add(counter.fd(), EPOLLIN | flags);
            waiters.add(Waiters.start(() -> {
                try (EpollEventArray events = EpollEventArray.allocate(1)) {
                    return epoll.await(events);
                }
            }));
        }
        for (FutureTask<Integer> waiter : waiters) {
            Waiters.awaitBlockedInNative(waiter);
        }
    }

    @Test
    @DisplayName("epoll_ctl(2): without EPOLLEXCLUSIVE one event wakes every instance's waiter, the thundering herd")
    void shouldWakeAllWhenNotExclusive() throws Exception {
        block(0);

        counter.write(1);

        assertThat(reported()).containsExactly(1, 1, 1, 1);
    }

    @Test
    @DisplayName("epoll_ctl(2) EPOLLEXCLUSIVE: one event wakes one or more of them, but not all")
    void shouldWakeFewerThanAllWhenExclusive() throws Exception {
        block(EPOLLEXCLUSIVE);

        counter.write(1);
        // the kernel has chosen whom to tell before write returns; the other instances do not look at the file again
        for (EpollInstance epoll : instances) {
            epoll.wakeup();
        }

        assertThat(reported().stream().filter(events -> events == 1).count()).isBetween(1L, WAITERS - 1L);
    }

    private List<Integer> reported() throws Exception {
        List<Integer> events = new ArrayList<>();
        for (FutureTask<Integer> waiter : waiters) {
            events.add(waiter.get(20, TimeUnit.SECONDS));
        }
        return events;
    }
}
