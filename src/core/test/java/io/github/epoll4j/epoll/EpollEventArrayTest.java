package io.github.epoll4j.epoll;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.internal.ffi.EpollEventLayout;
import io.github.epoll4j.testing.ChildJvm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EpollEventArrayTest {
    @Test
    @DisplayName("toString has the events, and at most eight of them")
    void shouldShowTheEventsWhenLogged() throws ErrnoException {
        EpollEventArray events = EpollEventArray.allocate(16);
        try (events; EpollInstance epoll = EpollInstance.open(); EventFd counter = EventFd.open(1)) {
            assertThat(events).hasToString("EpollEventArray[0 of 16]");
            epoll.add(counter, EPOLLIN, 7);
            epoll.await(events);
            assertThat(events).hasToString("EpollEventArray[1 of 16: EpollEvent[EPOLLIN, data=7]]");
            epoll.delete(counter);
            epoll.wakeup();
            epoll.await(events);
            assertThat(events).hasToString("EpollEventArray[0 of 16, woken up]");
            List<OwnedFd> more = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                more.add(counter.duplicate());
                epoll.add(more.get(i), EPOLLIN, 7);
            }
            epoll.await(events);
            assertThat(events).hasToString(
                    "EpollEventArray[9 of 16: " + "EpollEvent[EPOLLIN, data=7], ".repeat(8) + "...]");
            more.forEach(OwnedFd::close);
        }
        assertThat(events).hasToString("EpollEventArray[closed]");
    }

    @Test
    @DisplayName("every method of a closed array throws IllegalStateException, and close does nothing")
    void shouldThrowFromEveryMethodWhenClosed() throws ErrnoException {
        EpollEventArray events = EpollEventArray.allocate(2);
        try (EpollInstance epoll = EpollInstance.open(); EventFd counter = EventFd.open(1)) {
            epoll.add(counter, EPOLLIN);
            assertThat(epoll.await(events)).isOne();
            Iterator<EpollEvent> iterator = events.iterator();

            events.close();
            events.close();

            for (ThrowingCallable call : List.<ThrowingCallable>of(events::capacity, events::ready, events::isWokenUp,
                    () -> events.flags(0), () -> events.data(0), () -> events.get(0), () -> events.flags(-1),
                    events::iterator, iterator::hasNext, iterator::next, () -> events.grow(1), () -> events.grow(9),
                    () -> epoll.await(events), () -> epoll.awaitMillis(events, 0),
                    () -> epoll.await(events, Duration.ZERO), () -> epoll.await(events, 1, Duration.ZERO))) {
                assertThatIllegalStateException().isThrownBy(call).withMessage("EpollEventArray is closed");
            }
        }
    }

    @Test
    void shouldRefuseTheIndexWhenNoSuchEventWasReported() throws ErrnoException {
        try (EpollInstance epoll = EpollInstance.open();
                EpollEventArray events = EpollEventArray.allocate(2);
                EventFd counter = EventFd.open(1)) {
            assertThat(events.ready()).isZero();
            epoll.add(counter, EPOLLIN);
            epoll.await(events);
            for (int index : new int[] {-1, 1, 2, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> events.flags(index));
                assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> events.data(index));
            }
        }
    }

    @Test
    void shouldKeepItsEventsWhenItGrows() throws ErrnoException {
        try (EpollInstance epoll = EpollInstance.open();
                EpollEventArray events = EpollEventArray.allocate(1);
                EventFd counter = EventFd.open(1)) {
            epoll.add(counter, EPOLLIN, 7);
            epoll.await(events);

            events.grow(0);
            assertThat(events.capacity()).isOne();
            events.grow(3);

            assertThat(events.capacity()).isEqualTo(3);
            assertThat(events).containsExactly(new EpollEvent(EPOLLIN, 7));
            assertThatIllegalArgumentException().isThrownBy(() -> events.grow(Integer.MAX_VALUE));
            assertThatIllegalArgumentException().isThrownBy(() -> EpollEventArray.allocate(0));
        }
    }

    @Test
    @DisplayName("two threads that grow one array, against its contract, never make the kernel write past its memory")
    void shouldStayInsideItsMemoryWhenTwoThreadsGrowIt() throws Exception {
        ChildJvm.Result result = ChildJvm.of(Growing.class).run();

        assertThat(result.err()).isEmpty();
        assertThat(result.exitStatus()).isZero();
        assertThat(result.lines()).containsExactly("beyond its memory: 0 times in " + Growing.ROUNDS + " rounds");
    }

    /** Grows an array in two threads, and waits into it in a third, with more ready than the smaller memory holds. */
    static final class Growing {
        static final int ROUNDS = 3000;
        private static final int READY = 500;

        public static void main(String[] args) throws Exception {
            List<EventFd> counters = new ArrayList<>();
            try (EpollInstance epoll = EpollInstance.open()) {
                for (int i = 0; i < READY; i++) {
                    EventFd counter = EventFd.open(1);
                    counters.add(counter);
                    epoll.add(counter, EPOLLIN);
                }
                EpollEventArray[] array = new EpollEventArray[1];
                CyclicBarrier round = new CyclicBarrier(3);
                start(round, () -> array[0].grow(READY));
                start(round, () -> array[0].grow(Math.min(20, array[0].capacity() + 1)));
                int beyond = 0;
                for (int i = 0; i < ROUNDS; i++) {
                    array[0] = EpollEventArray.allocate(1);
                    round.await();
                    attempt(() -> epoll.await(array[0], Duration.ZERO));
                    round.await();
                    attempt(() -> epoll.await(array[0], Duration.ZERO));
                    beyond += isBeyond(array[0]) ? 1 : 0;
                }
                System.out.println("beyond its memory: " + beyond + " times in " + ROUNDS + " rounds");
            }
            counters.forEach(EventFd::close);
        }

        private interface Step {
            void run() throws ErrnoException;
        }

        private static void start(CyclicBarrier round, Step step) {
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    while (true) {
                        round.await();
                        attempt(step);
                        round.await();
                    }
                } catch (InterruptedException | BrokenBarrierException e) {
                    throw new IllegalStateException(e);
                }
            });
        }

        /** Any exception is an allowed answer to misuse. */
        private static void attempt(Step step) {
            try {
                step.run();
            } catch (ErrnoException | IllegalArgumentException | IndexOutOfBoundsException | IllegalStateException e) {
                return;
            }
        }

        private static boolean isBeyond(EpollEventArray array) {
            int capacity = array.capacity();
            return array.begin(capacity).byteSize() < (long) capacity * EpollEventLayout.SIZE;
        }
    }
}
