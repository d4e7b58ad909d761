package io.github.epoll4j.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Pool;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThreadBuffersTest {
    private static final int THREADS = 1000;

    @Test
    @DisplayName("virtual threads, one after the other, share as many buffers as the pool holds")
    void shouldShareWhenThreadsAreVirtual() throws InterruptedException {
        Set<ThreadBuffers> used = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < THREADS; i++) {
            Thread.ofVirtual().start(() -> {
                ThreadBuffers taken = ThreadBuffers.take();
                used.add(taken);
                taken.close();
            }).join();
        }
        assertThat(used).hasSizeBetween(1, Pool.SIZE);
    }

    @Test
    void shouldGiveDifferentOnesWhenTwoThreadsUseThemAtOnce() throws InterruptedException {
        AtomicReference<ThreadBuffers> first = new AtomicReference<>();
        AtomicReference<ThreadBuffers> second = new AtomicReference<>();
        Thread.ofVirtual().start(() -> {
            first.set(ThreadBuffers.take());
            second.set(ThreadBuffers.take());
            first.get().close();
            second.get().close();
        }).join();

        assertThat(first.get()).isNotNull().isNotSameAs(second.get());
    }

    @Test
    void shouldKeepItsOwnWhenTheThreadIsAPlatformThread() throws InterruptedException {
        AtomicReference<Boolean> same = new AtomicReference<>();
        Thread.ofPlatform().start(() -> {
            ThreadBuffers taken = ThreadBuffers.take();
            taken.close();
            same.set(taken == ThreadBuffers.take());
        }).join();

        assertThat(same.get()).isTrue();
    }

    @Test
    @DisplayName("errno goes into the thread's own slot; a virtual thread borrows one with the buffers")
    void shouldLendTheSlotOfErrnoWhenTheThreadIsVirtual() throws InterruptedException {
        List<Boolean> isOwn = new ArrayList<>();
        Runnable compare = () -> {
            ThreadBuffers taken = ThreadBuffers.take();
            isOwn.add(taken.state() == CallState.take());
            taken.close();
        };
        Thread.ofPlatform().start(compare).join();
        Thread.ofVirtual().start(compare).join();

        assertThat(isOwn).containsExactly(true, false);
    }

    @Test
    @DisplayName("staging memory: 4 KB at least, then the power of two that is needed, and never less again; it begins "
            + "with a line of the cache")
    void shouldGrowByNeedWhenMoreIsStaged() throws InterruptedException {
        List<Long> sizes = new ArrayList<>();
        List<Long> offsets = new ArrayList<>();
        Thread.ofPlatform().start(() -> {
            ThreadBuffers buffers = ThreadBuffers.take();
            for (int size : new int[] {0, 4096, 4097, 65_536, 1}) {
                sizes.add(buffers.staging(size).byteSize());
                offsets.add(buffers.staging(size).address() % 64);
            }
            sizes.add((long) buffers.stagingView().capacity());
        }).join();

        assertThat(sizes).containsExactly(4096L, 4096L, 8192L, 65_536L, 65_536L, 65_536L);
        assertThat(offsets).containsOnly(0L);
    }
}
