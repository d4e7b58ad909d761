package io.github.epoll4j.internal.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Errno;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CallStateTest {
    private static final int THREADS = 1000;

    @Test
    @DisplayName("virtual threads that have made a call, and live on, hold no slot: they share those of the pool")
    void shouldBeSharedWhenThreadsAreVirtual() throws Exception {
        Map<Integer, CallState> used = new ConcurrentHashMap<>();
        CountDownLatch end = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        try (EventFd counter = EventFd.open()) {
            for (int i = 0; i < THREADS; i++) {
                CountDownLatch called = new CountDownLatch(1);
                threads.add(Thread.ofVirtual().start(() -> {
                    try (CallState state = CallState.take()) {
                        used.put(System.identityHashCode(state), state);
                        unistd_h.fcntl(state.errno(), counter.fd(), unistd_h.F_GETFL, 0);
                    }
                    called.countDown();
                    await(end);
                }));
                called.await();
            }
        }
        assertThat(threads).allMatch(Thread::isAlive);
        end.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        Map<CallState, Boolean> different = new IdentityHashMap<>();
        used.values().forEach(state -> different.put(state, true));
        assertThat(different).hasSizeBetween(1, Pool.SIZE);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldBeTheThreadsOwnWhenItIsAPlatformThread() throws Exception {
        AtomicReference<CallState> other = new AtomicReference<>();
        Thread.ofPlatform().start(() -> other.set(CallState.take())).join();

        assertThat(CallState.take()).isSameAs(CallState.take()).isNotSameAs(other.get());
    }

    @Test
    void shouldTurnMinusOneIntoTheErrnoOfTheCall() {
        try (CallState state = CallState.take()) {
            assertThat(state.result(unistd_h.close(state.errno(), -1))).isEqualTo(-Errno.EBADF);
            assertThat(state.result(7)).isEqualTo(7);
            assertThat(state.result(0L)).isZero();
        }
    }

    @Test
    void shouldKeepTheLengthApartFromTheScratchMemory() {
        CallState state = new CallState();
        state.length(28);
        state.bytes().putLong(CallState.SCRATCH_SIZE - Long.BYTES, -1);

        assertThat(state.lengthValue()).isEqualTo(28);
        assertThat(state.length().byteSize()).isEqualTo(Integer.BYTES);
    }
}
