package io.github.epoll4j.reactor.loop;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.EventFd;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
@Timeout(60)
class EventLoopTaskTest {
    private static final Duration NOW = Duration.ZERO;
    private static final Duration LONG = Duration.ofHours(1);

    @Parameter
    private Mechanism mechanism;

    private final List<Throwable> failures = new ArrayList<>();
    private final List<Integer> order = new ArrayList<>();
    private EventLoop loop;

    @BeforeEach
    void open() throws ErrnoException {
        loop = EventLoop.open(mechanism, (failed, source, exception) -> failures.add(exception));
    }

    @AfterEach
    void close() {
        loop.close();
        loop.close();
        assertThat(failures).as("failures that no test asked for").isEmpty();
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
    @DisplayName("S12-3: tasks of another thread wake a sleeping loop and run in order, 10,000 of them")
    void shouldRunEveryTaskInOrderWhenAnotherThreadPosts() throws Exception {
        FutureTask<Void> run = runInThread();
        CountDownLatch done = new CountDownLatch(10_000);
        for (int i = 0; i < 10_000; i++) {
            int number = i;
            loop.execute(() -> {
                order.add(number);
                done.countDown();
            });
        }
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        loop.stop();
        run.get(10, TimeUnit.SECONDS);

        assertThat(order).hasSize(10_000).isSorted();
        assertThat(loop.metrics().tasks()).isEqualTo(10_000);
        assertThat(loop.metrics().wakeups()).isLessThanOrEqualTo(10_000);
    }

    @Test
    @DisplayName("no task is lost around sleep, from four threads")
    void shouldLoseNoTaskWhenTheLoopFallsAsleep() throws Exception {
        FutureTask<Void> run = runInThread();
        List<CompletableFuture<Void>> posters = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            posters.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 2000; i++) {
                    CompletableFuture<Void> ran = new CompletableFuture<>();
                    loop.execute(() -> ran.complete(null));
                    ran.orTimeout(20, TimeUnit.SECONDS).join();
                }
            }, task -> Thread.ofPlatform().daemon().start(task)));
        }
        posters.forEach(CompletableFuture::join);
        loop.stop();
        run.get(10, TimeUnit.SECONDS);

        assertThat(loop.metrics().tasks()).isEqualTo(8000);
    }

    @Test
    @DisplayName("a task that is given while the loop stops runs, or is refused; none disappears")
    void shouldRunOrRefuseWhenTheLoopStops() throws Exception {
        FutureTask<Void> run = runInThread();
        CountDownLatch ran = new CountDownLatch(1);
        loop.execute(ran::countDown);
        assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
        int accepted = 0;
        int before = (int) loop.metrics().tasks();
        loop.stop();
        try {
            while (true) {
                loop.execute(() -> { });
                accepted++;
            }
        } catch (RejectedExecutionException e) {
            assertThat(e).hasMessage("the loop has stopped");
        }
        run.get(10, TimeUnit.SECONDS);

        assertThat(loop.metrics().tasks() - before).isEqualTo(accepted);
    }

    @Test
    @DisplayName("S12-4: timers run by deadline, then by creation, and wake a loop that waits without limit")
    void shouldRunByDeadlineThenCreationWhenTimersAreDue() throws IOException {
        long start = System.nanoTime();
        loop.schedule(Duration.ofMillis(20), () -> order.add(3));
        loop.schedule(NOW, () -> order.add(1));
        loop.schedule(NOW, () -> order.add(2));
        loop.schedule(Duration.ofMillis(20), () -> {
            order.add(4);
            loop.stop();
        });

        loop.run();

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000L);
        assertThat(order).containsExactly(1, 2, 3, 4);
        assertThat(loop.metrics().timers()).isEqualTo(4);
        assertThat(loop.metrics().latestTimer()).isPositive();
    }

    @Test
    @DisplayName("S12-4: cancel is true once, then false; a timer may create and cancel timers")
    void shouldRunNoMoreWhenATimerIsCancelled() throws IOException {
        List<LoopTimer> timers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            timers.add(loop.schedule(NOW, () -> order.add(number)));
        }
        LoopTimer canceller = loop.schedule(NOW, () -> loop.schedule(NOW, () -> order.add(1000)));
        for (int i = 0; i < 100; i += 2) {
            assertThat(timers.get(i).cancel()).isTrue();
            assertThat(timers.get(i).cancel()).isFalse();
        }
        loop.runOnce(NOW);
        loop.runOnce(NOW);

        assertThat(order).hasSize(51).isSorted().allMatch(number -> number == 1000 || number % 2 == 1);
        assertThat(canceller.cancel()).isFalse();
        assertThat(loop.nanosToNextDeadline()).isEqualTo(-1);
    }

    @Test
    @DisplayName("C53, S19-2: a tick goes by deadlines: constant input neither starves it nor speeds it up")
    void shouldTickByDeadlinesWhenInputIsConstant() throws IOException {
        try (EventFd busy = EventFd.open(1)) {
            loop.register(busy.fd(), EPOLLIN, (registration, events) -> { });
            LoopTimer[] tick = new LoopTimer[1];
            tick[0] = loop.scheduleAtFixedRate(Duration.ofMillis(5), Duration.ofMillis(5), () -> {
                order.add(order.size());
                if (order.size() == 10) {
                    assertThat(tick[0].cancel()).isTrue();
                    loop.stop();
                }
            });
            long start = System.nanoTime();
            loop.run();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(50_000_000L);
            assertThat(order).hasSize(10);
            assertThat(loop.metrics().events()).isGreaterThan(10);
        }
    }

    @Test
    void shouldGoOnWhenATaskOrTimerFails() throws IOException {
        loop.execute(() -> {
            throw new IllegalArgumentException("task");
        });
        loop.schedule(NOW, () -> {
            throw new IllegalArgumentException("timer");
        });
        loop.execute(() -> order.add(1));
        loop.runOnce(NOW);

        assertThat(failures).extracting(Throwable::getMessage).containsExactlyInAnyOrder("task", "timer");
        assertThat(order).containsExactly(1);
        failures.clear();
    }

    private int scheduleDeeper(int depth) {
        LoopTimer timer = loop.schedule(Duration.ofDays(1).plusNanos(depth * 7919L % 1000), () -> { });
        loop.schedule(Duration.ofDays(2).minusNanos(depth), () -> { }).cancel();
        if (depth % 3 > 0) {
            timer.cancel();
        }
        return scheduleDeeper(depth + 1) + 1;
    }

    @Test
    @DisplayName("a StackOverflowError inside schedule or cancel leaves the other timers as they were")
    void shouldKeepTheTimersWhenTheStackOverflowsAmongThem() throws Exception {
        FutureTask<Void> run = new FutureTask<>(() -> {
            for (int i = 0; i < 30; i++) {
                int number = i;
                loop.schedule(Duration.ofMillis(i), () -> order.add(number));
                loop.execute(() -> scheduleDeeper(number));
                loop.runOnce(NOW);
            }
            while (order.size() < 30) {
                loop.runOnce(Duration.ofMillis(1));
            }
            return null;
        });
        new Thread(null, run, "small stack", 200 << 10).start();
        run.get(20, TimeUnit.SECONDS);
        assertThat(order).isSorted();
        assertThat(failures).hasSize(30).hasOnlyElementsOfType(StackOverflowError.class);
        failures.clear();
    }

    @Test
    @DisplayName("idle: a loop without timers does not turn")
    void shouldNotTurnWhenNothingHappens() throws Exception {
        FutureTask<Void> run = runInThread();
        CountDownLatch ran = new CountDownLatch(1);
        loop.execute(ran::countDown);
        assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();
        long before = loop.metrics().iterations();

        assertThat(new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS)).isFalse();

        assertThat(loop.metrics().iterations()).isLessThanOrEqualTo(before + 1);
        loop.stop();
        run.get(10, TimeUnit.SECONDS);
    }

    @Test
    void shouldRefuseOtherThreadsWhenItIsTurnedByOne() throws Exception {
        FutureTask<Void> run = runInThread();
        CountDownLatch ran = new CountDownLatch(1);
        loop.execute(ran::countDown);
        assertThat(ran.await(20, TimeUnit.SECONDS)).isTrue();

        assertThat(loop.inLoop()).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> loop.schedule(LONG, () -> { }))
                .withMessageContaining("not on the loop's thread");
        assertThatIllegalStateException().isThrownBy(() -> loop.runOnce(NOW));
        loop.close();
        run.get(10, TimeUnit.SECONDS);
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> loop.execute(() -> { }));
    }

    @Test
    void shouldRefuseWhenTimesAreImpossible() {
        assertThatIllegalArgumentException().isThrownBy(() -> loop.schedule(Duration.ofNanos(-1), () -> { }));
        assertThatIllegalArgumentException().isThrownBy(() -> loop.scheduleAtFixedRate(NOW, NOW, () -> { }));
        assertThatIllegalArgumentException().isThrownBy(() -> loop.runOnce(Duration.ofNanos(-1)));
    }

    @Test
    @DisplayName("embedding: the loop's descriptor and next deadline serve another loop")
    void shouldBeDrivenByAnotherLoopWhenEmbedded() throws IOException {
        if (mechanism != Mechanism.EPOLL) {
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(loop::fd);
            return;
        }
        try (EventLoop outer = EventLoop.open(); EventFd counter = EventFd.open()) {
            loop.register(counter.fd(), EPOLLIN, (registration, events) -> {
                order.add(1);
                counter.read();
            });
            outer.register(loop.fd(), EPOLLIN, (registration, events) -> loop.runOnce(NOW));
            assertThat(outer.runOnce(NOW)).isZero();
            counter.write(1);
            assertThat(outer.runOnce(Duration.ofSeconds(10))).isOne();
            assertThat(order).containsExactly(1);
            loop.schedule(LONG, () -> { });
            assertThat(loop.nanosToNextDeadline()).isPositive();
            loop.execute(() -> { });
            assertThat(loop.nanosToNextDeadline()).isZero();
        }
    }

    @Test
    @DisplayName("embedding: a task of another thread makes the descriptor readable, before and after turns")
    void shouldWakeTheOuterLoopWhenATaskComes() throws Exception {
        if (mechanism != Mechanism.EPOLL) {
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(loop::fd);
            return;
        }
        try (EventLoop outer = EventLoop.open()) {
            outer.register(loop.fd(), EPOLLIN, (registration, events) -> loop.runOnce(NOW));
            for (int i = 0; i < 3; i++) {
                int number = i;
                Thread poster = Thread.ofPlatform().daemon().start(() -> loop.execute(() -> order.add(number)));
                poster.join();
                assertThat(outer.runOnce(Duration.ofSeconds(10))).isOne();
                assertThat(order).hasSize(i + 1);
                assertThat(outer.runOnce(NOW)).as("nothing waits any more").isZero();
            }
        }
    }

    @Test
    @DisplayName("embedding: the descriptor stays readable while more tasks wait than one turn runs")
    void shouldWakeTheOuterLoopAgainWhenTasksAreLeft() throws Exception {
        if (mechanism != Mechanism.EPOLL) {
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(loop::fd);
            return;
        }
        try (EventLoop outer = EventLoop.open()) {
            outer.register(loop.fd(), EPOLLIN, (registration, events) -> loop.runOnce(NOW));
            for (int i = 0; i < 3000; i++) {
                int number = i;
                loop.execute(() -> order.add(number));
            }
            int turns = 0;
            while (order.size() < 3000) {
                assertThat(outer.runOnce(Duration.ofSeconds(10))).isOne();
                turns++;
            }
            assertThat(turns).isGreaterThan(1);
            assertThat(order).isSorted();
            assertThat(outer.runOnce(NOW)).as("nothing waits any more").isZero();
        }
    }
}
