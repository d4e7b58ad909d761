package io.github.epoll4j.internal.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * What one thread needs to hand its buffers to the kernel without allocating: a call's state, memory to stage the bytes
 * of heap buffers in, and where the direct buffers lie that it used last.
 *
 * <p>A platform thread keeps its own. Virtual threads may be many, and only as many run at a time as there are
 * processors: they borrow from a small pool for each call.
 */
final class ThreadBuffers {
    /** How much of a heap buffer a call on a stream moves at most; the largest UDP datagram fits. */
    static final int STAGING_SIZE = 64 * 1024;

    private static final int LEAST_STAGING_SIZE = 4 * 1024;
    /** The kernel copies to and from memory that begins with a line of the cache faster: 16 KB by 3 to 6 percent. */
    private static final int CACHE_LINE = 64;

    private static final ThreadLocal<ThreadBuffers> OF_THREAD =
            ThreadLocal.withInitial(() -> new ThreadBuffers(CallState.ofThread(), false));
    private static final BlockingQueue<ThreadBuffers> POOL =
            new ArrayBlockingQueue<>(2 * Runtime.getRuntime().availableProcessors());
    private static final int SLOTS = 64;

    private final CallState state;
    private final boolean isShared;
    private final DirectMemory[] known = new DirectMemory[SLOTS];
    /** The one of the last call: what is read into a buffer is often written from it. */
    private DirectMemory latest;
    private MemorySegment staging;
    private ByteBuffer stagingView;
    private IoVector vector;

    private ThreadBuffers(CallState state, boolean isShared) {
        this.state = state;
        this.isShared = isShared;
    }

    /** What the calling thread may use until it {@linkplain #giveBack() gives it back}. */
    static ThreadBuffers take() {
        if (!Thread.currentThread().isVirtual()) {
            return OF_THREAD.get();
        }
        ThreadBuffers pooled = POOL.poll();
        return pooled == null ? new ThreadBuffers(new CallState(), true) : pooled;
    }

    /** Ends what {@link #take()} began. */
    void giveBack() {
        if (isShared) {
            POOL.offer(this); // if it is full, the garbage collector has it
        }
    }

    /** What a call with these buffers captures errno into: the thread's own slot, or that of the pool's. */
    CallState state() {
        return state;
    }

    /** Memory of at least so many bytes, which grows by need; valid until it is asked for again. */
    MemorySegment staging(int size) {
        if (staging == null || staging.byteSize() < size) {
            int grown = size <= LEAST_STAGING_SIZE ? LEAST_STAGING_SIZE : Integer.highestOneBit(size - 1) << 1;
            staging = Arena.ofAuto().allocate(grown, CACHE_LINE);
            stagingView = staging.asByteBuffer();
        }
        return staging;
    }

    /** The same memory as a buffer, which copies from and to any other by index, without a position to look after. */
    ByteBuffer stagingView() {
        return stagingView;
    }

    /** The thread's array of iovecs. */
    IoVector vector() {
        if (vector == null) {
            vector = new IoVector();
        }
        return vector;
    }

    /** Where a direct buffer lies: looked up, or found out and remembered in place of another one. */
    DirectMemory memory(ByteBuffer direct) {
        if (latest != null && latest.refersTo(direct)) {
            return latest;
        }
        latest = lookUp(direct);
        return latest;
    }

    private DirectMemory lookUp(ByteBuffer direct) {
        int slot = System.identityHashCode(direct) & (SLOTS - 1);
        DirectMemory first = known[slot];
        if (first != null && first.refersTo(direct)) {
            return first;
        }
        DirectMemory second = known[slot ^ 1];
        if (second != null && second.refersTo(direct)) {
            return second;
        }
        DirectMemory added = new DirectMemory(direct);
        known[slot ^ 1] = first;
        known[slot] = added;
        return added;
    }
}
