package io.github.epoll4j.reactor;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.EventFd;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LoopMetricsTest {
    private static final Duration NOW = Duration.ZERO;

    private EventLoop loop;

    @BeforeEach
    void open() throws ErrnoException {
        loop = EventLoop.open();
    }

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    @DisplayName("turns, events, empty waits, tasks, those that wait, wake-ups, and timers with how late they were")
    void shouldCountWhenTheLoopTurns() throws IOException {
        LoopMetrics metrics = loop.metrics();
        try (EventFd counter = EventFd.open(1)) {
            loop.turn(NOW);
            loop.register(counter.fd(), EPOLLIN, (registration, events) -> counter.read());
            loop.execute(() -> loop.execute(() -> { }));
            loop.schedule(NOW, () -> { });
            assertThat(metrics.waitingTasks()).isOne();
            loop.turn(NOW);
        }
        assertThat(metrics.turns()).isEqualTo(2);
        assertThat(metrics.emptyWaits()).isOne();
        assertThat(metrics.events()).isOne();
        assertThat(metrics.tasks()).isEqualTo(2);
        assertThat(metrics.waitingTasks()).isZero();
        assertThat(metrics.wakeups()).as("for who waits for the descriptor between two turns").isOne();
        assertThat(metrics.timers()).isOne();
        assertThat(metrics.latestTimer()).isPositive();
    }

    @Test
    void shouldTellWhatThereIsWhenConnectionsComeAndGo() {
        LoopMetrics metrics = loop.metrics();
        metrics.connectionOpened();
        metrics.connectionOpened();
        metrics.connectionClosed();
        metrics.bytesRead(1L << 40);
        metrics.bytesWritten(30);
        metrics.queued(100);
        metrics.queued(-40);
        metrics.acceptRefused();
        metrics.acceptPause();

        assertThat(metrics.connections()).isOne();
        assertThat(metrics.connectionsOpened()).isEqualTo(2);
        assertThat(metrics.bytesRead()).isEqualTo(1L << 40);
        assertThat(metrics.bytesWritten()).isEqualTo(30);
        assertThat(metrics.queuedBytes()).isEqualTo(60);
        assertThat(metrics.acceptsRefused()).isOne();
        assertThat(metrics.acceptPauses()).isOne();
    }

    @Test
    void shouldGiveDifferencesAndRatesWhenTwoSnapshotsAreCompared() throws IOException {
        LoopMetrics metrics = loop.metrics();
        metrics.bytesRead(50);
        metrics.queued(7);
        loop.turn(NOW);
        LoopSnapshot before = metrics.snapshot();
        metrics.bytesRead(100);
        metrics.connectionOpened();
        loop.turn(NOW);
        loop.turn(NOW);
        LoopSnapshot after = metrics.snapshot();
        LoopSnapshot interval = after.since(before);

        assertThat(before.turns()).isOne();
        assertThat(interval.turns()).isEqualTo(2);
        assertThat(interval.emptyWaits()).isEqualTo(2);
        assertThat(interval.bytesRead()).isEqualTo(100);
        assertThat(interval.queuedBytes()).as("what there is").isEqualTo(7);
        assertThat(interval.time()).isEqualTo(after.time().minus(before.time())).isPositive();
        double seconds = interval.time().toNanos() / 1e9;
        assertThat(interval.perSecond(100)).isCloseTo(100 / seconds, within(1e-6 / seconds));
        assertThat(before.since(before).perSecond(100)).isZero();
    }

    @Test
    void shouldDescribeTheCountsInOneLine() {
        LoopSnapshot snapshot = new LoopSnapshot(Duration.ofMillis(2050), 1, 2, 3, 4, 5, 6, 7, Duration.ofNanos(8_000),
                9, 10, 11, 12, 13, 14, 15, 16);

        assertThat(snapshot).hasToString("2.050 s: 1 turns (3 empty), 2 events (9 stale), 4 wake-ups, "
                + "5 tasks (6 wait), 7 timers (latest by 8 us), 15 connections (14 opened, 11 refused, 10 pauses), "
                + "12 bytes read, 13 written, 16 queued");
        loop.metrics().bytesRead(99);
        assertThat(loop.metrics().toString()).contains("99 bytes read");
    }

    @Test
    void shouldDescribeTheTimeInAsciiWhenTheLocaleHasOtherDigits() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.of("fa", "IR"));
        try {
            assertThat(loop.metrics().toString()).matches("\\d+\\.\\d{3} s: .*");
        } finally {
            Locale.setDefault(before);
        }
    }
}
