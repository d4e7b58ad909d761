package io.github.epoll4j.contract;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.testing.Fds;
import io.github.epoll4j.wait.Readiness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Waits that end by a close, an interrupt, a timeout or an event, at the same moment. */
@Repeated
@Timeout(60)
class ReadinessRaceTest {
    private static final int ROUNDS = 20;
    private static final Duration LONG = Duration.ofMinutes(10);

    private long before;

    @BeforeEach
    void count() throws Exception {
        try (EventFd counter = EventFd.open()) {
            Readiness.await(counter, EPOLLOUT); // starts the pollers
        }
        before = Fds.count();
    }

    @AfterEach
    void shouldLeaveNoDescriptor() throws IOException {
        assertThat(Fds.count()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("close against the start of waits: every wait ends, and the number is closed")
    void shouldEndEveryWaitWhenAnOwnerIsClosedMeanwhile(boolean isVirtual) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            EventFd counter = EventFd.open();
            int fd = counter.fd();
            CyclicBarrier start = new CyclicBarrier(4);
            List<FutureTask<String>> waiters = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                waiters.add(start(isVirtual, start, () -> outcome(() -> Readiness.await(counter, EPOLLIN, LONG))));
            }
            start.await();
            spin();
            counter.close();
            for (FutureTask<String> waiter : waiters) {
                assertThat(waiter.get(20, TimeUnit.SECONDS)).isEqualTo("EventFd is closed");
            }
            assertThat(Fds.target(fd)).isNotEqualTo("anon_inode:[eventfd]");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("an interrupt against an event: the wait ends by one of them, and a second reader gets the data if "
            + "the first does not")
    void shouldLoseNoEventWhenAReaderIsInterrupted(boolean isVirtual) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            try (EventFd semaphore = EventFd.openSemaphore(0)) {
                AtomicReference<Thread> thread = new AtomicReference<>();
                CyclicBarrier start = new CyclicBarrier(3);
                FutureTask<String> first = start(isVirtual, start, () -> {
                    thread.set(Thread.currentThread());
                    return outcome(() -> read(semaphore, LONG));
                });
                FutureTask<String> second = start(isVirtual, start, () -> outcome(() -> read(semaphore, LONG)));
                start.await();
                spin();
                while (thread.get() == null) {
                    Thread.onSpinWait();
                }
                boolean isInterruptedFirst = round % 2 == 0;
                if (isInterruptedFirst) {
                    thread.get().interrupt();
                }
                semaphore.write(1);
                if (!isInterruptedFirst) {
                    thread.get().interrupt();
                }
                assertThat(first.get(20, TimeUnit.SECONDS)).isIn("1", "interrupted");
                if (first.get().equals("1")) {
                    semaphore.write(1);
                }
                assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo("1");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("a timeout against an event: 0 or the event; and a second reader gets the data if the first does not")
    void shouldLoseNoEventWhenTheTimeIsOver(boolean isVirtual) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            try (EventFd semaphore = EventFd.openSemaphore(0)) {
                CyclicBarrier start = new CyclicBarrier(3);
                Duration limit = Duration.ofNanos(ThreadLocalRandom.current().nextInt(300_000));
                FutureTask<String> first = start(isVirtual, start, () -> outcome(() -> {
                    int events = Readiness.await(semaphore, EPOLLIN, limit);
                    return events == 0 ? 0 : (int) semaphore.read();
                }));
                FutureTask<String> second = start(isVirtual, start, () -> outcome(() -> read(semaphore, LONG)));
                start.await();
                spin();
                semaphore.write(1);
                assertThat(first.get(20, TimeUnit.SECONDS)).isIn("0", "1");
                if (first.get().equals("1")) {
                    semaphore.write(1);
                }
                assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo("1");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("many units and many readers: each unit is read, in every order of the writes")
    void shouldReadEveryUnitWhenManyReadAndWrite(boolean isVirtual) throws Exception {
        int readers = 8;
        int units = 50;
        try (EventFd semaphore = EventFd.openSemaphore(0)) {
            AtomicInteger left = new AtomicInteger(readers * units);
            CyclicBarrier start = new CyclicBarrier(readers + 1);
            List<FutureTask<String>> all = new ArrayList<>();
            for (int i = 0; i < readers; i++) {
                all.add(start(isVirtual, start, () -> outcome(() -> {
                    for (int unit = 0; unit < units; unit++) {
                        read(semaphore, LONG);
                        left.decrementAndGet();
                    }
                    return 0;
                })));
            }
            start.await();
            for (int unit = 0; unit < readers * units; unit++) {
                semaphore.write(1);
            }
            for (FutureTask<String> reader : all) {
                assertThat(reader.get(20, TimeUnit.SECONDS)).isEqualTo("0");
            }
            assertThat(left).hasValue(0);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("a reader and a writer in each of two threads' sockets: all bytes arrive")
    void shouldPassAllBytesWhenBothDirectionsWait(boolean isVirtual) throws Exception {
        int total = 1 << 20;
        try (SocketPair<UnixStream> pair = SocketPair.open()) {
            CyclicBarrier start = new CyclicBarrier(4);
            List<FutureTask<String>> all = new ArrayList<>();
            for (UnixStream stream : List.of(pair.first(), pair.second())) {
                all.add(start(isVirtual, start, () -> outcome(() -> readAll(stream, total))));
                all.add(start(isVirtual, start, () -> outcome(() -> writeAll(stream, total))));
            }
            for (FutureTask<String> each : all) {
                assertThat(each.get(30, TimeUnit.SECONDS)).isEqualTo("" + total);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("a duplicate that is closed while it is waited for: its wait ends, that for the other goes on")
    void shouldEndTheWaitsOfADuplicateWhenItIsClosed(boolean isVirtual) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            try (EventFd counter = EventFd.open()) {
                FileFd duplicate = counter.duplicate();
                CyclicBarrier start = new CyclicBarrier(3);
                FutureTask<String> closed =
                        start(isVirtual, start, () -> outcome(() -> Readiness.await(duplicate, EPOLLIN)));
                FutureTask<String> other =
                        start(isVirtual, start, () -> outcome(() -> Readiness.await(counter, EPOLLIN)));
                start.await();
                spin();
                duplicate.close();
                assertThat(closed.get(20, TimeUnit.SECONDS)).isEqualTo("FileFd is closed");
                counter.write(1);
                assertThat(other.get(20, TimeUnit.SECONDS)).isEqualTo("" + EPOLLIN);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("a number that is reused at once: each file's waiter gets the event of its own file")
    void shouldWaitForTheNewFileWhenItsNumberWasAnothers(boolean isVirtual) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            EventFd old = EventFd.open();
            int fd = old.fd();
            CyclicBarrier start = new CyclicBarrier(2);
            FutureTask<String> first = start(isVirtual, start, () -> outcome(() -> Readiness.await(old, EPOLLIN)));
            start.await();
            spin();
            old.write(1); // an event, perhaps in the poller's hands when the number is another file's
            old.close();
            try (EventFd next = EventFd.open()) {
                FutureTask<String> second = start(isVirtual, new CyclicBarrier(1),
                        () -> outcome(() -> Readiness.await(next, EPOLLIN, Duration.ofMillis(2))));
                assertThat(second.get(20, TimeUnit.SECONDS)).as("nothing was written; %d, then %d", fd, next.fd())
                        .isEqualTo("0");
                assertThat(first.get(20, TimeUnit.SECONDS)).isIn("EventFd is closed", "" + EPOLLIN);
            }
        }
    }

    private static int read(EventFd semaphore, Duration limit) throws Exception {
        long value = semaphore.read();
        while (value == 0) {
            Readiness.await(semaphore, EPOLLIN, limit);
            value = semaphore.read();
        }
        return (int) value;
    }

    private static int readAll(UnixStream stream, int total) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        int sum = 0;
        while (sum < total) {
            int count = stream.read(bytes.clear());
            if (count == 0) {
                Readiness.await(stream, EPOLLIN);
            }
            sum += count;
        }
        return sum;
    }

    private static int writeAll(UnixStream stream, int total) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(total);
        while (bytes.hasRemaining()) {
            if (stream.write(bytes) == 0) {
                Readiness.await(stream, EPOLLOUT, LONG);
            }
        }
        return total;
    }

    /** Returns the result as text, or how the wait ended instead. */
    private static String outcome(Callable<Integer> wait) throws Exception {
        try {
            return wait.call().toString();
        } catch (InterruptedException e) {
            return "interrupted";
        } catch (IllegalStateException e) {
            return e.getMessage();
        } catch (ErrnoException e) {
            throw new AssertionError(e);
        }
    }

    private static FutureTask<String> start(boolean isVirtual, CyclicBarrier start, Callable<String> body) {
        FutureTask<String> task = new FutureTask<>(() -> {
            start.await();
            return body.call();
        });
        if (isVirtual) {
            Thread.ofVirtual().start(task);
        } else {
            Thread.ofPlatform().daemon().start(task);
        }
        return task;
    }

    /** Lets the other threads go on for a random time, so that rounds differ. */
    private static void spin() {
        int count = ThreadLocalRandom.current().nextInt(20_000);
        for (int i = 0; i < count; i++) {
            Thread.onSpinWait();
        }
    }
}
