package io.github.epoll4j.epoll;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLEXCLUSIVE;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.internal.gen.unistd.unistd_h.O_CLOEXEC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EpollInstanceTest {
    private EpollInstance epoll;
    private EpollEventArray events;
    private EventFd counter;

    @BeforeEach
    void open() throws ErrnoException {
        epoll = EpollInstance.open();
        events = EpollEventArray.allocate(8);
        counter = EventFd.open();
    }

    @AfterEach
    void close() {
        counter.close();
        events.close();
        epoll.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 7, Long.MIN_VALUE, Long.MAX_VALUE, 0x1_0000_0000L})
    @DisplayName("C37: the datum comes back with the event as it was given")
    void shouldGiveTheDatumBackWhenReady(long data) throws ErrnoException {
        epoll.add(counter.fd(), EPOLLIN, data);
        counter.write(1);

        assertThat(epoll.await(events)).isOne();
        assertThat(events.data(0)).isEqualTo(data);
        assertThat(events.flags(0)).isEqualTo(EPOLLIN);
    }

    @Test
    @DisplayName("C37: two events of one wait lie where this architecture puts them")
    void shouldReportBothWhenTwoAreReady() throws ErrnoException {
        try (EventFd other = EventFd.open(1)) {
            counter.write(1);
            epoll.add(counter.fd(), EPOLLIN, 0x1111_2222_3333_4444L);
            epoll.add(other.fd(), EPOLLIN | EPOLLOUT, 0x5555_6666_7777_8888L);

            assertThat(epoll.await(events)).isEqualTo(2);
            assertThat(events).containsExactly(new EpollEvent(EPOLLIN, 0x1111_2222_3333_4444L),
                    new EpollEvent(EPOLLIN | EPOLLOUT, 0x5555_6666_7777_8888L));
        }
    }

    @Test
    void shouldTakeTheNumberForTheDataWhenNoneIsGiven() throws ErrnoException {
        epoll.add(counter.fd(), EPOLLIN);
        counter.write(1);
        assertThat(epoll.awaitMillis(events, 0)).isOne();
        assertThat(events.data(0)).isEqualTo(counter.fd());

        epoll.modify(counter, EPOLLIN, 1);
        assertThat(epoll.awaitMillis(events, 0)).isOne();
        assertThat(events.data(0)).isOne();
        epoll.modify(counter, EPOLLIN);
        assertThat(epoll.awaitMillis(events, 0)).isOne();
        assertThat(events.data(0)).isEqualTo(counter.fd());
        epoll.delete(counter);
        epoll.add(counter, EPOLLIN);
        assertThat(epoll.awaitMillis(events, 0)).isOne();
        assertThat(events.data(0)).isEqualTo(counter.fd());
    }

    @Test
    void shouldHoldTheDescriptorWhenItsOwnerIsAdded() throws ErrnoException {
        counter.write(1);
        epoll.add(counter, EPOLLIN, 5);
        assertThat(epoll.awaitMillis(events, 0)).isOne();
        assertThat(events.data(0)).isEqualTo(5);
        counter.close();
        for (ThrowingCallable call : List.<ThrowingCallable>of(() -> epoll.add(counter, EPOLLIN, 5),
                () -> epoll.add(counter, EPOLLIN), () -> epoll.modify(counter, EPOLLIN, 5),
                () -> epoll.modify(counter, EPOLLIN), () -> epoll.delete(counter))) {
            assertThatIllegalStateException().isThrownBy(call).withMessage("EventFd is closed");
        }
    }

    @Test
    @DisplayName("C44: MOD replaces mask and datum; C41: DEL ends the registration")
    void shouldFollowTheRegistrationWhenItChanges() throws ErrnoException {
        counter.write(1);
        epoll.add(counter.fd(), EPOLLIN, 1);
        epoll.modify(counter.fd(), EPOLLOUT, 2);

        assertThat(epoll.awaitMillis(events, 0)).isOne();
        assertThat(events.get(0)).isEqualTo(new EpollEvent(EPOLLOUT, 2));

        epoll.delete(counter.fd());
        assertThat(epoll.awaitMillis(events, 0)).isZero();
    }

    @Test
    @DisplayName("C44: MOD with the same mask reports an edge-triggered descriptor again")
    void shouldReportAgainWhenModifiedUnderEdge() throws ErrnoException {
        counter.write(1);
        epoll.add(counter.fd(), EPOLLIN | EPOLLET, 1);
        assertThat(epoll.awaitMillis(events, 0)).isOne();
        assertThat(epoll.awaitMillis(events, 0)).isZero();

        epoll.modify(counter.fd(), EPOLLIN | EPOLLET, 1);

        assertThat(epoll.awaitMillis(events, 0)).isOne();
    }

    @Test
    @DisplayName("C69: one-shot reports once, stays registered, and MOD arms it")
    void shouldReportOnceWhenOneShot() throws ErrnoException {
        counter.write(1);
        epoll.add(counter.fd(), EPOLLIN | EPOLLONESHOT, 1);
        assertThat(epoll.awaitMillis(events, 0)).isOne();
        counter.write(1);
        assertThat(epoll.awaitMillis(events, 0)).isZero();
        assertErrno(Errno.EEXIST, () -> epoll.add(counter.fd(), EPOLLIN));

        epoll.modify(counter.fd(), EPOLLIN | EPOLLONESHOT, 1);

        assertThat(epoll.awaitMillis(events, 0)).isOne();
    }

    @Test
    @DisplayName("C48: more ready than maxevents: the rest by the next waits, in turn")
    void shouldRotateWhenMoreAreReadyThanFit() throws ErrnoException {
        List<EventFd> counters = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                counters.add(EventFd.open(1));
                epoll.add(counters.get(i).fd(), EPOLLIN, i);
            }
            List<Long> order = new ArrayList<>();
            for (int wait = 0; wait < 5; wait++) {
                assertThat(epoll.await(events, 2, Duration.ZERO)).isEqualTo(2);
                events.forEach(event -> order.add(event.data()));
            }
            assertThat(order).containsExactly(0L, 1L, 2L, 3L, 4L, 0L, 1L, 2L, 3L, 4L);
        } finally {
            counters.forEach(EventFd::close);
        }
    }

    @Test
    @DisplayName("C51, J13: a timeout is never shorter than asked, in milliseconds or below")
    void shouldNotReturnEarlyWhenNothingIsReady() throws ErrnoException {
        for (Duration timeout : List.of(Duration.ofMillis(30), Duration.ofNanos(1_500_000), Duration.ofNanos(1))) {
            long start = System.nanoTime();
            assertThat(epoll.await(events, timeout)).isZero();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(timeout.toNanos());
        }
        long start = System.nanoTime();
        assertThat(epoll.awaitMillis(events, 20)).isZero();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
        start = System.nanoTime();
        assertThat(epoll.awaitNanos(events, 1_500_000)).isZero();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_500_000);
    }

    @Test
    @DisplayName("J2: an instance is itself readable, and can be watched by another")
    void shouldBeReadableWhenItHasAnEvent() throws ErrnoException {
        try (EpollInstance outer = EpollInstance.open()) {
            outer.add(epoll.fd(), EPOLLIN, 1);
            epoll.add(counter.fd(), EPOLLIN, 2);
            assertThat(outer.awaitMillis(events, 0)).isZero();

            counter.write(1);

            assertThat(outer.awaitMillis(events, 0)).isOne();
            assertThat(events.data(0)).isOne();
        }
    }

    @Test
    @DisplayName("C39, C40, C41: EEXIST, ENOENT")
    void shouldThrowWhenTheRegistrationIsNotAsExpected() throws ErrnoException {
        assertErrno(Errno.ENOENT, () -> epoll.modify(counter.fd(), EPOLLIN));
        assertErrno(Errno.ENOENT, () -> epoll.delete(counter.fd()));
        epoll.add(counter.fd(), EPOLLIN);
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> epoll.add(counter, EPOLLIN | EPOLLEXCLUSIVE))
                .withMessage("epoll_ctl(ADD, fd=" + counter.fd() + ", EPOLLIN|EPOLLEXCLUSIVE): EEXIST (File exists)");
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> epoll.modify(closed(), EPOLLIN | EPOLLET))
                .withMessage("epoll_ctl(MOD, fd=2147483647, EPOLLIN|EPOLLET): EBADF (Bad file descriptor)");
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> epoll.delete(closed()))
                .withMessage("epoll_ctl(DEL, fd=2147483647): EBADF (Bad file descriptor)");
    }

    @Test
    @DisplayName("J1: EBADF for a closed number, EINVAL for the instance itself, ELOOP for a cycle")
    void shouldThrowWhenTheDescriptorCannotBeWatched() throws ErrnoException {
        int closed = counter.fd();
        counter.close();
        assertErrno(Errno.EBADF, () -> epoll.add(closed, EPOLLIN));
        assertErrno(Errno.EBADF, () -> epoll.delete(closed));
        assertErrno(Errno.EBADF, () -> epoll.add(-1, EPOLLIN));
        assertErrno(Errno.EINVAL, () -> epoll.add(epoll.fd(), EPOLLIN));
        try (EpollInstance other = EpollInstance.open()) {
            other.add(epoll.fd(), EPOLLIN);
            assertErrno(Errno.ELOOP, () -> epoll.add(other.fd(), EPOLLIN));
        }
    }

    @Test
    @DisplayName("epoll_ctl04: four links of nesting are accepted, the fifth is ELOOP")
    void shouldThrowWhenNestedTooDeep() throws ErrnoException {
        List<EpollInstance> chain = new ArrayList<>();
        try {
            chain.add(EpollInstance.open());
            for (int depth = 1; depth <= 4; depth++) {
                chain.add(EpollInstance.open());
                chain.get(depth).add(chain.get(depth - 1).fd(), EPOLLIN);
            }
            assertErrno(Errno.ELOOP, () -> epoll.add(chain.getLast().fd(), EPOLLIN));
        } finally {
            chain.forEach(OwnedFd::close);
        }
    }

    @Test
    @DisplayName("J3: EPOLLEXCLUSIVE only with add, and not with EPOLLONESHOT")
    void shouldThrowWhenExclusiveIsMisused() throws ErrnoException {
        assertErrno(Errno.EINVAL, () -> epoll.add(counter.fd(), EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT));
        epoll.add(counter.fd(), EPOLLIN | EPOLLEXCLUSIVE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> epoll.modify(counter.fd(), EPOLLIN | EPOLLEXCLUSIVE));
        assertErrno(Errno.EINVAL, () -> epoll.modify(counter.fd(), EPOLLIN));
    }

    @Test
    void shouldThrowWhenMaxEventsIsOutOfRange() {
        assertThatIllegalArgumentException().isThrownBy(() -> epoll.await(events, 0, Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> epoll.await(events, -1, Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> epoll.await(events, 9, Duration.ZERO))
                .withMessage("maxEvents 9 is not in 1..8");
        assertThatIllegalArgumentException().isThrownBy(() -> epoll.await(events, Duration.ofNanos(-1)));
    }

    @Test
    void shouldThrowWhenClosed() {
        events.close();
        assertThatIllegalStateException().isThrownBy(() -> epoll.awaitMillis(events, 0))
                .withMessage("EpollEventArray is closed");
        epoll.close();
        epoll.close();
        epoll.wakeup();
        assertThatIllegalStateException().isThrownBy(() -> epoll.add(counter.fd(), EPOLLIN))
                .withMessage("EpollInstance is closed");
        assertThatIllegalStateException().isThrownBy(epoll::fd);
    }

    @Test
    @DisplayName("C30, epoll_create01, epoll_create02: the size means nothing, but must be positive")
    void shouldIgnoreTheSizeWhenCreatedWithOne() throws IOException {
        for (int size : new int[] {1, Integer.MAX_VALUE}) {
            try (EpollInstance created = EpollInstance.create(size)) {
                created.add(counter.fd(), EPOLLIN);
                created.add(epoll.fd(), EPOLLIN);
                assertThat(Fds.flags(created.fd()) & O_CLOEXEC).isNotZero();
            }
        }
        assertErrno(Errno.EINVAL, () -> EpollInstance.create(0));
        assertErrno(Errno.EINVAL, () -> EpollInstance.create(-1));
    }

    @Test
    void shouldLeaveNoDescriptorWhenOpenedAndClosed() throws IOException {
        long before = Fds.count();
        for (int i = 0; i < 10; i++) {
            try (EpollInstance opened = EpollInstance.open()) {
                assertThat(Fds.flags(opened.fd()) & O_CLOEXEC).isNotZero();
                assertThat(Fds.registrations(opened.fd())).isOne();
            }
        }
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    void shouldKeepBusyPollParametersWhereTheKernelKnowsThem() throws ErrnoException {
        EpollParams params = new EpollParams(64, 8, true);
        try {
            assertThat(epoll.params()).isEqualTo(new EpollParams(0, 0, false));
            epoll.params(params);
            assertThat(epoll.params()).isEqualTo(params);
        } catch (UnsupportedOperationException e) {
            assertThat(e).hasMessageStartingWith("EPIOCGPARAMS needs Linux 6.9 or later");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new EpollParams(-1, 0, false));
        assertThatIllegalArgumentException().isThrownBy(() -> new EpollParams(0, 0x10000, false));
    }

    @Test
    @DisplayName("a negative time is refused, in any unit, since it is often a deadline that has passed")
    void shouldThrowWhenTheTimeoutIsNegative() {
        for (long millis : new long[] {-1, -2, Long.MIN_VALUE}) {
            assertThatIllegalArgumentException().isThrownBy(() -> epoll.awaitMillis(events, millis))
                    .withMessage("negative timeout: " + millis + " ms; without a timeout there is no limit");
            assertThatIllegalArgumentException().isThrownBy(() -> epoll.awaitNanos(events, millis))
                    .withMessage("negative timeout: " + millis + " ns; without a timeout there is no limit");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> epoll.await(events, Duration.ofNanos(-1)))
                .withMessage("negative timeout: PT-0.000000001S");
    }

    @Test
    @DisplayName("epoll_wait(2) EBADF: other code closed the number")
    void shouldThrowWhenOtherCodeClosedTheNumber() throws IOException {
        int high = FdCalls.fcntl(epoll.fd(), unistd_h.F_DUPFD_CLOEXEC, 2000); // no other thread is given it meanwhile
        EpollInstance adopted = EpollInstance.adopt(high);
        FdCalls.close(high);

        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> adopted.awaitMillis(events, 0))
                .withMessage("epoll_wait(epfd=" + high + ", maxevents=8): EBADF (Bad file descriptor)");
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(adopted::params)
                .withMessage("ioctl(EPIOCGPARAMS, epfd=" + high + "): EBADF (Bad file descriptor)");
        assertThatIllegalStateException().isThrownBy(adopted::close);
    }

    @Test
    @DisplayName("adopt takes an epoll descriptor with its registrations, and refuses every other")
    void shouldWaitAndWakeWhenAdopted() throws IOException {
        counter.write(1);
        long before = Fds.count();
        int fd = epollOf(counter);
        try (EpollInstance adopted = EpollInstance.adopt(fd)) {
            assertThat(adopted.fd()).isEqualTo(fd);
            assertThat(Fds.flags(fd) & O_CLOEXEC).isNotZero();
            assertThat(adopted.await(events)).isOne();
            assertThat(events.data(0)).isEqualTo(counter.fd());
            adopted.delete(counter);
            adopted.wakeup();
            assertThat(adopted.await(events)).isZero();
            assertThat(events.isWokenUp()).isTrue();
        }
        assertThat(Fds.count()).isEqualTo(before);
        assertThatIllegalArgumentException().isThrownBy(() -> EpollInstance.adopt(-1))
                .withMessage("not a descriptor: -1");
        assertThatIllegalArgumentException().isThrownBy(() -> EpollInstance.adopt(counter.fd()))
                .withMessage("fd=" + counter.fd() + " is not an epoll instance: it is an eventfd");
        assertThat(counter.read()).as("left open").isOne();
        FdCalls.fcntl(counter.fd(), unistd_h.F_SETFD, 0);
        int flags = Fds.flags(counter.fd());
        assertThatIllegalArgumentException().isThrownBy(() -> EpollInstance.adopt(counter.fd()));
        assertThat(Fds.flags(counter.fd())).as("not changed").isEqualTo(flags);
        assertErrno(Errno.EBADF, () -> EpollInstance.adopt(closed()));
    }

    @Test
    @DisplayName("detach leaves the epoll descriptor and its registrations, without the eventfd")
    void shouldKeepTheRegistrationsWhenDetached() throws IOException {
        long before = Fds.count();
        EpollInstance opened = EpollInstance.open();
        opened.add(counter, EPOLLIN, 7);

        int fd = opened.detach();

        assertThat(Fds.count()).isEqualTo(before + 1);
        assertThat(Fds.registrations(fd)).as("the counter's alone").isOne();
        opened.close();
        try (EpollInstance again = EpollInstance.adopt(fd)) {
            counter.write(1);
            assertThat(again.await(events)).isOne();
            assertThat(events.data(0)).isEqualTo(7);
        }
    }

    private static int closed() {
        return Integer.MAX_VALUE;
    }

    private static int epollOf(OwnedFd registered) throws ErrnoException {
        EpollInstance opened = EpollInstance.open();
        opened.add(registered, EPOLLIN);
        return opened.detach();
    }

    private static void assertErrno(int errno, ThrowingCallable call) {
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(call)
                .satisfies(e -> assertThat(Errno.name(e.errno())).isEqualTo(Errno.name(errno)));
    }
}
