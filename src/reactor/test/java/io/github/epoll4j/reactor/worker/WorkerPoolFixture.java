package io.github.epoll4j.reactor.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.Mechanism;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A loop in the test's thread, on each mechanism, and a pool of platform or virtual threads. */
@ParameterizedClass
@MethodSource("kinds")
@Timeout(60)
abstract class WorkerPoolFixture {
    static final Duration NOW = Duration.ZERO;
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    static final int WORKERS = 3;

    @Parameter(0)
    Mechanism mechanism;

    @Parameter(1)
    boolean isVirtual;

    final List<Object> failures = Collections.synchronizedList(new ArrayList<>());
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    final List<EventFd> counters = new ArrayList<>();
    final CountDownLatch gate = new CountDownLatch(1);
    EventLoop loop;
    WorkerPool pool;

    static Stream<Arguments> kinds() {
        return Stream.of(Arguments.of(Mechanism.EPOLL, false), Arguments.of(Mechanism.EPOLL, true),
                Arguments.of(Mechanism.POLL, false), Arguments.of(Mechanism.SELECT, true));
    }

    @BeforeEach
    void open() throws ErrnoException {
        loop = EventLoop.open(mechanism, (failed, source, exception) -> failures.add(exception));
        pool = pool(WORKERS, 1000);
    }

    WorkerPool pool(int workers, int queueCapacity) {
        ThreadFactory virtual = Thread.ofVirtual().name("worker-", 0).factory();
        return isVirtual ? WorkerPool.open(workers, queueCapacity, virtual) : WorkerPool.open(workers, queueCapacity);
    }

    @AfterEach
    void close() {
        gate.countDown();
        pool.close();
        loop.close();
        counters.forEach(EventFd::close);
        assertThat(failures).as("failures that no test asked for").isEmpty();
    }

    EventFd ready() throws ErrnoException {
        counters.add(EventFd.open(1));
        return counters.getLast();
    }

    /** Iterates, as the boss, until a condition holds. */
    void runUntil(BooleanSupplier condition) throws ErrnoException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - start).as("patience").isLessThan(PATIENCE_NANOS);
            loop.runOnce(SHORT);
        }
    }

    void passGate() {
        try {
            assertThat(gate.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            calls.add("interrupted");
        }
    }
}
