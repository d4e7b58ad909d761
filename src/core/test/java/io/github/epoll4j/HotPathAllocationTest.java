package io.github.epoll4j;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.poll.PollFlags.POLLIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
import io.github.epoll4j.testing.Allocations;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting, and looking at what is ready, allocate nothing once they are compiled. */
@Timeout(240)
class HotPathAllocationTest {
    private static final int COUNT = 64;
    private static final Duration MICROSECOND = Duration.ofNanos(1000);

    private final List<EventFd> counters = new ArrayList<>();

    @BeforeEach
    void open() throws ErrnoException {
        for (int i = 0; i < COUNT; i++) {
            counters.add(EventFd.open(1));
        }
    }

    @AfterEach
    void close() {
        counters.forEach(EventFd::close);
    }

    @Test
    @DisplayName("0 bytes for a wait with nothing and with 64 events, read by index, and for wakeup and modify")
    void shouldAllocateNothingWhenEpollWaits() throws Exception {
        try (EpollInstance none = EpollInstance.open();
                EpollInstance all = EpollInstance.open();
                EpollEventArray events = EpollEventArray.allocate(COUNT)) {
            for (int i = 0; i < COUNT; i++) {
                all.add(counters.get(i).fd(), EPOLLIN, i);
            }
            int first = counters.getFirst().fd();
            assertNothingAllocated(() -> require(none.awaitMillis(events, 0), 0));
            assertNothingAllocated(() -> require(none.await(events, MICROSECOND), 0));
            assertNothingAllocated(() -> {
                require(all.awaitMillis(events, 0), COUNT);
                long sum = 0;
                for (int i = 0; i < events.ready(); i++) {
                    sum += events.data(i) * events.flags(i);
                }
                return require(sum, EPOLLIN * COUNT * (COUNT - 1) / 2);
            });
            assertNothingAllocated(() -> {
                none.wakeup();
                return require(none.await(events), 0);
            });
            assertNothingAllocated(() -> {
                all.modify(first, EPOLLIN, 0);
                return null;
            });
        }
    }

    @Test
    void shouldAllocateNothingWhenACounterIsWrittenAndRead() throws Exception {
        EventFd counter = counters.getFirst();
        counter.read();
        assertNothingAllocated(() -> {
            counter.write(5);
            require(counter.read(), 5);
            return require(counter.read(), 0);
        });
    }

    @Test
    @DisplayName("0 bytes from a deep stack too, where the compiler inlines less")
    void shouldAllocateNothingWhenTheStackIsDeep() throws Exception {
        EventFd counter = counters.getFirst();
        ByteBuffer buffer = ByteBuffer.allocateDirect(64);
        try (EpollInstance epoll = EpollInstance.open();
                EpollEventArray events = EpollEventArray.allocate(COUNT);
                SocketPair<UnixStream> pair = SocketPair.open()) {
            epoll.add(counter, EPOLLIN, 1);
            Callable<?> operation = () -> {
                require(epoll.awaitMillis(events, 0), 1);
                epoll.modify(counter, EPOLLIN, 1);
                require(counter.read(), 1);
                counter.write(1);
                require(pair.first().write(buffer.clear()), 64);
                return require(pair.second().read(buffer.clear()), 64);
            };
            assertNothingAllocated(() -> below(60, operation));
        }
    }

    /** Calls an operation below so many frames. */
    private static Object below(int frames, Callable<?> operation) throws Exception {
        return frames == 0 ? operation.call() : below(frames - 1, operation);
    }

    @Test
    @DisplayName("0 bytes for a select, copying the set before and walking it afterwards")
    void shouldAllocateNothingWhenSelectWaits() throws Exception {
        FdSet interest = FdSet.allocate();
        counters.forEach(counter -> interest.set(counter.fd()));
        FdSet used = FdSet.allocate();
        assertNothingAllocated(() -> selectAndWalk(interest, used));
        assertNothingAllocated(() -> require(Select.selectMillis(null, null, null, 0), 0));
    }

    private static Object selectAndWalk(FdSet interest, FdSet used) throws IOException {
        used.copyFrom(interest);
        require(Select.selectMillis(used, null, null, 0), COUNT);
        int seen = 0;
        for (int fd = used.next(0); fd >= 0; fd = used.next(fd + 1)) {
            seen++;
        }
        return require(seen, COUNT);
    }

    @Test
    @DisplayName("0 bytes for a poll, walking what is ready by index")
    void shouldAllocateNothingWhenPollWaits() throws Exception {
        try (PollFdArray fds = PollFdArray.allocate(COUNT)) {
            counters.forEach(counter -> fds.add(counter.fd(), POLLIN));
            assertNothingAllocated(() -> {
                require(Poll.pollMillis(fds, 0), COUNT);
                int sum = 0;
                for (int i = fds.nextReady(0); i >= 0; i = fds.nextReady(i + 1)) {
                    sum += fds.revents(i);
                }
                return require(sum, COUNT * POLLIN);
            });
        }
    }

    @Test
    @DisplayName("0 bytes for reads and writes of any descriptor and of the ends of a pipe, with each kind of buffer")
    void shouldAllocateNothingWhenFilesAreReadAndWritten() throws Exception {
        try (Pipe pipe = Pipe.open();
                FileFd in = pipe.reader().duplicate();
                FileFd out = pipe.writer().duplicate();
                Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(64);
            for (ByteBuffer buffer : List.of(ByteBuffer.allocate(64), ByteBuffer.allocateDirect(64))) {
                assertNothingAllocated(() -> {
                    require(out.write(buffer.clear()), 64);
                    require(in.available(), 64);
                    require(in.read(buffer.clear()), 64);
                    require(in.read(buffer.clear()), 0);
                    require(pipe.writer().write(buffer.clear()), 64);
                    return require(pipe.reader().read(buffer.clear()), 64);
                });
            }
            assertNothingAllocated(() -> {
                require(out.write(memory), 64);
                require(in.read(memory, 0, 32), 32);
                require(pipe.writer().write(memory, 8, 8), 8);
                return require(pipe.reader().read(memory), 40);
            });
        }
    }

    private static void assertNothingAllocated(Callable<?> operation) throws Exception {
        assertThat(Allocations.perOperation(operation)).as("bytes for each operation").isLessThan(0.1);
    }

    private static Object require(long actual, long expected) {
        if (actual != expected) {
            throw new AssertionError(actual + " instead of " + expected);
        }
        return null;
    }
}
