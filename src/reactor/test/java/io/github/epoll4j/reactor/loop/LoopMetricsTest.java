package io.github.epoll4j.reactor.loop;

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
    @DisplayName("iterations, events, empty waits, tasks run and waiting, wake-ups, and timers with their delay")
    void shouldCountWhenTheLoopIterates() throws IOException {
        try (EventFd counter = EventFd.open(1)) {
            loop.runOnce(NOW);
            loop.register(counter.fd(), EPOLLIN, (registration, events) -> counter.read());
            loop.execute(() -> loop.execute(() -> { }));
            loop.schedule(NOW, () -> { });
            assertThat(loop.metrics().waitingTasks()).isOne();
            loop.runOnce(NOW);
        }
        LoopMetrics metrics = loop.metrics();
        assertThat(metrics.iterations()).isEqualTo(2);
        assertThat(metrics.emptyWaits()).isOne();
        assertThat(metrics.events()).isOne();
        assertThat(metrics.tasks()).isEqualTo(2);
        assertThat(metrics.waitingTasks()).isZero();
        assertThat(metrics.wakeups()).as("for a wait for the descriptor between two iterations").isOne();
        assertThat(metrics.timers()).isOne();
        assertThat(metrics.latestTimer()).isPositive();
    }

    @Test
    void shouldReturnDifferencesAndRatesWhenTwoMomentsAreCompared() throws IOException {
        loop.runOnce(NOW);
        LoopMetrics before = loop.metrics();
        loop.runOnce(NOW);
        loop.runOnce(NOW);
        LoopMetrics after = loop.metrics();
        LoopMetrics interval = after.since(before);

        assertThat(before.iterations()).isOne();
        assertThat(interval.iterations()).isEqualTo(2);
        assertThat(interval.emptyWaits()).isEqualTo(2);
        assertThat(interval.time()).isEqualTo(after.time().minus(before.time())).isPositive();
        double seconds = interval.time().toNanos() / 1e9;
        assertThat(interval.perSecond(100)).isCloseTo(100 / seconds, within(1e-6 / seconds));
        assertThat(before.since(before).perSecond(100)).isZero();
    }

    @Test
    void shouldDescribeTheCountsInOneLine() {
        LoopMetrics metrics =
                new LoopMetrics(Duration.ofMillis(2050), 1, 2, 3, 9, 4, 5, 6, 7, Duration.ofNanos(8_000));

        assertThat(metrics).hasToString("2.050 s: 1 iterations (3 empty), 2 events (9 stale), 4 wake-ups, "
                + "5 tasks (6 wait), 7 timers (latest by 8 us)");
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
