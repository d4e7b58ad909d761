package io.github.epoll4j.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.LibC;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.Waiters;
import io.github.epoll4j.contract.Raw;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.select.select_h;
import io.github.epoll4j.internal.gen.select.timeval;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SelectTest {
    private EventFd empty;
    private EventFd full;

    @BeforeEach
    void open() throws ErrnoException {
        empty = EventFd.open();
        full = EventFd.open(1);
    }

    @AfterEach
    void close() {
        empty.close();
        full.close();
    }

    @Test
    @DisplayName("S16-2, C4, C14: a wait overwrites the set with what is ready, so that the next one misses the rest")
    void shouldKeepOnlyTheReadyWhenItReturns() throws ErrnoException {
        FdSet interest = setOf(empty, full);
        FdSet used = interest.copy();

        assertThat(Select.selectMillis(used, null, null, 0)).isOne();

        assertThat(used.isSet(full.fd())).isTrue();
        assertThat(used.isSet(empty.fd())).isFalse();
        full.read();
        empty.write(1);
        assertThat(Select.selectMillis(used, null, null, 0)).as("the used set").isZero();
        assertThat(Select.selectMillis(interest.copy(), null, null, 0)).as("a fresh copy").isOne();
    }

    @Test
    @DisplayName("C13: the result counts bits: readable and writable is 2")
    void shouldCountBitsWhenOneDescriptorIsInTwoSets() throws ErrnoException {
        FdSet read = setOf(full, empty);
        FdSet write = setOf(full);

        assertThat(Select.select(read, write, null)).isEqualTo(2);
        assertThat(read.count()).isOne();
        assertThat(write.count()).isOne();
    }

    @Test
    @DisplayName("S16-3, C12, C10: a timeout empties the sets and is never shorter than asked; three nulls are a sleep")
    void shouldWaitAsLongAsAskedWhenNothingIsReady() throws ErrnoException {
        for (Duration timeout : List.of(Duration.ofMillis(20), Duration.ofNanos(1_200_300), Duration.ofNanos(1))) {
            FdSet read = setOf(empty);
            long start = System.nanoTime();
            assertThat(Select.select(read, null, null, timeout)).isZero();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(timeout.toNanos());
            assertThat(read.count()).isZero();
        }
        long start = System.nanoTime();
        assertThat(Select.selectMillis(null, null, null, 15)).isZero();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(15_000_000);
        FdSet read = setOf(empty);
        start = System.nanoTime();
        assertThat(Select.selectNanos(read, null, null, 1_200_300)).isZero();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_200_300);
        assertThat(read.count()).isZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Select.select(null, null, null, Duration.ofNanos(-1)));
    }

    @Test
    @DisplayName("C12: without a limit it waits until something happens")
    void shouldReturnWhenItBecomesReady() throws Exception {
        FutureTask<Integer> waiter = Waiters.start(() -> Select.select(setOf(empty), null, null));
        Waiters.awaitBlockedInNative(waiter);

        empty.write(1);

        assertThat(waiter.get(10, TimeUnit.SECONDS)).isOne();
    }

    @Test
    @DisplayName("C13, select03: a closed descriptor is EBADF, and leaves the sets as they were")
    void shouldLeaveTheSetsWhenADescriptorIsClosed() throws ErrnoException {
        FdSet read = setOf(full, empty);
        FdSet write = setOf(full);
        FdSet expected = read.copy();
        int closed = empty.fd();
        empty.close();

        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> Select.selectMillis(read, write, null, 0))
                .returns(Errno.EBADF, ErrnoException::errno)
                .returns("select", ErrnoException::syscall)
                .withMessage("select(nfds=%d, fd=%d): EBADF (Bad file descriptor)", read.highest() + 1, closed);
        assertThat(read).hasToString(expected.toString());
        assertThat(write.isSet(full.fd())).isTrue();
    }

    @Test
    @DisplayName("C1: the kernel takes a set of any size: a descriptor numbered 3000")
    void shouldSelectANumberBeyondFdSetsizeWhenTheSetIsLarge() throws IOException {
        try (OwnedFd high = LibC.duplicateTo(full.fd(), 3000)) {
            FdSet read = FdSet.allocate(4096);
            read.set(high.fd());
            FdSet small = setOf(full);

            assertThat(Select.selectMillis(read, small, null, 0)).as("with a set of another size").isEqualTo(2);
            assertThat(read).hasToString("FdSet{3000}");
            assertThat(small.isSet(full.fd())).isTrue();
        }
    }

    @Test
    @DisplayName("select(2) BUGS: beyond the descriptor table the kernel leaves stale bits; here they are EBADF")
    void shouldThrowWhenTheNumberIsBeyondTheDescriptorTable() {
        int beyond = 1 << 20;
        FdSet read = FdSet.allocate(beyond + 1);
        read.set(full.fd());
        read.set(beyond);

        FdSet raw = read.copy();
        MemorySegment bitmap = raw.begin(beyond + 1);
        MemorySegment zero = Arena.ofAuto().allocate(timeval.SIZEOF, Long.BYTES);
        int kernelSays = Raw.call(errno -> select_h.select(
                errno, beyond + 1, bitmap, MemorySegment.NULL, MemorySegment.NULL, zero));
        assertThat(kernelSays).as("the kernel alone").isOne();
        assertThat(raw.isSet(beyond)).as("the kernel alone").isTrue();

        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> Select.selectMillis(read, null, null, 0))
                .returns(Errno.EBADF, ErrnoException::errno)
                .withMessageContaining(", fd=" + beyond + ")");
        assertThat(read.isSet(full.fd()) && read.isSet(beyond)).as("the set is as before").isTrue();
        read.clear(full.fd());
        assertThatExceptionOfType(ErrnoException.class).as("a wait without limit, in which nothing else is ready")
                .isThrownBy(() -> Select.select(read, null, null))
                .returns(Errno.EBADF, ErrnoException::errno);
    }

    @Test
    @DisplayName("C15: Linux writes the time left to the timeout; the caller's Duration is untouched, call after call")
    void shouldHideTheTimeLeftWhenItReturnsEarly() throws ErrnoException {
        CallState state = new CallState();
        MemorySegment time = state.scratch();
        long seconds = 1_000_000;
        time.set(ValueLayout.JAVA_LONG, 0, seconds);
        time.set(ValueLayout.JAVA_LONG, 8, 0);
        int nfds = full.fd() + 1;
        MemorySegment bitmap = setOf(full).begin(nfds);
        int ready = Raw.call(errno -> select_h.select(
                errno, nfds, bitmap, MemorySegment.NULL, MemorySegment.NULL, time));
        assertThat(ready).isOne();
        assertThat(time.get(ValueLayout.JAVA_LONG, 0)).as("seconds left in the raw timeval")
                .isPositive().isLessThan(seconds);

        Duration timeout = Duration.ofMillis(15);
        for (int i = 0; i < 2; i++) {
            long start = System.nanoTime();
            assertThat(Select.select(setOf(empty), null, null, timeout)).isZero();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(timeout.toNanos());
        }
    }

    @Test
    void shouldRefuseWhenOneSetIsPassedTwice() {
        FdSet set = setOf(full);

        assertThatIllegalArgumentException().isThrownBy(() -> Select.selectMillis(set, set, null, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Select.selectMillis(set, null, set, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Select.selectMillis(null, set, set, 0));
    }

    @Test
    @DisplayName("a negative time is refused, in milliseconds and nanoseconds as well; the largest one is no limit")
    void shouldThrowWhenTheTimeoutIsNegative() throws ErrnoException {
        for (long millis : new long[] {-1, -2, Long.MIN_VALUE}) {
            assertThatIllegalArgumentException().isThrownBy(() -> Select.selectMillis(null, null, null, millis))
                    .withMessage("negative timeout: " + millis + " ms; without a timeout there is no limit");
            assertThatIllegalArgumentException().isThrownBy(() -> Select.selectNanos(null, null, null, millis))
                    .withMessage("negative timeout: " + millis + " ns; without a timeout there is no limit");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Select.select(null, null, null, Duration.ofNanos(-1)));
        assertThat(Select.selectMillis(setOf(full), null, null, Long.MAX_VALUE)).isOne();
        assertThat(Select.selectNanos(setOf(full), null, null, Long.MAX_VALUE)).isOne();
    }

    private static FdSet setOf(OwnedFd... descriptors) {
        FdSet set = FdSet.allocate();
        for (OwnedFd descriptor : descriptors) {
            set.set(descriptor.fd());
        }
        return set;
    }
}
