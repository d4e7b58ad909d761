package io.github.epoll4j.fd;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.internal.gen.unistd.unistd_h.O_CLOEXEC;
import static io.github.epoll4j.internal.gen.unistd.unistd_h.O_NONBLOCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class TimerFdTest {
    private static final Duration SOON = Duration.ofMillis(20);
    private static final Duration FAR = Duration.ofHours(1);
    private static final long LONG_WAIT_MILLIS = 20_000;

    private long descriptors;
    private EpollInstance epoll;
    private EpollEventArray events;

    @BeforeEach
    void open() throws IOException {
        descriptors = Fds.count();
        epoll = EpollInstance.open();
        events = EpollEventArray.allocate(4);
    }

    @AfterEach
    void close() throws IOException {
        events.close();
        epoll.close();
        assertThat(Fds.count()).as("open descriptors").isEqualTo(descriptors);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("timerfd01: a relative timer fires once, not early, and reads 1, then 0")
    void shouldFireOnceWhenATimeHasPassed(TimerFd.Clock clock) throws ErrnoException {
        try (TimerFd timer = TimerFd.open(clock)) {
            epoll.add(timer.fd(), EPOLLIN, 7);
            assertThat(timer.clock()).isEqualTo(clock);
            assertThat(epoll.awaitMillis(events, 0)).as("disarmed").isZero();
            long start = System.nanoTime();

            timer.after(FAR);
            assertThat(timer.read()).as("armed").isZero();
            timer.after(SOON);

            assertThat(epoll.awaitMillis(events, LONG_WAIT_MILLIS)).isOne();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(SOON);
            assertThat(events).containsExactly(new EpollEvent(EPOLLIN, 7));
            assertThat(timer.remaining()).isZero();
            assertThat(timer.read()).isOne();
            assertThat(timer.read()).isZero();
            assertThat(epoll.awaitMillis(events, 0)).as("read").isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("timerfd01: an absolute timer goes by its clock's own time")
    void shouldFireWhenTheClockShowsTheTime(TimerFd.Clock clock) throws ErrnoException {
        try (TimerFd timer = TimerFd.open(clock)) {
            epoll.add(timer.fd(), EPOLLIN);
            long time = timer.nowNanos() + SOON.toNanos();

            timer.atNanos(time);

            assertThat(timer.remaining()).isLessThanOrEqualTo(SOON);
            assertThat(epoll.awaitMillis(events, LONG_WAIT_MILLIS)).isOne();
            assertThat(timer.nowNanos()).isGreaterThanOrEqualTo(time);
            assertThat(timer.read()).isOne();
        }
    }

    @Test
    void shouldFireWhenItIsTheTimeOfDay() throws ErrnoException {
        try (TimerFd timer = TimerFd.open(TimerFd.Clock.REALTIME)) {
            epoll.add(timer.fd(), EPOLLIN);
            Instant time = Instant.now().plus(SOON);

            timer.at(time);

            assertThat(epoll.awaitMillis(events, LONG_WAIT_MILLIS)).isOne();
            assertThat(Instant.now()).isAfterOrEqualTo(time);
            assertThat(timer.read()).isOne();
            timer.atUnlessClockSet(Instant.now().plus(SOON));
            assertThat(epoll.awaitMillis(events, LONG_WAIT_MILLIS)).isOne();
            assertThat(timer.read()).isOne();
        }
    }

    @Test
    @DisplayName("timerfd01: a periodic timer counts every expiration, read or not")
    void shouldCountTheExpirationsWhenPeriodic() throws ErrnoException {
        try (TimerFd timer = TimerFd.open()) {
            Duration period = Duration.ofMillis(5);
            long start = timer.nowNanos();
            timer.every(period);
            epoll.await(events, period.multipliedBy(8));

            long expirations = timer.read();
            long passed = timer.nowNanos() - start;

            assertThat(expirations).isGreaterThanOrEqualTo(7).isLessThanOrEqualTo(passed / period.toNanos());
            assertThat(timer.remaining()).isPositive().isLessThanOrEqualTo(period);
        }
    }

    @Test
    void shouldWaitForTheFirstTimeWhenItDiffersFromThePeriod() throws ErrnoException {
        try (TimerFd timer = TimerFd.open()) {
            epoll.add(timer.fd(), EPOLLIN);
            timer.every(FAR, SOON);
            assertThat(timer.remaining()).as("until the first time").isBetween(FAR.minusMinutes(1), FAR);
            timer.every(SOON, FAR);

            assertThat(epoll.awaitMillis(events, LONG_WAIT_MILLIS)).isOne();
            assertThat(timer.read()).isOne();
            assertThat(timer.remaining()).isBetween(FAR.minusMinutes(1), FAR);
            timer.every(Duration.ZERO, FAR);
            assertThat(epoll.awaitMillis(events, LONG_WAIT_MILLIS)).as("a first time of zero").isOne();
        }
    }

    @Test
    @DisplayName("zero and the past fire at once, although zero would disarm in C")
    void shouldFireAtOnceWhenTheTimeIsZeroOrPast() throws ErrnoException {
        try (TimerFd timer = TimerFd.open(TimerFd.Clock.REALTIME)) {
            timer.after(Duration.ZERO);
            assertFires(timer);
            for (long past : new long[] {0, 1, -1, Long.MIN_VALUE}) {
                timer.atNanos(past);
                assertFires(timer);
            }
            for (Instant past : new Instant[] {Instant.EPOCH, Instant.EPOCH.minusNanos(1), Instant.MIN}) {
                timer.at(past);
                assertFires(timer);
            }
        }
    }

    private void assertFires(TimerFd timer) throws ErrnoException {
        epoll.add(timer.fd(), EPOLLIN);
        assertThat(epoll.awaitMillis(events, LONG_WAIT_MILLIS)).isOne();
        assertThat(timer.read()).isOne();
        epoll.delete(timer.fd());
    }

    @Test
    void shouldStayArmedWhenTheTimeIsAsFarAsCanBe() throws ErrnoException {
        try (TimerFd timer = TimerFd.open(TimerFd.Clock.REALTIME)) {
            Duration aCentury = Duration.ofDays(36_500);
            timer.after(Duration.ofSeconds(Long.MAX_VALUE));
            assertThat(timer.remaining()).isGreaterThan(aCentury);
            timer.at(Instant.MAX);
            assertThat(timer.remaining()).isGreaterThan(aCentury);
            timer.atNanos(Long.MAX_VALUE);
            assertThat(timer.remaining()).isGreaterThan(aCentury);
            assertThat(timer.read()).isZero();
        }
    }

    @Test
    void shouldForgetWhatHasExpiredWhenCancelledOrArmedAgain() throws ErrnoException {
        try (TimerFd timer = TimerFd.open()) {
            epoll.add(timer.fd(), EPOLLIN);
            timer.after(Duration.ZERO);
            assertThat(epoll.awaitMillis(events, LONG_WAIT_MILLIS)).isOne();

            timer.cancel();

            assertThat(epoll.awaitMillis(events, 0)).isZero();
            assertThat(timer.read()).isZero();
            timer.after(Duration.ZERO);
            assertThat(epoll.awaitMillis(events, LONG_WAIT_MILLIS)).isOne();
            timer.after(FAR);
            assertThat(timer.read()).isZero();
            assertThat(timer.remaining()).isBetween(FAR.minusMinutes(1), FAR);
            timer.cancel();
            assertThat(timer.remaining()).isZero();
        }
    }

    @Test
    @DisplayName("under edge trigger an unread periodic timer gives one event; reading it lets the next one come")
    void shouldGiveOneEventWhenUnreadUnderEdgeTrigger() throws ErrnoException {
        try (TimerFd timer = TimerFd.open()) {
            Duration period = Duration.ofMillis(5);
            epoll.add(timer.fd(), EPOLLIN | EPOLLET);
            timer.every(period);
            assertThat(epoll.awaitMillis(events, LONG_WAIT_MILLIS)).isOne();

            assertThat(epoll.await(events, period.multipliedBy(6))).as("unread").isZero();

            assertThat(timer.read()).as("the missed ones are counted").isGreaterThan(5);
            assertThat(epoll.awaitMillis(events, LONG_WAIT_MILLIS)).as("read").isOne();
            timer.every(period);
            assertThat(epoll.awaitMillis(events, LONG_WAIT_MILLIS)).as("armed again").isOne();
            timer.remaining();
            assertThat(epoll.awaitMillis(events, LONG_WAIT_MILLIS)).as("asked, which goes on too").isOne();
        }
    }

    @Test
    @DisplayName("timerfd_settime02: arming with CANCEL_ON_SET from two threads does no harm")
    void shouldStaySoundWhenArmedByTwoThreads() throws Exception {
        try (TimerFd timer = TimerFd.open(TimerFd.Clock.REALTIME)) {
            Thread other = Thread.ofPlatform().start(() -> armOftenUnchecked(timer));
            armOftenUnchecked(timer);
            other.join(TimeUnit.SECONDS.toMillis(20));

            timer.at(Instant.now());
            assertFires(timer);
        }
    }

    private static void armOftenUnchecked(TimerFd timer) {
        try {
            for (int i = 0; i < 10_000; i++) {
                timer.atUnlessClockSet(Instant.MAX);
                timer.at(Instant.MAX);
            }
        } catch (ErrnoException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldRefuseWhenATimeMakesNoSense() throws ErrnoException {
        try (TimerFd timer = TimerFd.open()) {
            assertThatIllegalArgumentException().isThrownBy(() -> timer.after(Duration.ofNanos(-1)));
            assertThatIllegalArgumentException().isThrownBy(() -> timer.every(Duration.ZERO));
            assertThatIllegalArgumentException().isThrownBy(() -> timer.every(SOON, Duration.ZERO));
            assertThatIllegalArgumentException().isThrownBy(() -> timer.every(SOON.negated(), SOON));
            assertThatIllegalArgumentException().isThrownBy(() -> timer.at(Instant.now()))
                    .withMessageContaining("MONOTONIC");
            assertThatIllegalArgumentException().isThrownBy(() -> timer.atUnlessClockSet(Instant.now()));
            assertThat(timer.remaining()).isZero();
        }
    }

    @Test
    @DisplayName("timerfd02: close-on-exec and non-blocking")
    void shouldBeCloseOnExecAndNonBlockingWhenOpened() throws IOException {
        try (TimerFd timer = TimerFd.open()) {
            assertThat(Fds.flags(timer.fd())).matches(flags -> (flags & O_CLOEXEC) != 0, "close-on-exec")
                    .matches(flags -> (flags & O_NONBLOCK) != 0, "non-blocking");
        }
    }

    @Test
    void shouldRefuseWhenClosed() throws ErrnoException {
        TimerFd timer = TimerFd.open();
        timer.close();

        assertThatIllegalStateException().isThrownBy(() -> timer.after(SOON)).withMessage("TimerFd is closed");
        assertThatIllegalStateException().isThrownBy(timer::cancel);
        assertThatIllegalStateException().isThrownBy(timer::remaining);
        assertThatIllegalStateException().isThrownBy(timer::read);
    }
}
