package io.github.epoll4j.reactor.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.testing.ChildJvm;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The watchdog's log lines, in a JVM whose log is its standard error. */
@Timeout(60)
class LoopWatchdogTest {
    @Test
    @DisplayName("a step that is longer than the limit is logged once with its stack; a loop that waits is not")
    void shouldLogOnceWhenALoopIsBlocked() throws Exception {
        ChildJvm.Result result = ChildJvm.of(Blocked.class).onClassPath().run();
        assertThat(result.lines()).containsExactly("blocked 1", "blocked 2", "blocked 3");
        assertThat(lines(result, "EventLoop[EPOLL, reactor-loop-0] is blocked for more than PT")).isEqualTo(3);
        assertThat(lines(result, "is blocked")).isEqualTo(3);
        assertThat(lines(result, "WARNING")).isEqualTo(3);
        assertThat(lines(result, "Blocked.holdTheLoop(")).isEqualTo(3);
    }

    private static long lines(ChildJvm.Result result, String text) {
        return result.err().lines().filter(line -> line.contains(text)).count();
    }

    @Test
    @DisplayName("its thread ends with the loops, and by close; a limit of zero is refused")
    void shouldEndWhenTheLoopsAreClosed() throws Exception {
        EventLoop loop = EventLoop.open();
        LoopWatchdog ended = LoopWatchdog.start(Duration.ofMillis(1), List.of(loop));
        LoopWatchdog closed = LoopWatchdog.start(Duration.ofHours(1), List.of(loop));
        assertThat(ended.thread().isAlive()).isTrue();
        closed.close();
        closed.close();
        closed.thread().join();
        loop.close();
        ended.thread().join();
        assertThatIllegalArgumentException().isThrownBy(() -> LoopWatchdog.start(Duration.ZERO, List.of(loop)));
    }

    /** Two loops: one is blocked three times, until each is logged, and sleeps between; the other one only sleeps. */
    static final class Blocked {
        private static final ByteArrayOutputStream LOG = new ByteArrayOutputStream();
        private static final long LIMIT_SECONDS = 30;

        private Blocked() {
        }

        public static void main(String[] args) throws Exception {
            PrintStream err = System.err;
            System.setErr(new PrintStream(LOG, true, StandardCharsets.UTF_8));
            try (Reactor reactor = Reactor.open(
                    ReactorConfig.DEFAULT.withLoops(2).withBlockedLoopLimit(Duration.ofMillis(200)))) {
                EventLoop loop = reactor.loops().getFirst();
                for (int i = 1; i <= 3; i++) {
                    int count = i;
                    long before = loop.metrics().iterations();
                    while (loop.metrics().iterations() == before) { // each time another iteration
                        CompletableFuture.runAsync(() -> { }, loop).get();
                    }
                    CompletableFuture.runAsync(() -> holdTheLoop(count), loop).get();
                    System.out.println("blocked " + i);
                }
            }
            err.print(LOG.toString(StandardCharsets.UTF_8));
        }

        private static void holdTheLoop(int count) {
            long start = System.nanoTime();
            while (LOG.toString(StandardCharsets.UTF_8).split("Blocked.holdTheLoop", -1).length <= count) {
                if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(LIMIT_SECONDS)) {
                    return;
                }
                Thread.onSpinWait();
            }
        }
    }
}
