package io.github.epoll4j.contract;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.LibC;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.internal.gen.epoll.epoll_h;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each errno of epoll_wait and its younger sisters that an ordinary process can provoke. */
class WaitErrnoTest {
    private static final boolean AARCH64 = System.getProperty("os.arch").equals("aarch64");
    private static final long SYS_EPOLL_PWAIT = AARCH64 ? 22 : 281;
    private static final long SIGSET_SIZE = 8;

    private Arena arena;
    private OwnedFd epoll;
    private EventFd counter;
    private MemorySegment events;

    @BeforeEach
    void open() throws IOException {
        arena = Arena.ofConfined();
        events = arena.allocate(128);
        epoll = Raw.epoll();
        counter = EventFd.open();
    }

    @AfterEach
    void close() {
        counter.close();
        epoll.close();
        arena.close();
    }

    private void makeReady(int trigger) throws IOException {
        counter.write(1);
        assertThat(Raw.ctl(epoll.fd(), Raw.ADD, counter.fd(), EPOLLIN | trigger)).isEqualTo("0");
    }

    @Test
    @DisplayName("K48, K49, K50, C48, epoll_wait03: no descriptor EBADF, not an epoll EINVAL, maxevents 0 "
            + "and -1 EINVAL")
    void shouldAnswerTheErrnoWhenAnArgumentIsWrong() {
        assertThat(Raw.wait(-1, events, 1, 0)).isEqualTo("EBADF");
        assertThat(Raw.wait(900, events, 1, 0)).isEqualTo("EBADF");
        assertThat(Raw.wait(counter.fd(), events, 1, 0)).isEqualTo("EINVAL");
        assertThat(Raw.wait(epoll.fd(), events, -1, 0)).isEqualTo("EINVAL");
        assertThat(Raw.wait(epoll.fd(), events, 0, 0)).isEqualTo("EINVAL");
        assertThat(Raw.wait(epoll.fd(), events, 1, 0)).isEqualTo("0");
    }

