package io.github.epoll4j.reactor.loop;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The four ways to run a loop, its timers over many turns, and a handler that moves between reading and writing. */
@ParameterizedClass
@EnumSource
@Timeout(60)
class LoopModesTest {
    private static final Duration NOW = Duration.ZERO;
    private static final Duration PERIOD = Duration.ofMillis(5);

    @Parameter
    private Mechanism mechanism;

    private final List<Integer> order = new ArrayList<>();
    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.open(mechanism, (failed, source, exception) -> order.add(-1));
    }

    @AfterEach
    void close() {
        loop.close();
        assertThat(order).as("failures").doesNotContain(-1);
    }

    private FutureTask<Void> runInThread() {
        FutureTask<Void> run = new FutureTask<>(() -> {
            loop.run();
            return null;
        });
        Thread.ofPlatform().daemon().name("loop").start(run);
        return run;
    }

    @Test
    @DisplayName("S12-3: 10,000 posts while the loop is busy are one wake-up at most, and run in order")
    void shouldCoalesceWakeupsWhenManyPost() throws Exception {
        FutureTask<Void> run = runInThread();
        CountDownLatch posted = new CountDownLatch(1);
        loop.execute(() -> {
            try {
                posted.await();
            } catch (InterruptedException e) {
                order.add(-1);
            }
        });
        for (int i = 0; i < 10_000; i++) {
            int number = i;
            loop.execute(() -> order.add(number));
        }
        loop.execute(loop::stop);
        posted.countDown();
        run.get(20, TimeUnit.SECONDS);

        assertThat(order).hasSize(10_000).isSorted();
        assertThat(loop.metrics().wakeups()).isLessThanOrEqualTo(2);
    }

    @Test
    @DisplayName("S19-1, C52: a loop that waits for ever takes no turn and no CPU while no client speaks")
    void shouldSleepWhenNothingHappens() throws Exception {
        Thread[] thread = new Thread[1];
        FutureTask<Void> run = runInThread();
        CountDownLatch ran = new CountDownLatch(1);
        loop.execute(() -> {
            thread[0] = Thread.currentThread();
            ran.countDown();
        });
        assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
        long turns = loop.metrics().iterations();
        long before = cpuNanos(thread[0]);

        assertThat(new CountDownLatch(1).await(1, TimeUnit.SECONDS)).isFalse();

        assertThat(cpuNanos(thread[0]) - before).isBetween(0L, 49_999_999L);
        assertThat(loop.metrics().iterations()).isLessThanOrEqualTo(turns + 1);
        loop.stop();
        run.get(20, TimeUnit.SECONDS);
    }

    private static long cpuNanos(Thread thread) throws ReflectiveOperationException {
        Object threads = Class.forName("java.lang.management.ManagementFactory").getMethod("getThreadMXBean")
                .invoke(null);
        return (long) Class.forName("java.lang.management.ThreadMXBean").getMethod("getThreadCpuTime", long.class)
                .invoke(threads, thread.threadId());
    }

    @Test
    @DisplayName("S19-2, S13-5: the world moves on without input: every tick is on the grid of deadlines, none drifts")
    void shouldTickOnTheGridWhenThereIsNoInput() throws IOException {
        LoopTimer[] tick = new LoopTimer[1];
        long[] first = new long[1];
        tick[0] = loop.scheduleAtFixedRate(PERIOD, PERIOD, () -> {
            assertOnGrid(tick[0].deadlineNanos - first[0]);
            order.add(order.size());
            if (order.size() == 3) {
                long start = System.nanoTime();
                while (System.nanoTime() - start < 3 * PERIOD.toNanos()) {
                    Thread.onSpinWait(); // a tick that takes longer than its period
                }
            }
            if (order.size() == 20) {
                loop.stop();
            }
        });
        first[0] = tick[0].deadlineNanos;
        long start = System.nanoTime();
        loop.run();

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20 * PERIOD.toNanos());
        assertThat(order).hasSize(20);
        assertThat(loop.metrics().iterations()).as("it sleeps between ticks").isLessThanOrEqualTo(60);
    }

    private static void assertOnGrid(long nanos) {
        if (nanos % PERIOD.toNanos() != 0) {
            throw new IllegalStateException(nanos + " ns is not on the grid");
        }
    }

    @Test
    @DisplayName("S19-3: a busy program looks in with zero between slices of its work, and never waits")
    void shouldNotWaitWhenTheTimeoutIsZero() throws IOException {
        try (EventFd input = EventFd.open()) {
            loop.register(input.fd(), EPOLLIN, (registration, events) -> order.add((int) input.read()));
            for (int slice = 1; slice <= 100; slice++) {
                if (slice % 10 == 0) {
                    input.write(slice);
                }
                assertThat(loop.runOnce(NOW)).isEqualTo(slice % 10 == 0 ? 1 : 0);
            }
        }
        assertThat(order).containsExactly(10, 20, 30, 40, 50, 60, 70, 80, 90, 100);
        assertThat(loop.metrics().emptyWaits()).isEqualTo(90);
    }

    @Test
    @DisplayName("S19-4: a dedicated thread waits, and hands what it reads over to the rest of the program")
    void shouldHandOverWhenTheLoopHasAThreadOfItsOwn() throws Exception {
        try (EventFd input = EventFd.open(); EventLoop main = EventLoop.open(mechanism)) {
            loop.register(input.fd(), EPOLLIN, (registration, events) -> {
                int value = (int) input.read();
                main.execute(() -> {
                    order.add(value);
                    main.stop();
                });
            });
            FutureTask<Void> run = runInThread();
            input.write(42);
            main.run();
            loop.stop();
            run.get(20, TimeUnit.SECONDS);
        }
        assertThat(order).containsExactly(42);
    }

    @Test
    @DisplayName("S12-4: a loop that sleeps wakes for the nearest of its timers, whatever the order of their creation")
    void shouldWakeForTheNearestWhenTimersWait() throws IOException {
        loop.schedule(Duration.ofHours(1), () -> order.add(-1));
        loop.schedule(Duration.ofMillis(40), () -> {
            order.add(2);
            loop.stop();
        });
        LoopTimer cancelled = loop.schedule(Duration.ofMillis(1), () -> order.add(-1));
        loop.schedule(Duration.ofMillis(20), () -> {
            order.add(1);
            loop.schedule(Duration.ofMillis(1), () -> order.add(3));
        });
        assertThat(cancelled.cancel()).isTrue();
        loop.run();

        assertThat(order).startsWith(1).contains(2);
        assertThat(loop.metrics().iterations()).isLessThanOrEqualTo(6);
    }

    @Test
    @DisplayName("S19, embedding: a plain epoll waits for the loop's descriptor and its next deadline")
    void shouldServeWhenAnotherEpollWaitsForIt() throws IOException {
        assumeTrue(mechanism == Mechanism.EPOLL, "only epoll has a descriptor");
        try (EpollInstance outer = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(4);
                EventFd input = EventFd.open()) {
            outer.add(loop.fd(), EPOLLIN);
            loop.register(input.fd(), EPOLLIN, (registration, mask) -> order.add((int) input.read()));
            loop.schedule(Duration.ofMillis(10), () -> order.add(2));
            input.write(1);
            while (order.size() < 2) {
                outer.await(events, Duration.ofNanos(loop.nanosToNextDeadline()));
                loop.runOnce(NOW);
            }
        }
        assertThat(order).containsExactly(1, 2);
        assertThat(loop.nanosToNextDeadline()).isEqualTo(-1);
        assertThat(loop.metrics().iterations()).as("no turn without a reason").isLessThanOrEqualTo(5);
    }

    @Test
    @DisplayName("S08-2: echo by MOD between IN and OUT: two for each chunk, IN is not reported while OUT is armed")
    void shouldEchoByModifyingTwiceForEachChunk() throws IOException {
        int chunks = 5;
        int[] modified = new int[1];
        ByteBuffer buffer = ByteBuffer.allocateDirect(4);
        try (SocketPair<UnixStream> pair = SocketPair.open()) {
            pair.first().write(ByteBuffer.allocateDirect(4 * chunks).put(new byte[4 * chunks]).flip());
            loop.register(pair.second().fd(), EPOLLIN, (registration, events) -> {
                assertThat(events).as("what is not armed").isEqualTo(registration.interest());
                if (events == EPOLLIN) {
                    pair.second().read(buffer.clear());
                    buffer.flip();
                } else {
                    pair.second().write(buffer);
                }
                modified[0]++;
                registration.interest(events == EPOLLIN ? EPOLLOUT : EPOLLIN);
            });
            for (int i = 0; i < 2 * chunks; i++) {
                assertThat(loop.runOnce(NOW)).isOne();
            }
            assertThat(loop.runOnce(NOW)).isZero();
            ByteBuffer back = ByteBuffer.allocateDirect(100);
            assertThat(pair.first().read(back)).isEqualTo(4 * chunks);
        }
        assertThat(modified[0]).isEqualTo(2 * chunks);
    }

    @Test
    @DisplayName("S08-5: a hang-up comes to the handler, who removes itself, and nothing is reported any more")
    void shouldReportNothingMoreWhenAHangUpRemovesTheHandler() throws IOException {
        try (Pipe pipe = Pipe.open()) {
            loop.register(pipe.readFd(), EPOLLIN, (registration, events) -> {
                order.add(events & (EPOLLIN | EPOLLHUP));
                registration.cancel();
            });
            pipe.closeWrite();
            loop.runOnce(NOW);
            loop.runOnce(NOW);
        }
        // select tells a hang-up as readable
        assertThat(order).containsExactly(mechanism == Mechanism.SELECT ? EPOLLIN : EPOLLHUP);
        assertThat(loop.registrations()).isZero();
    }
}
