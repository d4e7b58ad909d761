package io.github.epoll4j.reactor.loop;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.EventFd;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The end of a loop: from anywhere, at any moment, and without losing a task. */
@ParameterizedClass
@EnumSource
@Timeout(60)
class EventLoopCloseTest {
    private static final Duration NOW = Duration.ZERO;
    private static final int POSTERS = 3;
    /** So that the loop has little to catch up with at the end. */
    private static final int MOST_WAITING = 1000;

    @Parameter
    private Mechanism mechanism;

    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private EventLoop loop;

    @BeforeEach
    void open() throws ErrnoException {
        loop = EventLoop.open(mechanism, (failed, source, exception) -> calls.add(exception.toString()));
    }

    private static FutureTask<Void> start(EventLoop loop) {
        FutureTask<Void> run = new FutureTask<>(() -> {
            try {
                loop.run();
            } catch (IllegalStateException e) {
                assertThat(e).as("closed before it ran")
                        .hasMessageMatching("the loop is closed|not on the loop.s thread.*");
            }
            return null;
        });
        Thread.ofPlatform().daemon().name("loop").start(run);
        return run;
    }

    @Test
    @DisplayName("a handler closes the loop: the batch ends there, and run() returns")
    void shouldEndTheBatchWhenAHandlerCloses() throws IOException {
        try (EventFd first = EventFd.open(1); EventFd second = EventFd.open(1)) {
            ReadyHandler closing = (registration, events) -> {
                calls.add("closed");
                loop.execute(() -> calls.add("task"));
                loop.close();
                throw new IOException("after the end");
            };
            loop.register(first.fd(), EPOLLIN, closing);
            loop.register(second.fd(), EPOLLIN, closing);
            loop.schedule(NOW, () -> calls.add("timer"));
            loop.run();
        }
        assertThat(calls).containsExactly("closed", "java.io.IOException: after the end", "task");
    }

    @Test
    void shouldRunNothingMoreWhenATimerCloses() throws IOException {
        loop.schedule(NOW, () -> {
            calls.add("first");
            loop.close();
        });
        LoopTimer second = loop.schedule(NOW, () -> calls.add("second"));
        loop.run();

        assertThat(calls).containsExactly("first");
        assertThat(second.cancel()).isFalse();
    }

    @Test
    void shouldReturnWhenATaskCloses() throws IOException {
        loop.execute(() -> {
            loop.close();
            loop.close();
            calls.add("closed");
        });
        loop.execute(() -> calls.add("task"));
        loop.run();

        assertThat(calls).containsExactly("closed", "task");
    }

