package io.github.epoll4j.reactor.worker;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.testing.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The end of a pool, and work that is submitted. */
class WorkerPoolCloseTest extends WorkerPoolFixture {
    /** Notes its end. */
    private abstract class Noting implements WorkHandler {
        @Override
        public void onEnded(WorkRegistration registration, Throwable cause) {
            assertThat(loop.inLoop()).isTrue();
            calls.add("ended " + (cause == null ? "" : cause.getMessage()));
        }
    }

    @Test
    @DisplayName("S18: a thread that cannot be started: those before it end, and none is left behind")
    void shouldEndTheThreadsWhenOneCannotBeStarted() throws Exception {
        Thread started = Thread.ofPlatform().start(() -> { });
        started.join();
        List<Thread> made = new ArrayList<>();
        ThreadFactory factory = task -> {
            made.add(made.size() == 2 ? started : Thread.ofPlatform().unstarted(task));
            return made.getLast();
        };

        assertThatExceptionOfType(IllegalThreadStateException.class)
                .isThrownBy(() -> WorkerPool.open(4, 1, factory));

        for (Thread thread : made.subList(0, 2)) {
            assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
        }
        assertThat(made).hasSize(3);
    }

    @Test
    @DisplayName("S10-7: an orderly close does what waits")
    void shouldDoWhatWaitsWhenClosed() throws Exception {
        for (int i = 0; i < 10; i++) {
            EventFd counter = ready();
            pool.register(loop, counter.fd(), EPOLLIN, (registration, events) -> {
                passGate();
                calls.add("read " + counter.read());
            });
        }
        runUntil(() -> pool.waiting() == 7);
        FutureTask<Void> close = new FutureTask<>(pool::close, null);
        Thread.ofPlatform().daemon().start(close);
        gate.countDown();
        close.get(20, TimeUnit.SECONDS);

        assertThat(calls).hasSize(10);
        assertThat(pool.waiting() + pool.inFlight()).isZero();
        EventFd counter = ready();
        assertThatIllegalStateException()
                .isThrownBy(() -> pool.register(loop, counter.fd(), EPOLLIN, (registration, events) -> { }))
                .withMessage("WorkerPool is closed");
    }

    @Test
    @DisplayName("S10-7: an immediate close does not: what waits ends, and workers are interrupted")
    void shouldEndWhatWaitsWhenClosedNow() throws IOException {
        CountDownLatch working = new CountDownLatch(WORKERS);
        for (int i = 0; i < 10; i++) {
            pool.register(loop, ready().fd(), EPOLLIN, new Noting() {
                @Override
                public void work(WorkRegistration registration, int events) {
                    working.countDown();
                    passGate();
                }
            });
        }
        runUntil(() -> pool.waiting() == 7 && working.getCount() == 0);
        assertThat(pool.closeNow()).isEqualTo(7);
        runUntil(() -> calls.size() == 10 + WORKERS);

        assertThat(calls.stream().filter("interrupted"::equals)).hasSize(WORKERS);
        assertThat(calls.stream().filter("ended WorkerPool is closed"::equals)).hasSize(10);
        assertThat(loop.registrations()).isZero();
    }

    @Test
    @DisplayName("submitted work: its result or failure is taken on the loop's thread; a full queue is told")
    void shouldTakeTheResultOnTheLoopWhenWorkIsSubmitted() throws IOException {
        pool.close();
        pool = pool(1, 1);
        CountDownLatch working = new CountDownLatch(1);
        BiConsumer<Object, Throwable> note = (value, cause) -> {
            assertThat(loop.inLoop()).isTrue();
            calls.add(value + " " + cause);
        };
        assertThat(pool.submit(loop, () -> Thread.currentThread().getName(), note)).isTrue();
        runUntil(() -> calls.size() == 1 && pool.inFlight() == 0);
        assertThat(pool.submit(loop, () -> {
            throw new IOException("no");
        }, note)).isTrue();
        runUntil(() -> calls.size() == 2 && pool.inFlight() == 0);
        assertThat(calls).containsExactly("worker-0 null", "null java.io.IOException: no");

        assertThat(pool.submit(loop, () -> {
            working.countDown();
            passGate();
            return "slow";
        }, note)).isTrue();
        runUntil(() -> working.getCount() == 0);
        assertThat(pool.submit(loop, () -> "waits", note)).isTrue();
        assertThat(pool.submit(loop, () -> "no room", note)).isFalse();
        assertThat(pool.closeNow()).isOne();
        runUntil(() -> calls.size() == 5);
        assertThat(calls.subList(2, 5)).containsExactlyInAnyOrder("interrupted", "slow null",
                "null " + new CancellationException("WorkerPool is closed"));
        assertThatIllegalStateException().isThrownBy(() -> pool.submit(loop, () -> "", note));
    }

