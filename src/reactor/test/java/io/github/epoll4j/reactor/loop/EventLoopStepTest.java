package io.github.epoll4j.reactor.loop;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.EventFd;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Steps, timers, the end and the start of a loop whose clock is the test's. */
@ParameterizedClass
@EnumSource
@Timeout(30)
class EventLoopStepTest {
    private static final Duration NOW = Duration.ZERO;
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Parameter
    private Mechanism mechanism;

    private final List<Throwable> failures = new ArrayList<>();
    private final List<Object> calls = new ArrayList<>();
    private long nanos = Long.MAX_VALUE - 1; // overflows soon
    private EventLoop loop;
    private EventFd first;
    private EventFd second;

    @BeforeEach
    void open() throws ErrnoException {
        loop = EventLoop.open(mechanism, (failed, source, exception) -> failures.add(exception), () -> nanos);
        first = EventFd.open(1);
        second = EventFd.open(1);
    }

    @AfterEach
    void close() {
        loop.close();
        first.close();
        second.close();
        assertThat(failures).as("failures that no test asked for").isEmpty();
    }

    private void advance(Duration time) {
        nanos += time.toNanos();
    }

    @Test
    @DisplayName("rearm reports an edge, and a one-shot event, that is still there once more")
    void shouldReportAgainWhenItIsRearmed() throws IOException {
        int flag = mechanism == Mechanism.EPOLL ? EPOLLET : EPOLLONESHOT;
        Registration registration = loop.register(first.fd(), EPOLLIN | flag, (same, events) -> calls.add("ready"));
        for (int i = 1; i <= 3; i++) {
            loop.runOnce(NOW);
            loop.runOnce(NOW);
            assertThat(calls).hasSize(i);
            registration.rearm();
        }
        assertThat(registration.interest()).isEqualTo(EPOLLIN | flag);
        registration.cancel();
        assertThatIllegalStateException().isThrownBy(registration::rearm);
    }

    @Test
    @DisplayName("a timer shows its remaining time, and runs again after restart, also when it has run")
    void shouldRunAgainWhenATimerIsRestarted() throws IOException {
        LoopTimer timer = loop.schedule(SECOND, () -> calls.add("timer"));
        assertThat(timer.remaining()).isEqualTo(SECOND);
        advance(Duration.ofMillis(700));
        assertThat(timer.remaining()).isEqualTo(Duration.ofMillis(300));
        timer.restart(SECOND);
        assertThat(timer.remaining()).isEqualTo(SECOND);
        advance(Duration.ofMillis(999));
        loop.runOnce(NOW);
        assertThat(calls).isEmpty();
        advance(SECOND);
        assertThat(timer.remaining()).isEqualTo(NOW);
        loop.runOnce(NOW);
        assertThat(calls).hasSize(1);
        assertThat(timer.remaining()).isNull();
        assertThat(timer.cancel()).isFalse();

        timer.restart(NOW);
        loop.runOnce(NOW);
        assertThat(calls).hasSize(2);

        timer.restart(SECOND);
        assertThat(timer.cancel()).isTrue();
        assertThat(timer.remaining()).isNull();
        timer.restart(SECOND);
        advance(SECOND);
        loop.runOnce(NOW);
        assertThat(calls).hasSize(3);
        assertThatIllegalArgumentException().isThrownBy(() -> timer.restart(Duration.ofNanos(-1)));
    }

    @Test
    @DisplayName("a periodic timer that is restarted, also by its own task, goes on from there")
    void shouldGoOnFromThereWhenAPeriodicTimerIsRestarted() throws IOException {
        LoopTimer[] timer = new LoopTimer[1];
        timer[0] = loop.scheduleAtFixedRate(SECOND, SECOND, () -> {
            calls.add("timer");
            if (calls.size() == 1) {
                timer[0].restart(Duration.ofSeconds(5));
            }
        });
        advance(SECOND);
        loop.runOnce(NOW);
        assertThat(timer[0].remaining()).isEqualTo(Duration.ofSeconds(5));
        advance(Duration.ofSeconds(4));
        loop.runOnce(NOW);
        assertThat(calls).hasSize(1);
        advance(SECOND);
        loop.runOnce(NOW);
        assertThat(calls).hasSize(2);
        assertThat(timer[0].remaining()).isEqualTo(SECOND);
    }

    @Test
    @DisplayName("timers follow the clock that the loop was opened with, and nothing else")
    void shouldRunNoTimerWhenTheClockStands() throws IOException {
        loop.schedule(Duration.ofNanos(1), () -> calls.add("timer"));
        for (int i = 0; i < 3; i++) {
            loop.runOnce(Duration.ofMillis(1));
        }
        assertThat(calls).isEmpty();
        assertThat(loop.nanoTime()).isEqualTo(nanos);
        advance(Duration.ofNanos(1));
        loop.runOnce();
        assertThat(calls).hasSize(1);
    }

    @Test
    @DisplayName("an iteration without a limit ends by an event, and by another thread's task")
    void shouldWaitWhenAnIterationHasNoLimit() throws Exception {
        Registration registration = loop.register(first.fd(), EPOLLIN, (same, events) -> calls.add("ready"));
        assertThat(loop.runOnce()).isOne();
        registration.cancel();
        CountDownLatch waits = new CountDownLatch(1);
        Thread other = Thread.ofPlatform().start(() -> {
            try {
                waits.await();
            } catch (InterruptedException e) {
                return;
            }
            loop.execute(() -> calls.add("task"));
        });
        waits.countDown();
        assertThat(loop.runOnce()).isZero();
        other.join();
        assertThat(calls).containsExactly("ready", "task");
    }

