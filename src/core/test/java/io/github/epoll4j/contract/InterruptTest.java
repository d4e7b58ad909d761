package io.github.epoll4j.contract;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Waiters;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.poll.PollFlags;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
import java.io.IOException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Thread.interrupt, of which the three waits take no notice, and an eventfd, which ends them. */
@Timeout(60)
class InterruptTest {
    private static final long WAIT_MILLIS = 30;

    private enum Wait {
        SELECT {
            @Override
            int await(EventFd waking, long millis) throws IOException {
                FdSet set = FdSet.allocate(1 << 16);
                set.set(waking);
                return millis == 0 ? Select.select(set, null, null) : Select.selectMillis(set, null, null, millis);
            }
        },
        POLL {
            @Override
            int await(EventFd waking, long millis) throws IOException {
                try (PollFdArray fds = PollFdArray.allocate(1)) {
                    fds.add(waking.fd(), PollFlags.POLLIN);
                    return millis == 0 ? Poll.poll(fds) : Poll.pollMillis(fds, millis);
                }
            }
        },
        EPOLL {
            @Override
            int await(EventFd waking, long millis) throws IOException {
                try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(1)) {
                    epoll.add(waking, EPOLLIN);
                    return millis == 0 ? epoll.await(events) : epoll.awaitMillis(events, millis);
                }
            }
        };

        /** Waits for an eventfd; 0 milliseconds are without limit. */
        abstract int await(EventFd waking, long millis) throws IOException;
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("J14: a thread that is interrupted already waits its whole time, and stays interrupted")
    void shouldWaitItsWholeTimeWhenItsThreadIsInterruptedBefore(Wait wait) throws Exception {
        try (EventFd waking = EventFd.open()) {
            FutureTask<Boolean> waiter = Waiters.start(() -> {
                Thread.currentThread().interrupt();
                long start = System.nanoTime();
                assertThat(wait.await(waking, WAIT_MILLIS)).isZero();
                assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(WAIT_MILLIS * 1_000_000);
                return Thread.currentThread().isInterrupted();
            });

            assertThat(waiter.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("J14: a thread that is interrupted while it waits goes on until an eventfd in its set ends the wait")
    void shouldWaitUntilItIsWokenWhenItsThreadIsInterrupted(Wait wait) throws Exception {
        try (EventFd waking = EventFd.open()) {
            AtomicReference<Thread> thread = new AtomicReference<>();
            FutureTask<Boolean> waiter = Waiters.start(() -> {
                thread.set(Thread.currentThread());
                assertThat(wait.await(waking, 0)).isOne();
                return Thread.currentThread().isInterrupted();
            });
            Waiters.awaitBlockedInNative(waiter);

            thread.get().interrupt();

            Waiters.awaitBlockedInNative(waiter);
            assertThat(waiter).isNotDone();
            waking.write(1);
            assertThat(waiter.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }
}
