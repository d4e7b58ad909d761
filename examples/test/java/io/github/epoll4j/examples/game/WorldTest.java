package io.github.epoll4j.examples.game;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.FailureHandler;
import io.github.epoll4j.reactor.loop.Mechanism;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class WorldTest {
    @ParameterizedTest
    @CsvSource({"false, 100", "true, 1", "true, 7", "true, 250"})
    @DisplayName("S13-5: with no input, and under constant input, 20 ticks are due in 2 s, and late ones do not drift")
    void shouldTickByDeadlines(boolean hasInput, int stepMillis) throws Exception {
        AtomicLong nanos = new AtomicLong();
        AtomicInteger inputs = new AtomicInteger();
        try (PlayerStore store = PlayerStore.open(null, 1);
                SocketPair<UnixStream> pair = SocketPair.open();
                EventLoop loop = EventLoop.open(Mechanism.EPOLL, FailureHandler.LOGGING, nanos::get)) {
            World world = new World(loop, store, store.ids());
            GameServer.schedule(loop, world, new GameServer.Times(Duration.ofMillis(100), Duration.ZERO,
                    Duration.ofSeconds(10)));
            if (hasInput) {
                pair.second().write(ByteBuffer.allocateDirect(1)); // is never read
                loop.register(pair.first().fd(), EPOLLIN, (registration, events) -> inputs.incrementAndGet());
            }
            int steps = 0;
            while (nanos.get() < Duration.ofSeconds(2).toNanos()) {
                nanos.addAndGet(Duration.ofMillis(stepMillis).toNanos());
                loop.runOnce(Duration.ZERO);
                steps++;
            }
            assertThat(inputs).hasValue(hasInput ? steps : 0);
            // steps of 250 ms skip ticks that were missed altogether
            assertThat(world.ticks()).isEqualTo(stepMillis > 100 ? steps : 20);
        }
    }
}