    @Test
    @DisplayName("the loop ends before the work: a handler whose end fails is reported, and its worker goes on")
    void shouldKeepTheWorkerWhenAnEndFailsAfterTheLoop() throws Exception {
        pool.close();
        pool = pool(1, 10);
        IllegalArgumentException failure = new IllegalArgumentException("end");
        WorkRegistration registration = pool.register(loop, ready().fd(), EPOLLIN, new WorkHandler() {
            @Override
            public void work(WorkRegistration same, int events) {
                passGate();
            }

            @Override
            public void onEnded(WorkRegistration same, Throwable cause) {
                calls.add("ended");
                throw failure;
            }
        });
        runUntil(() -> pool.inFlight() == 1);
        loop.close();
        gate.countDown();
        Eventually.await("ended", () -> pool.inFlight() == 0 && !calls.isEmpty());
        registration.cancel();
        assertThat(calls).containsExactly("ended");
        assertThat(failures).containsExactly(failure);
        failures.clear();

        CountDownLatch worked = new CountDownLatch(1);
        assertThat(pool.submit(loop, () -> {
            worked.countDown();
            return "";
        }, (value, cause) -> { })).isTrue();
        assertThat(worked.await(20, TimeUnit.SECONDS)).as("the worker lives").isTrue();
    }

    @Test
    @DisplayName("a registration ends with its loop: at once, or when the worker that has it is done; each once")
    void shouldEndRegistrationsWhenTheLoopStops() throws Exception {
        CountDownLatch working = new CountDownLatch(1);
        pool.register(loop, ready().fd(), EPOLLIN, new WorkHandler() {
            @Override
            public void work(WorkRegistration same, int events) {
                working.countDown();
                passGate();
            }

            @Override
            public void onEnded(WorkRegistration same, Throwable cause) {
                calls.add("ended on a worker " + Thread.currentThread().getName().startsWith("worker-") + cause);
            }
        });
        runUntil(() -> working.getCount() == 0);
        EventFd idle = EventFd.open();
        counters.add(idle);
        pool.register(loop, idle.fd(), EPOLLIN, new Noting() {
            @Override
            public void work(WorkRegistration same, int events) {
                calls.add("worked");
            }
        });
        loop.close();
        assertThat(calls).containsExactly("ended ");

        gate.countDown();
        pool.close();
        assertThat(calls).containsExactly("ended ", "ended on a worker truenull");
    }

    @Test
    @DisplayName("the failure that ends the loop is the cause in onEnded")
    void shouldPassTheCauseWhenTheLoopFails() throws IOException {
        InternalError failure = new InternalError("broken");
        EventFd idle = EventFd.open();
        counters.add(idle);
        pool.register(loop, idle.fd(), EPOLLIN, new Noting() {
            @Override
            public void work(WorkRegistration same, int events) {
                calls.add("worked");
            }
        });
        loop.execute(() -> {
            throw failure;
        });
        assertThatThrownBy(loop::run).isSameAs(failure);
        assertThat(calls).containsExactly("ended broken");
        assertThat(failures).containsExactly(failure);
        failures.clear();
    }

    @Test
    @DisplayName("close on a worker of the pool does not wait for itself, and the pool ends after it")
    void shouldNotWaitWhenAWorkerCloses() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        assertThat(pool.submit(loop, () -> {
            pool.close();
            closed.countDown();
            return "";
        }, (value, cause) -> { })).isTrue();
        assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
        pool.close();
        assertThat(pool.inFlight()).isZero();
    }
}