    @Test
    @DisplayName("an action after the step runs behind the handler's call, the timers and the tasks, and once")
    void shouldRunAfterEachStepWhenAnActionIsAdded() throws IOException {
        IllegalStateException failure = new IllegalStateException("action");
        for (EventFd fd : List.of(first, second)) {
            loop.register(fd.fd(), EPOLLIN | EPOLLONESHOT, (same, events) -> {
                loop.afterStep(() -> {
                    calls.add("after handler");
                    loop.afterStep(() -> calls.add("and after that"));
                });
                calls.add("handler");
            });
        }
        for (int i = 0; i < 2; i++) {
            loop.schedule(NOW, () -> {
                loop.afterStep(() -> calls.add("after timers"));
                calls.add("timer");
            });
            loop.execute(() -> {
                loop.afterStep(() -> {
                    calls.add("after tasks");
                    throw failure;
                });
                calls.add("task");
            });
        }
        loop.runOnce(NOW);
        loop.runOnce(NOW);
        assertThat(calls).containsExactly("handler", "after handler", "and after that",
                "handler", "after handler", "and after that", "timer", "timer", "after timers", "after timers",
                "task", "task", "after tasks", "after tasks");
        assertThat(failures).containsExactly(failure, failure);
        failures.clear();

        calls.clear();
        loop.afterStep(() -> calls.add("at once"));
        assertThat(calls).containsExactly("at once");
    }

    @Test
    @DisplayName("an action after the step of a handler that throws runs all the same")
    void shouldRunAfterTheStepWhenTheHandlerThrows() throws IOException {
        IllegalStateException failure = new IllegalStateException("handler");
        loop.register(first.fd(), EPOLLIN, (same, events) -> {
            loop.afterStep(() -> calls.add("after"));
            throw failure;
        });
        loop.runOnce(NOW);
        assertThat(calls).containsExactly("after");
        assertThat(failures).containsExactly(failure);
        failures.clear();
    }

    @Test
    @DisplayName("stop listeners are called once, latest first, with the cause, before the last tasks; later, at once")
    void shouldCallStopListenersWhenItStops() throws IOException {
        IOException cause = new IOException("cause");
        IllegalStateException failure = new IllegalStateException("listener");
        loop.addStopListener(same -> calls.add("first " + same.getMessage()));
        loop.addStopListener(same -> {
            loop.execute(() -> calls.add("last task"));
            calls.add("second " + same.getMessage());
            throw failure;
        });
        Consumer<Throwable> removed = same -> calls.add("removed");
        loop.addStopListener(removed);
        loop.removeStopListener(removed);
        loop.execute(() -> loop.stop(cause));
        loop.run();
        assertThat(calls).containsExactly("second cause", "first cause", "last task");
        assertThat(failures).containsExactly(failure);
        failures.clear();
        loop.addStopListener(same -> calls.add("late " + same.getMessage()));
        loop.close();
        assertThat(calls).hasSize(4).last().isEqualTo("late cause");
    }

    @Test
    @DisplayName("the thread of a factory runs the loop, and closes it when it has stopped")
    void shouldRunOnTheThreadOfTheFactoryWhenItIsStarted() throws Exception {
        Thread started = loop.start(task -> new Thread(task, "my-loop"));
        assertThat(loop.thread()).isSameAs(started);
        assertThat(loop).asString().contains(mechanism.name(), "my-loop");
        CountDownLatch run = new CountDownLatch(1);
        loop.execute(() -> {
            calls.add(Thread.currentThread());
            run.countDown();
        });
        run.await();
        assertThat(calls).containsExactly(started);
        assertThatIllegalStateException().isThrownBy(() -> loop.start(Thread::new));
        loop.stop();
        started.join();
        assertThat(loop).asString().contains("closed");
        assertThat(catchThrowable(() -> loop.execute(() -> { })))
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    @DisplayName("a factory that throws or creates no thread leaves the loop to be started or run by another one")
    void shouldBeStartedLaterWhenTheFactoryFails() throws Exception {
        IllegalStateException failure = new IllegalStateException("factory");
        assertThatNullPointerException().isThrownBy(() -> loop.start(task -> null));
        assertThatIllegalStateException().isThrownBy(() -> loop.start(task -> {
            throw failure;
        })).isSameAs(failure);
        assertThatNullPointerException().isThrownBy(() -> loop.start(task -> new Thread(task) {
            @Override
            public void start() {
                throw new NullPointerException("no memory for a thread");
            }
        }));
        loop.execute(() -> calls.add("task"));
        loop.runOnce(NOW);
        assertThat(calls).containsExactly("task");
    }

    @Test
    @DisplayName("no registration in the last tasks, which run after stop as after close")
    void shouldRefuseToRegisterWhenTheLastTasksRun() throws Exception {
        loop.execute(loop::close);
        loop.execute(() -> assertThatIllegalStateException()
                .isThrownBy(() -> loop.register(first.fd(), EPOLLIN, (same, events) -> calls.add("ready"))));
        loop.execute(() -> calls.add("task"));
        loop.runOnce(NOW);
        assertThat(calls).containsExactly("task");
    }
}
