package io.github.epoll4j.poll;

import static io.github.epoll4j.poll.PollFlags.POLLIN;
import static io.github.epoll4j.poll.PollFlags.POLLNVAL;
import static io.github.epoll4j.poll.PollFlags.POLLOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.LibC;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.Waiters;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PollTest {
    private EventFd empty;
    private EventFd full;
    private PollFdArray fds;

    @BeforeEach
    void open() throws ErrnoException {
        empty = EventFd.open();
        full = EventFd.open(1);
        fds = PollFdArray.allocate(2);
    }

    @AfterEach
    void close() {
        empty.close();
        full.close();
        fds.close();
    }

    @Test
    @DisplayName("toString has the ready entries, and at most eight of them")
    void shouldShowTheReadyEntriesWhenLogged() throws ErrnoException {
        PollFdArray fds = PollFdArray.allocate(1);
        try (fds; EventFd ready = EventFd.open(1); EventFd idle = EventFd.open()) {
            assertThat(fds).hasToString("PollFdArray[0 of 0 ready]");
            fds.add(idle, POLLIN);
            fds.add(ready, POLLIN);
            Poll.poll(fds);
            String entry = "PollFd[fd=" + ready.fd() + ", POLLIN of POLLIN]";
            assertThat(fds).hasToString("PollFdArray[1 of 2 ready: " + entry + "]");
            for (int i = 0; i < 8; i++) {
                fds.add(ready, POLLIN);
            }
            Poll.poll(fds);
            assertThat(fds).hasToString("PollFdArray[9 of 10 ready: " + (entry + ", ").repeat(8) + "...]");
        }
        assertThat(fds).hasToString("PollFdArray[closed]");
    }

    @Test
    @DisplayName("poll01: each entry tells what is ready, and the result counts entries, not bits")
    void shouldReportEntriesWhenSomeAreReady() throws ErrnoException {
        fds.add(empty.fd(), POLLIN);
        fds.add(full.fd(), POLLIN | POLLOUT);
        fds.add(empty.fd(), POLLOUT);

        assertThat(Poll.poll(fds)).isEqualTo(2);

        assertThat(fds.revents(0)).isZero();
        assertThat(fds.ready()).containsExactly(
                new PollFd(2, empty.fd(), POLLOUT, POLLOUT, empty.fd()),
                new PollFd(1, full.fd(), POLLIN | POLLOUT, POLLIN | POLLOUT, full.fd()));
        assertThat(fds.nextReady(0)).isOne();
        assertThat(fds.nextReady(3)).isEqualTo(-1);
    }

    @Test
    @DisplayName("J9, poll04: a closed descriptor is POLLNVAL in its entry, and counts; a negative one is skipped")
    void shouldReportNvalWhenADescriptorIsClosed() throws ErrnoException {
        fds.add(full.fd(), POLLIN);
        fds.add(empty.fd(), 0);
        fds.add(~full.fd(), POLLIN);
        empty.close();

        assertThat(Poll.pollMillis(fds, 0)).isEqualTo(2);

        assertThat(fds.revents(1)).isEqualTo(POLLNVAL);
        assertThat(fds.revents(2)).isZero();
        assertThat(fds.ready()).first().matches(PollFd::isInvalid);
    }

    @Test
    @DisplayName("J9: the same number may stand twice")
    void shouldReportBothWhenADescriptorStandsTwice() throws ErrnoException {
        fds.add(full.fd(), POLLIN);
        fds.add(full.fd(), POLLOUT);

        assertThat(Poll.pollMillis(fds, 0)).isEqualTo(2);
    }

    @Test
    @DisplayName("ppoll01 c: a timeout is never shorter than asked, in milliseconds or below")
    void shouldWaitAsLongAsAskedWhenNothingIsReady() throws ErrnoException {
        fds.add(empty.fd(), POLLIN);
        for (Duration timeout : List.of(Duration.ofMillis(20), Duration.ofNanos(1_200_300), Duration.ofNanos(1))) {
            long start = System.nanoTime();
            assertThat(Poll.poll(fds, timeout)).isZero();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(timeout.toNanos());
        }
        long start = System.nanoTime();
        assertThat(Poll.pollMillis(fds, 15)).isZero();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(15_000_000);
        start = System.nanoTime();
        assertThat(Poll.pollNanos(fds, 1_200_300)).isZero();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_200_300);
        assertThat(fds.ready()).isEmpty();
    }

    @Test
    void shouldReturnWhenItBecomesReady() throws Exception {
        fds.add(empty.fd(), POLLIN);
        FutureTask<Integer> waiter = Waiters.start(() -> Poll.poll(fds, Duration.ofSeconds(Long.MAX_VALUE)));
        Waiters.awaitBlockedInNative(waiter);

        empty.write(1);

        assertThat(waiter.get(10, TimeUnit.SECONDS)).isOne();
    }

    @Test
    @DisplayName("C2: more entries than select has bits, and a number beyond FD_SETSIZE")
    void shouldTakeManyEntriesWhenTheArrayGrows() throws IOException {
        try (OwnedFd high = LibC.duplicateTo(full.fd(), 1500)) {
            for (int i = 0; i < 1999; i++) {
                fds.add(empty.fd(), POLLIN);
            }
            fds.add(high.fd(), POLLIN);

            assertThat(fds.size()).isEqualTo(2000);
            assertThat(fds.capacity()).isGreaterThanOrEqualTo(2000);
            assertThat(Poll.pollMillis(fds, 0)).isOne();
            assertThat(fds.nextReady(0)).isEqualTo(1999);
        }
    }

    @Test
    @DisplayName("poll(2) EINVAL: more entries than the process may have descriptors, and nothing is ready then")
    void shouldThrowWhenThereAreMoreEntriesThanDescriptorsAllowed() throws ErrnoException {
        assumeTrue(Fds.limit() < 1 << 20, "RLIMIT_NOFILE is too high to be passed");
        fds.add(full.fd(), POLLIN);
        assertThat(Poll.pollMillis(fds, 0)).isOne();
        for (long i = 0; i <= Fds.limit(); i++) {
            fds.add(-1, POLLIN);
        }

        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> Poll.pollMillis(fds, 0))
                .returns(Errno.EINVAL, ErrnoException::errno)
                .returns("poll", ErrnoException::syscall);
        assertThat(fds.ready()).isEmpty();
        assertThat(fds.nextReady(0)).isEqualTo(-1);
    }

    @Test
    void shouldMoveTheLastEntryWhenOneIsRemoved() throws ErrnoException {
        fds.add(empty.fd(), POLLIN);
        fds.add(-1, POLLIN);
        fds.add(full.fd(), POLLIN);
        assertThat(Poll.pollMillis(fds, 0)).isOne();

        fds.remove(0);

        assertThat(fds.size()).isEqualTo(2);
        assertThat(fds.fd(0)).isEqualTo(full.fd());
        assertThat(fds.ready()).containsExactly(new PollFd(0, full.fd(), POLLIN, POLLIN, full.fd()));
        fds.remove(0);
        assertThat(fds.ready()).isEmpty();
        assertThat(fds.fd(0)).isEqualTo(-1);
    }

    @Test
    void shouldFollowTheEntryWhenItChanges() throws ErrnoException {
        int index = fds.add(full.fd(), POLLIN);
        Poll.pollMillis(fds, 0);

        fds.change(index, full.fd(), POLLOUT);
        assertThat(fds.revents(index)).isZero();
        assertThat(fds.ready()).isEmpty();
        assertThat(Poll.pollMillis(fds, 0)).isOne();
        assertThat(fds.revents(index)).isEqualTo(POLLOUT);
        assertThat(fds.events(index)).isEqualTo(POLLOUT);

        fds.change(index, ~full.fd(), POLLOUT);
        assertThat(Poll.pollMillis(fds, 0)).isZero();
    }

    @Test
    @DisplayName("a negative time is refused, in milliseconds and nanoseconds as well; the largest one is no limit")
    void shouldThrowWhenTheTimeoutIsNegative() throws ErrnoException {
        fds.add(-1, POLLIN);
        for (long millis : new long[] {-1, -2, Long.MIN_VALUE}) {
            assertThatIllegalArgumentException().isThrownBy(() -> Poll.pollMillis(fds, millis))
                    .withMessage("negative timeout: " + millis + " ms; without a timeout there is no limit");
            assertThatIllegalArgumentException().isThrownBy(() -> Poll.pollNanos(fds, millis))
                    .withMessage("negative timeout: " + millis + " ns; without a timeout there is no limit");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> Poll.poll(fds, Duration.ofNanos(-1)));
        fds.add(Integer.MAX_VALUE, POLLIN);
        assertThat(Poll.pollMillis(fds, Long.MAX_VALUE)).as("POLLNVAL").isOne();
        assertThat(Poll.pollNanos(fds, Long.MAX_VALUE)).as("POLLNVAL").isOne();
    }

    @Test
    @DisplayName("the user's 64 bits go with their entry, as epoll's do; without any they are the number")
    void shouldKeepTheDataWhenEntriesMove() throws ErrnoException {
        for (int i = 0; i < 5; i++) {
            assertThat(fds.add(i == 3 ? empty : full, POLLIN, i - 1L << 40)).isEqualTo(i);
        }
        fds.add(full, POLLIN);
        fds.add(full.fd(), POLLIN);

        fds.remove(0);
        fds.change(1, empty, POLLOUT, 77);
        fds.change(2, full.fd(), POLLIN, Long.MIN_VALUE);

        assertThat(fds.data(0)).isEqualTo(full.fd());
        assertThat(fds.data(1)).isEqualTo(77);
        assertThat(fds.data(2)).isEqualTo(Long.MIN_VALUE);
        assertThat(Poll.pollMillis(fds, 0)).isEqualTo(5);
        assertThat(fds.ready()).extracting(PollFd::data)
                .containsExactly((long) full.fd(), 3L << 40, Long.MIN_VALUE, 77L, (long) full.fd());
        fds.change(1, empty, POLLOUT);
        assertThat(fds.data(1)).isEqualTo(empty.fd());
    }

    @Test
    @DisplayName("an iteration gives all ready entries, whatever is done to the array in it")
    void shouldGiveAllReadyEntriesWhenTheBodyChangesTheArray() throws ErrnoException {
        for (int i = 0; i < 3; i++) {
            fds.add(full, POLLIN, i);
            fds.add(empty, POLLIN, 100 + i);
        }
        List<Long> seen = new ArrayList<>();
        assertThat(Poll.pollMillis(fds, 0)).isEqualTo(3);
        for (PollFd ready : fds.ready()) {
            assertThat(fds.data(ready.index())).as("the index in the loop").isEqualTo(ready.data());
            seen.add(ready.data());
            fds.remove(ready.index());
        }
        assertThat(seen).containsExactly(2L, 1L, 0L);
        assertThat(fds.size()).isEqualTo(3);
        assertThat(fds.ready()).isEmpty();

        seen.clear();
        fds.add(full, POLLIN, 8);
        fds.add(full, POLLIN, 9);
        assertThat(Poll.pollMillis(fds, 0)).isEqualTo(2);
        for (PollFd ready : fds.ready()) {
            seen.add(ready.data());
            while (fds.size() > 0) {
                fds.remove(0);
            }
            fds.add(full, POLLIN);
            Poll.pollMillis(fds, 0);
        }
        assertThat(seen).containsExactly(9L, 8L);
    }

    @Test
    @DisplayName("the count of a wait is checked against the memory that the kernel gets")
    void shouldRefuseWhenTheCountIsBeyondTheMemory() {
        assertThat(fds.begin(2).byteSize()).isEqualTo(16);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> fds.begin(3));
    }

    @Test
    @DisplayName("after close each method throws IllegalStateException")
    void shouldRefuseWhenClosed() {
        fds.add(full, POLLIN);
        fds.close();

        for (ThrowingCallable use : List.<ThrowingCallable>of(fds::capacity, fds::size, () -> fds.fd(0),
                () -> fds.events(0), () -> fds.revents(0), () -> fds.data(0), () -> fds.nextReady(0), fds::ready,
                () -> fds.add(full, POLLIN), () -> fds.change(0, full, POLLIN), () -> fds.remove(0))) {
            assertThatIllegalStateException().isThrownBy(use).withMessage("PollFdArray is closed");
        }
        full.close();
        try (PollFdArray other = PollFdArray.allocate(1)) {
            assertThatIllegalStateException().isThrownBy(() -> other.add(full, POLLIN))
                    .withMessage("EventFd is closed");
            assertThat(other.size()).isZero();
        }
    }

    @Test
    void shouldRefuseWhenMisused() {
        fds.add(full.fd(), POLLIN);

        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> fds.revents(1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> fds.remove(-1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> fds.change(1, 0, POLLIN));
        assertThatIllegalArgumentException().isThrownBy(() -> fds.add(0, 0x10000));
        assertThat(fds.size()).as("after a refused entry").isOne();
        assertThatIllegalArgumentException().isThrownBy(() -> PollFdArray.allocate(0));
        assertThatIllegalArgumentException().isThrownBy(() -> Poll.poll(fds, Duration.ofNanos(-1)));
        fds.close();
        fds.close();
        assertThatIllegalStateException().isThrownBy(() -> Poll.pollMillis(fds, 0))
                .withMessage("PollFdArray is closed");
    }
}
