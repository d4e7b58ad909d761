package io.github.epoll4j;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.internal.gen.unistd.unistd_h.O_CLOEXEC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class OwnedFdTest {
    @Test
    void shouldBeTheSameFileWhenDuplicated() throws IOException {
        long before = Fds.count();
        try (EventFd counter = EventFd.open(); OwnedFd duplicate = counter.duplicate()) {
            assertThat(duplicate.fd()).isNotEqualTo(counter.fd());
            assertThat(Fds.flags(duplicate.fd()) & O_CLOEXEC).as("close-on-exec").isNotZero();
            counter.write(5);
            try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(2)) {
                epoll.add(duplicate.fd(), EPOLLIN, 2);
                epoll.add(counter.fd(), EPOLLIN, 1);
                assertThat(epoll.await(events, 0)).isEqualTo(2);
                assertThat(events)
                        .containsExactlyInAnyOrder(new EpollEvent(EPOLLIN, 1), new EpollEvent(EPOLLIN, 2));
            }
        }
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    @DisplayName("a duplicate keeps the file, and its registration, alive when the number that was added is closed")
    void shouldKeepTheRegistrationWhenTheFirstNumberIsClosed() throws IOException {
        try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(2)) {
            EventFd counter = EventFd.open(1);
            epoll.add(counter.fd(), EPOLLIN, 1);
            OwnedFd duplicate = counter.duplicate();
            counter.close();
            assertThat(epoll.await(events, 0)).isOne();

            duplicate.close();

            assertThat(epoll.await(events, 0)).isZero();
        }
    }

    @Test
    void shouldCloseTheNumberOnceWhenAdopted() throws IOException {
        try (EventFd counter = EventFd.open()) {
            OwnedFd duplicate = counter.duplicate();
            assertThat(duplicate).hasToString("FileFd[fd=" + duplicate.fd() + "]");
            int fd = duplicate.fd();

            duplicate.close();
            duplicate.close();

            assertThat(Fds.isOpen(fd)).isFalse();
            assertThatIllegalStateException().isThrownBy(duplicate::duplicate).withMessage("FileFd is closed");
        }
    }

    @Test
    @DisplayName("the number of an owner that was detached stays open, and is the caller's")
    void shouldLeaveTheNumberOpenWhenDetached() throws IOException {
        EventFd counter = EventFd.open(5);
        int fd = counter.detach();

        counter.close();

        assertThatIllegalStateException().isThrownBy(counter::read).withMessage("EventFd is closed");
        assertThatIllegalStateException().isThrownBy(counter::detach).withMessage("EventFd is closed");
        try (EventFd adopted = EventFd.adopt(fd)) {
            assertThat(adopted.fd()).isEqualTo(fd);
            assertThat(adopted.read()).isEqualTo(5);
        }
        assertThat(Fds.isOpen(fd)).isFalse();
    }

    @Test
    void shouldRefuseToDetachWhenACallHoldsTheNumber() throws IOException {
        try (EventFd counter = EventFd.open()) {
            counter.acquire();
            assertThatIllegalStateException().isThrownBy(counter::detach).withMessageContaining("in use");
            counter.release();
            assertThat(counter.isOpen()).isTrue();
        }
    }

    @Test
    @DisplayName("fcntl(2) EBADF: a number that is not open")
    void shouldFailWhenTheNumberIsNotOpen() {
        OwnedFd stranger = new Held(Integer.MAX_VALUE);

        assertThatExceptionOfType(ErrnoException.class).isThrownBy(stranger::duplicate)
                .returns(Errno.EBADF, ErrnoException::errno)
                .withMessage("fcntl(F_DUPFD_CLOEXEC, fd=2147483647): EBADF (Bad file descriptor)");
        assertThatIllegalStateException().isThrownBy(stranger::close);
        assertThatIllegalArgumentException().isThrownBy(() -> new Held(-1));
    }

    @Test
    @DisplayName("close(2): a call that holds the number keeps it open after close, and gives it back when it leaves")
    void shouldCloseTheNumberWhenTheLastHolderLeaves() throws Exception {
        Held held = Held.open();
        int fd = held.fd();
        CountDownLatch leave = new CountDownLatch(1);
        CountDownLatch holds = new CountDownLatch(1);
        FutureTask<Boolean> holder = Waiters.start(() -> {
            held.acquire();
            holds.countDown();
            boolean told = leave.await(20, TimeUnit.SECONDS);
            held.release();
            return told;
        });
        assertThat(holds.await(20, TimeUnit.SECONDS)).isTrue();

        held.close();
        held.close();

        assertThat(Fds.isOpen(fd)).as("held after close").isTrue();
        assertThat(held.isOpen()).isFalse();
        assertThat(held.tryAcquire()).as("newcomers").isFalse();
        assertThatIllegalStateException().isThrownBy(held::acquire).withMessage("Held is closed");
        assertThatIllegalStateException().isThrownBy(held::fd);
        leave.countDown();
        assertThat(holder.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(Fds.isOpen(fd)).as("after the release").isFalse();
        assertThat(held.interrupts).as("asked to leave").hasValue(1);
    }

    @Test
    void shouldKeepTheNumberOpenUntilAllHaveLeftWhenCallsNest() throws ErrnoException {
        Held held = Held.open();
        int fd = held.acquire();
        assertThat(held.acquire()).isEqualTo(fd);
        assertThat(held.tryAcquire()).isTrue();
        assertThat(held.users()).isEqualTo(3);
        held.close();

        for (int left = 2; left >= 0; left--) {
            assertThat(Fds.isOpen(fd)).as("%d more to leave", left + 1).isTrue();
            held.release();
            assertThat(held.users()).isEqualTo(left);
        }

        assertThat(Fds.isOpen(fd)).isFalse();
    }

    @Test
    void shouldDisturbNobodyWhenClosedUnused() throws ErrnoException {
        Held held = Held.open();
        held.acquire();
        held.release();

        held.close();

        assertThat(held.interrupts).hasValue(0);
    }

    /** The number is so high that nobody else is given it: to close it twice is EBADF, which the owner throws. */
    @RepeatedTest(100)
    @DisplayName("many threads hold and release while two close: open while held, closed once, at the end")
    void shouldCloseTheNumberOnceWhenManyThreadsRace() throws Exception {
        Held held = Held.open();
        int fd = held.fd();
        CyclicBarrier start = new CyclicBarrier(6);
        List<FutureTask<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            tasks.add(Waiters.start(() -> {
                start.await();
                return holdUntilClosed(held);
            }));
        }
        for (int i = 0; i < 2; i++) {
            int pause = ThreadLocalRandom.current().nextInt(20_000);
            tasks.add(Waiters.start(() -> {
                start.await();
                for (int spin = 0; spin < pause; spin++) {
                    Thread.onSpinWait();
                }
                held.close();
                return 0;
            }));
        }

        for (FutureTask<Integer> task : tasks) {
            assertThat(task.get(20, TimeUnit.SECONDS)).as("times that a held number was not open").isZero();
        }
        assertThat(Fds.isOpen(fd)).isFalse();
        assertThat(held.users()).isZero();
    }

    private static int holdUntilClosed(Held held) {
        int failures = 0;
        while (held.tryAcquire()) {
            int nested = ThreadLocalRandom.current().nextInt(3);
            for (int i = 0; i < nested && held.tryAcquire(); i++) {
                failures += held.isOpenInTheKernel() ? 0 : 1;
                held.release();
            }
            failures += held.isOpenInTheKernel() ? 0 : 1;
            held.release();
        }
        return failures;
    }

    /** An owner whose calls are the test's own. */
    private static final class Held extends OwnedFd {
        final AtomicInteger interrupts = new AtomicInteger();
        private final int number;

        private Held(int number) {
            super(number);
            this.number = number;
        }

        static Held open() throws ErrnoException {
            try (EventFd file = EventFd.open()) {
                int number = FdCalls.fcntl(file.fd(), unistd_h.F_DUPFD_CLOEXEC, 2000);
                return new Held(ErrnoException.check(number, "fcntl", "F_DUPFD_CLOEXEC"));
            }
        }

        boolean isOpenInTheKernel() {
            return FdCalls.fcntl(number, unistd_h.F_GETFD, 0) >= 0;
        }

        @Override
        protected void interruptUsers(int fd) {
            assertThat(fd).isEqualTo(number);
            assertThat(isOpen()).isFalse();
            assertThat(isOpenInTheKernel()).isTrue();
            interrupts.incrementAndGet();
        }
    }
}