    @Test
    @DisplayName("K50: the library refuses a maxevents that is not within the array, before the kernel sees it")
    void shouldRefuseMaxEventsWhenOutOfRange() throws IOException {
        try (EpollInstance instance = EpollInstance.open(); EpollEventArray array = EpollEventArray.allocate(2)) {
            for (int maxEvents : new int[] {-1, 0, 3}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> instance.await(array, maxEvents, Duration.ZERO));
            }
        }
    }

    @Test
    @DisplayName("K51: maxevents has an upper bound too: what of it fits into 2 GB")
    void shouldRefuseMaxEventsWhenTheBytesPassAnInt() {
        int most = Integer.MAX_VALUE / (AARCH64 ? 16 : 12);
        assertThat(Raw.wait(epoll.fd(), events, most, 0)).isEqualTo("0");
        assertThat(Raw.wait(epoll.fd(), events, most + 1, 0)).isEqualTo("EINVAL");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, EPOLLET})
    @DisplayName("K52, K75: a NULL array is EFAULT only when there is something to report; and that is not "
            + "lost, edge too")
    void shouldAnswerEfaultWhenSomethingIsReady(int trigger) throws IOException {
        assertThat(Raw.wait(epoll.fd(), MemorySegment.NULL, 1, 0)).isEqualTo("0");
        makeReady(trigger);
        assertThat(Raw.wait(epoll.fd(), MemorySegment.NULL, 1, 0)).isEqualTo("EFAULT");
        assertThat(Raw.wait(epoll.fd(), events, 1, 0)).isEqualTo("1");
    }

    @Test
    @DisplayName("K53: an array beyond what a process may address is EFAULT at once")
    void shouldAnswerEfaultWhenTheArrayIsOutOfBounds() {
        assertThat(Raw.wait(epoll.fd(), LibC.BAD_POINTER, 1, 0)).isEqualTo("EFAULT");
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "0, -1", "0, 1000000000"})
    @DisplayName("K57, epoll_pwait05: a time that is none is EINVAL for epoll_pwait2")
    void shouldRefuseTheTimeWhenItIsNone(long seconds, long nanos) {
        assumeTrue(Raw.hasPwait2(), "no epoll_pwait2");
        assertThat(Raw.name(Raw.pwait2(epoll.fd(), events, 1, time(seconds, nanos))))
                .isEqualTo("EINVAL");
    }

    private MemorySegment time(long seconds, long nanos) {
        return arena.allocateFrom(ValueLayout.JAVA_LONG, seconds, nanos);
    }

    @Test
    @DisplayName("K58: an unreadable time is EFAULT for epoll_pwait2")
    void shouldAnswerEfaultWhenTheTimeIsUnreadable() {
        assumeTrue(Raw.hasPwait2(), "no epoll_pwait2");
        assertThat(Raw.name(Raw.pwait2(epoll.fd(), events, 1, LibC.BAD_POINTER)))
                .isEqualTo("EFAULT");
    }

    @Test
    @DisplayName("K67: epoll_pwait2 without a time waits without limit, and does not write the time that is left")
    void shouldLeaveTheTimeWhenItReturns() throws IOException {
        assumeTrue(Raw.hasPwait2(), "no epoll_pwait2");
        MemorySegment time = time(0, 5_000_000);
        assertThat(Raw.pwait2(epoll.fd(), events, 1, time)).isZero();
        assertThat(time.getAtIndex(ValueLayout.JAVA_LONG, 1)).isEqualTo(5_000_000);
        makeReady(0);
        assertThat(Raw.pwait2(epoll.fd(), events, 1, MemorySegment.NULL)).isOne();
    }

    @Test
    @DisplayName("K55, K77: the raw call wants a signal set of 8 bytes, and asks for its size only if there is one")
    void shouldRefuseTheSetWhenItsSizeIsWrong() {
        MemorySegment set = arena.allocate(128);
        assertThat(pwait(set, SIGSET_SIZE)).isEqualTo("0");
        assertThat(pwait(set, 4)).isEqualTo("EINVAL");
        assertThat(pwait(set, 128)).isEqualTo("EINVAL");
        assertThat(pwait(MemorySegment.NULL, 128)).isEqualTo("0");
    }

    private String pwait(MemorySegment set, long size) {
        return Raw.name(LibC.call("syscall", SYS_EPOLL_PWAIT, (long) epoll.fd(), events, 1L, 0L, set, size));
    }

    @Test
    @DisplayName("K56, epoll_pwait04: an unreadable signal set is EFAULT")
    void shouldAnswerEfaultWhenTheSetIsUnreadable() {
        assertThat(Raw.name(LibC.call("epoll_pwait", epoll.fd(), events, 1, 0, LibC.BAD_POINTER))).isEqualTo("EFAULT");
        assertThat(Raw.name(LibC.call("epoll_pwait2", epoll.fd(), events, 1, time(0, 0), LibC.BAD_POINTER)))
                .isEqualTo("EFAULT");
    }

    @Test
    @DisplayName("epoll_pwait02: data that is there is an event for each of the three waits")
    void shouldReportWhenDataIsThere() throws IOException {
        makeReady(0);
        assertThat(LibC.call("epoll_pwait", epoll.fd(), events, 1, -1, MemorySegment.NULL)).isOne();
        assertThat(LibC.call("epoll_pwait2", epoll.fd(), events, 1, time(1, 0), MemorySegment.NULL)).isOne();
        assertThat(Raw.wait(epoll.fd(), events, 1, -1)).isEqualTo("1");
    }

    @Test
    @DisplayName("K60, C51: every negative timeout waits without limit")
    void shouldWaitWhenTheTimeoutIsNegative() throws Exception {
        try (OwnedFd instance = Raw.epoll(); EventFd waking = EventFd.open()) {
            Raw.ctl(instance.fd(), epoll_h.EPOLL_CTL_ADD, waking.fd(), EPOLLIN);
            for (int timeout : new int[] {-1, -2, -5, Integer.MIN_VALUE}) {
                Crowd crowd = new Crowd(1, () -> Raw.wait(instance.fd(), events, 1, timeout));
                crowd.awaitBlocked();
                waking.write(1);
                assertThat(crowd.next()).isEqualTo("1");
                waking.read();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pipe reader, empty", "tcp, idle", "udp, idle", "unix stream, idle", "eventfd, zero",
        "timerfd, disarmed", "epoll, nothing ready", "inotify, nothing", "signalfd, nothing pending", "pidfd, running"})
    @DisplayName("epoll_pwait06: times from 100 ms down to 1 ns and 0 end, on every kind of descriptor")
    void shouldEndWhenTheTimeIsTiny(String what) throws Exception {
        Conditions conditions = new Conditions();
        String[] kindAndCondition = what.split(", ", 2);
        try (EpollInstance instance = EpollInstance.open(); EpollEventArray array = EpollEventArray.allocate(1)) {
            instance.add(conditions.make(kindAndCondition[0], kindAndCondition[1]), EPOLLIN);
            for (long nanos = 100_000_000; nanos >= 0; nanos = nanos == 0 ? -1 : nanos / 10) {
                long start = System.nanoTime();
                assertThat(instance.await(array, Duration.ofNanos(nanos))).isZero();
                assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
            }
        } finally {
            conditions.close();
        }
    }
}
