package io.github.epoll4j.reactor.worker;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.Mechanism;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pool on an executor of the caller's; most tests run its tasks themselves, one by one. */
@Timeout(60)
class WorkerPoolExecutorTest {
    private final List<Throwable> failures = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private final List<EventFd> counters = new ArrayList<>();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private EventLoop loop;

    @BeforeEach
    void open() throws ErrnoException {
        loop = EventLoop.open(Mechanism.EPOLL, (failed, source, exception) -> failures.add(exception));
    }

    @AfterEach
    void close() {
        loop.close();
        counters.forEach(EventFd::close);
        assertThat(failures).as("failures that no test asked for").isEmpty();
    }

    private EventFd ready() throws ErrnoException {
        counters.add(EventFd.open(1));
        return counters.getLast();
    }

    private void note(Object value, Throwable cause) {
        calls.add(value + " " + cause);
    }

    @Test
    @DisplayName("at most the given number is in flight; the rest waits in its order, and each end submits the next")
    void shouldSubmitTheNextWhenATaskEnds() throws IOException {
        WorkerPool pool = WorkerPool.on(tasks::add, 2, 3);
        for (int i = 0; i < 5; i++) {
            int number = i;
            assertThat(pool.submit(loop, () -> number, this::note)).isTrue();
        }
        assertThat(pool.submit(loop, () -> 5, this::note)).as("full").isFalse();
        assertThat(tasks).hasSize(2);
        assertThat(pool).hasToString("WorkerPool[2 workers, 2 in flight, 3 waiting]");
        assertThat(pool.workers()).isEqualTo(2);
        assertThat(pool.queueCapacity()).isEqualTo(3);

        tasks.remove().run();
        assertThat(tasks).hasSize(2);
        assertThat(pool.waiting()).isEqualTo(2);
        for (int i = 0; i < 4; i++) {
            tasks.remove().run();
        }
        assertThat(pool.inFlight()).isZero();
        loop.runOnce(Duration.ZERO);
        assertThat(calls).containsExactly("0 null", "1 null", "2 null", "3 null", "4 null");
        pool.close();
    }

    @Test
    @DisplayName("work that the executor refuses ends with its exception, reported once, and nothing stays in flight")
    void shouldEndTheWorkWhenTheExecutorRefuses() throws IOException {
        RejectedExecutionException refusal = new RejectedExecutionException("full");
        WorkerPool pool = WorkerPool.on(task -> {
            throw refusal;
        }, 1, 10);
        pool.register(loop, ready().fd(), EPOLLIN, new WorkHandler() {
            @Override
            public void work(WorkRegistration registration, int events) {
                calls.add("worked");
            }

            @Override
            public void onEnded(WorkRegistration registration, Throwable cause) {
                note("ended", cause);
            }
        });
        loop.runOnce(Duration.ZERO);
        assertThat(pool.submit(loop, () -> "", this::note)).isTrue();
        loop.runOnce(Duration.ZERO);

        assertThat(calls).containsExactly("ended " + refusal, "null " + refusal);
        assertThat(failures).containsExactly(refusal);
        failures.clear();
        assertThat(loop.registrations()).isZero();
        assertThat(pool.inFlight()).isZero();
        pool.close();
    }

    @Test
    @DisplayName("an executor that begins to refuse: all that waits ends, however much it is")
    void shouldEndAllThatWaitsWhenTheExecutorBeginsToRefuse() throws IOException {
        RejectedExecutionException refusal = new RejectedExecutionException("shut down");
        WorkerPool pool = WorkerPool.on(task -> {
            if (!tasks.isEmpty()) {
                throw refusal;
            }
            tasks.add(task);
        }, 1, 100_000);
        for (int i = 0; i < 100_000; i++) {
            assertThat(pool.submit(loop, () -> "done", this::note)).isTrue();
        }
        tasks.peek().run();
        assertThat(pool.inFlight()).isZero();
        loop.execute(loop::stop);
        loop.run();
        assertThat(calls).hasSize(100_000);
        assertThat(calls.getFirst()).isEqualTo("done null");
        assertThat(calls.subList(1, 100_000)).containsOnly("null " + refusal);
        pool.close();
    }

    @Test
    @DisplayName("closed at once: what the executor has not begun ends when it begins")
    void shouldNotBeginWhenItIsClosedNow() throws IOException {
        WorkerPool pool = WorkerPool.on(tasks::add, 1, 10);
        assertThat(pool.submit(loop, () -> calls.add("worked"), this::note)).isTrue();
        assertThat(pool.submit(loop, () -> calls.add("worked"), this::note)).isTrue();
        assertThat(pool.closeNow()).isOne();
        tasks.remove().run();
        loop.runOnce(Duration.ZERO);
        String cause = new CancellationException("WorkerPool is closed").toString();
        assertThat(calls).containsExactly("null " + cause, "null " + cause);
        assertThat(tasks).isEmpty();
        pool.close();
    }

    @Test
    @DisplayName("close waits for the work and leaves the executor open")
    void shouldLeaveTheExecutorOpenWhenClosed() throws Exception {
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            for (String text : List.of("first", "second")) {
                WorkerPool pool = WorkerPool.on(executor, 1, 10);
                assertThat(pool.submit(loop, () -> text, this::note)).isTrue();
                pool.close();
                assertThat(pool.inFlight()).isZero();
            }
            loop.runOnce(Duration.ZERO);
            assertThat(calls).containsExactly("first null", "second null");
        }
    }

    @Test
    @DisplayName("closeNow interrupts the work that runs, and no interrupt stays on the executor's thread")
    void shouldInterruptTheWorkAloneWhenClosedNow() throws Exception {
        CountDownLatch working = new CountDownLatch(1);
        CompletableFuture<Boolean> interruptedAfter = new CompletableFuture<>();
        WorkerPool pool = WorkerPool.on(task -> Thread.startVirtualThread(() -> {
            task.run();
            interruptedAfter.complete(Thread.currentThread().isInterrupted());
        }), 1, 10);
        assertThat(pool.submit(loop, () -> {
            working.countDown();
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
            return "interrupted";
        }, this::note)).isTrue();
        assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.closeNow()).isZero();
        pool.close();
        assertThat(interruptedAfter.get(20, TimeUnit.SECONDS)).isFalse();
        loop.runOnce(Duration.ZERO);
        assertThat(calls).containsExactly("interrupted null");
    }
}