    @Test
    @DisplayName("tasks for a loop that nobody turns run when it is closed")
    void shouldRunWaitingTasksWhenClosedWithoutATurn() {
        loop.execute(() -> calls.add("first"));
        loop.execute(() -> calls.add("second"));
        loop.close();

        assertThat(calls).containsExactly("first", "second");
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> loop.execute(() -> { }));
    }

    @Test
    @DisplayName("tasks for a loop whose thread is gone run when it is closed, by the thread that closes it")
    void shouldRunWaitingTasksWhenItsThreadIsGone() throws Exception {
        FutureTask<Integer> turn = new FutureTask<>(() -> loop.runOnce(NOW));
        Thread thread = Thread.ofPlatform().start(turn);
        turn.get(20, TimeUnit.SECONDS);
        thread.join();
        loop.execute(() -> {
            loop.schedule(NOW, () -> calls.add("never"));
            calls.add("task of " + Thread.currentThread().getName());
        });
        loop.close();

        assertThat(calls).containsExactly("task of " + Thread.currentThread().getName());
    }

    @Test
    @DisplayName("stop, close and execute race: each task runs once or is refused, also around sleep")
    void shouldLoseNoTaskWhenTheEndRacesWithPosts() throws Exception {
        loop.close();
        for (int round = 0; round < 150; round++) {
            EventLoop racing = EventLoop.open(mechanism);
            FutureTask<Void> run = start(racing);
            CyclicBarrier barrier = new CyclicBarrier(POSTERS + 1);
            AtomicInteger ran = new AtomicInteger();
            AtomicInteger accepted = new AtomicInteger();
            List<FutureTask<Void>> posters = new ArrayList<>();
            for (int i = 0; i < POSTERS; i++) {
                posters.add(new FutureTask<>(() -> {
                    barrier.await();
                    post(racing, ran, accepted);
                    return null;
                }));
                Thread.ofPlatform().daemon().start(posters.getLast());
            }
            barrier.await();
            while (accepted.get() < round % 10) {
                Thread.onSpinWait();
            }
            if (round % 2 == 0) {
                racing.stop();
            }
            racing.close();
            assertThat(run).succeedsWithin(20, TimeUnit.SECONDS);
            for (FutureTask<Void> poster : posters) {
                poster.get(20, TimeUnit.SECONDS);
            }
            assertThat(ran).as("round " + round).hasValue(accepted.get());
            assertThat(racing.metrics().waitingTasks()).isZero();
        }
    }

    private static void post(EventLoop racing, AtomicInteger ran, AtomicInteger accepted) {
        try {
            while (true) {
                racing.execute(ran::incrementAndGet);
                accepted.incrementAndGet();
                if (accepted.get() - ran.get() > MOST_WAITING) {
                    Thread.yield();
                }
            }
        } catch (RejectedExecutionException e) {
            assertThat(e).hasMessage("the loop has stopped");
        }
    }

    @Test
    @DisplayName("S11-5: eight threads close a running loop at once: each returns when it is closed")
    void shouldCloseOnceWhenManyClose() throws Exception {
        FutureTask<Void> run = start(loop);
        List<FutureTask<Void>> closers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            closers.add(new FutureTask<>(loop::close, null));
            Thread.ofPlatform().daemon().start(closers.getLast());
        }
        for (FutureTask<Void> closer : closers) {
            closer.get(20, TimeUnit.SECONDS);
        }
        run.get(20, TimeUnit.SECONDS);
        assertThat(calls).isEmpty();
    }

    @Test
    @DisplayName("a loop that is closed, or has run, does not run again, nor once")
    void shouldRefuseToRunWhenItHasEnded() throws IOException {
        loop.close();
        for (ThrowingCallable running : List.<ThrowingCallable>of(loop::run, () -> loop.runOnce(NOW))) {
            assertThatIllegalStateException().isThrownBy(running).withMessage("the loop is closed");
        }
        try (EventLoop stopped = EventLoop.open(mechanism)) {
            stopped.stop();
            stopped.run();
            for (ThrowingCallable running : List.<ThrowingCallable>of(stopped::run, () -> stopped.runOnce(NOW))) {
                assertThatIllegalStateException().isThrownBy(running).withMessage("the loop has run already");
            }
        }
    }

    @Test
    @DisplayName("the last tasks of close() cannot watch: not a descriptor, not one cancelled before, no interest")
    void shouldRefuseToWatchWhenTheLastTasksRun() throws IOException {
        try (EventFd watched = EventFd.open(1); EventFd cancelled = EventFd.open(1); EventFd other = EventFd.open(1)) {
            ReadyHandler never = (registration, events) -> calls.add("called");
            Registration first = loop.register(watched.fd(), EPOLLIN, never);
            Registration second = loop.register(cancelled.fd(), EPOLLIN, never);
            loop.execute(() -> {
                second.cancel();
                for (EventFd fd : List.of(cancelled, other)) {
                    assertThatIllegalStateException().isThrownBy(() -> loop.register(fd.fd(), EPOLLIN, never))
                            .withMessage("the loop is closed");
                }
                assertThatIllegalStateException().isThrownBy(() -> first.interest(0));
                assertThatIllegalStateException().isThrownBy(loop::dump);
                calls.add("refused");
            });
            loop.close();
        }
        assertThat(calls).containsExactly("refused");
    }

    @Test
    @DisplayName("a closed loop watches nothing: its own thread is told so by every mechanism")
    void shouldRefuseToWatchWhenClosed() throws IOException {
        loop.close();
        try (EventFd counter = EventFd.open()) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> loop.register(counter.fd(), EPOLLIN, (registration, events) -> { }));
        }
    }
}
