package io.github.epoll4j.epoll;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.Waiters;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.internal.io.EpollCalls;
import io.github.epoll4j.internal.io.Timeouts;
import io.github.epoll4j.testing.Fds;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EpollWakeupTest {
    @Test
    void shouldReturnNothingWhenWokenWhileItWaits() throws Exception {
        try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(4)) {
            FutureTask<Integer> waiter = Waiters.start(() -> epoll.await(events));
            Waiters.awaitBlockedInNative(waiter);

            epoll.wakeup();

            assertThat(waiter.get(10, TimeUnit.SECONDS)).isZero();
            assertThat(events.isWokenUp()).isTrue();
        }
    }

    @Test
    @DisplayName("0 of a timeout and 0 of a wake-up are distinguishable")
    void shouldKnowWhetherItWasWokenWhenItReturns() throws ErrnoException {
        try (EpollInstance epoll = EpollInstance.open();
                EpollEventArray events = EpollEventArray.allocate(4);
                EventFd counter = EventFd.open()) {
            assertThat(events.isWokenUp()).as("before the first wait").isFalse();
            epoll.wakeup();
            assertThat(epoll.awaitMillis(events, 0)).isZero();
            assertThat(events.isWokenUp()).isTrue();
            assertThat(epoll.awaitMillis(events, 0)).isZero();
            assertThat(events.isWokenUp()).as("after a timeout").isFalse();

            epoll.add(counter, EPOLLIN);
            counter.write(1);
            epoll.wakeup();

            assertThat(epoll.await(events)).isOne();
            assertThat(events.isWokenUp()).as("with an event").isTrue();
            assertThat(epoll.await(events)).isOne();
            assertThat(events.isWokenUp()).as("with an event alone").isFalse();
        }
    }

    @Test
    void shouldReturnAtOnceWhenWokenBefore() throws ErrnoException {
        try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(4)) {
            epoll.wakeup();
            epoll.wakeup();

            assertThat(epoll.await(events)).isZero();
            assertThat(epoll.awaitMillis(events, 0)).isZero();
            epoll.wakeup();
            assertThat(epoll.await(events)).as("woken again").isZero();
        }
    }

    @Test
    void shouldKeepTheOtherEventsWhenWokenTogetherWithThem() throws ErrnoException {
        try (EpollInstance epoll = EpollInstance.open();
                EpollEventArray events = EpollEventArray.allocate(4);
                EventFd first = EventFd.open(1);
                EventFd second = EventFd.open(1)) {
            epoll.add(first.fd(), EPOLLIN, 1);
            epoll.wakeup();
            epoll.add(second.fd(), EPOLLIN, 2);

            assertThat(epoll.await(events)).isEqualTo(2);
            assertThat(events).containsExactly(new EpollEvent(EPOLLIN, 1), new EpollEvent(EPOLLIN, 2));
        }
    }

    @Test
    void shouldRefuseTheDatumThatTheWakeupUses() throws ErrnoException {
        try (EpollInstance epoll = EpollInstance.open(); EventFd counter = EventFd.open()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> epoll.add(counter.fd(), EPOLLIN, 0x65706F6C6C346A21L));
        }
    }

    @Test
    @DisplayName("J8: close wakes every waiter, which the kernel alone does not; the last one frees the number")
    void shouldWakeAllWaitersWhenClosed() throws Exception {
        long before = Fds.count();
        EpollInstance epoll = EpollInstance.open();
        List<FutureTask<Integer>> waiters = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            waiters.add(Waiters.start(() -> {
                try (EpollEventArray events = EpollEventArray.allocate(1)) {
                    return epoll.await(events);
                }
            }));
        }
        for (FutureTask<Integer> waiter : waiters) {
            Waiters.awaitBlockedInNative(waiter);
        }

        epoll.close();

        for (FutureTask<Integer> waiter : waiters) {
            assertThatThrownBy(() -> waiter.get(10, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
                    .cause().isInstanceOf(IllegalStateException.class).hasMessage("EpollInstance is closed");
        }
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    @DisplayName("close does not wait for holders, and the last release frees the number and the eventfd")
    void shouldReturnWhenClosedByAThreadThatHoldsIt() throws Exception {
        long before = Fds.count();
        EpollInstance epoll = EpollInstance.open();
        FutureTask<Integer> waiter = Waiters.start(() -> {
            try (EpollEventArray events = EpollEventArray.allocate(1)) {
                return epoll.await(events);
            }
        });
        Waiters.awaitBlockedInNative(waiter);
        int fd = epoll.acquire();

        epoll.close();

        assertThat(epoll.isOpen()).isFalse();
        assertThatThrownBy(() -> waiter.get(10, TimeUnit.SECONDS)).hasRootCauseMessage("EpollInstance is closed");
        assertThat(Fds.isOpen(fd)).as("while it is held").isTrue();
        epoll.wakeup();
        epoll.release();
        assertThat(Fds.isOpen(fd)).as("after the release").isFalse();
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    @DisplayName("close: a thread that holds the number and begins its wait after the close returns at once")
    void shouldReturnWhenTheWaitBeginsAfterTheClose() throws Exception {
        try (EpollEventArray events = EpollEventArray.allocate(1)) {
            EpollInstance epoll = EpollInstance.open();
            int fd = epoll.acquire();
            epoll.close();
            int[] results = new int[2];
            for (int i = 0; i < results.length; i++) {
                results[i] = EpollCalls.wait(events.state(), fd, events.begin(1), 1, Timeouts.NO_LIMIT);
            }
            epoll.release();
            assertThat(results).as("level-triggered").containsExactly(1, 1);
        }
    }

    @Test
    @DisplayName("no wake-up is lost when one thread wakes and another waits, 20000 times")
    void shouldLoseNoWakeupWhenTheyRace() throws Exception {
        try (EpollInstance epoll = EpollInstance.open(); EventFd done = EventFd.openSemaphore(0)) {
            int rounds = 20_000;
            FutureTask<Integer> waiter = Waiters.start(() -> {
                try (EpollEventArray events = EpollEventArray.allocate(1)) {
                    for (int i = 0; i < rounds; i++) {
                        epoll.await(events);
                        done.write(1);
                    }
                }
                return rounds;
            });
            try (EpollInstance answers = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(1)) {
                answers.add(done.fd(), EPOLLIN);
                for (int i = 0; i < rounds; i++) {
                    epoll.wakeup();
                    assertThat(answers.awaitMillis(events, 10_000)).as("round %d", i).isOne();
                    done.read();
                }
            }
            assertThat(waiter.get(10, TimeUnit.SECONDS)).isEqualTo(rounds);
        }
    }

    @Test
    @DisplayName("no wake-up is lost when several threads wake without waiting for the answer, so that wake-ups merge")
    void shouldSeeEveryWorkWhenWakeupsMerge() throws Exception {
        int producers = 3;
        int each = 100_000;
        AtomicInteger work = new AtomicInteger();
        try (EpollInstance epoll = EpollInstance.open()) {
            FutureTask<Integer> consumer = Waiters.start(() -> {
                int waits = 0;
                try (EpollEventArray events = EpollEventArray.allocate(1)) {
                    for (int seen = 0; seen < producers * each; seen = work.get()) {
                        epoll.await(events);
                        waits++;
                    }
                }
                return waits;
            });
            List<FutureTask<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < producers; i++) {
                tasks.add(Waiters.start(() -> produce(epoll, work, each)));
            }
            for (FutureTask<Integer> task : tasks) {
                task.get(20, TimeUnit.SECONDS);
            }

            assertThat(consumer.get(20, TimeUnit.SECONDS)).as("waits").isBetween(1, producers * each + 1);
        }
    }

    private static int produce(EpollInstance epoll, AtomicInteger work, int count) {
        for (int i = 0; i < count; i++) {
            work.incrementAndGet();
            epoll.wakeup();
        }
        return count;
    }
}
