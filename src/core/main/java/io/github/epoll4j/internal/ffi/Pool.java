package io.github.epoll4j.internal.ffi;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * A pool of what virtual threads need for the time of a call. No method blocks: a virtual thread that parked for an
 * entry would copy its frames to the heap.
 *
 * @param <T> the type of the entries
 */
public final class Pool<T> {
    /** The largest number of entries: a power of two. */
    public static final int SIZE = Math.max(4, Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 4);

    private final AtomicReferenceArray<T> entries = new AtomicReferenceArray<>(SIZE);
    private final Supplier<T> allocation;

    /** Creates an empty pool; allocates an entry when none is free. */
    public Pool(Supplier<T> allocation) {
        this.allocation = allocation;
    }

    /** Takes an entry. */
    public T take() {
        int start = (int) Thread.currentThread().threadId();
        for (int i = 0; i < SIZE; i++) {
            int index = start + i & SIZE - 1;
            if (entries.getPlain(index) != null) {
                T entry = entries.getAndSet(index, null);
                if (entry != null) {
                    return entry;
                }
            }
        }
        return allocation.get();
    }

    /** Returns an entry to the pool. If the pool is full, the garbage collector frees it. */
    public void offer(T entry) {
        int start = (int) Thread.currentThread().threadId();
        for (int i = 0; i < SIZE; i++) {
            int index = start + i & SIZE - 1;
            if (entries.getPlain(index) == null && entries.compareAndSet(index, null, entry)) {
                return;
            }
        }
    }
}
