package io.github.epoll4j.internal.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * What one thread needs to hand its buffers to the kernel without allocating: memory to stage the bytes of heap
 * buffers in, and where the direct buffers lie that it used last.
 */
final class ThreadBuffers {
    /** How much of a heap buffer one call moves at most; the largest UDP datagram fits. */
    static final int STAGING_SIZE = 64 * 1024;

    private static final ThreadLocal<ThreadBuffers> OF_THREAD = ThreadLocal.withInitial(ThreadBuffers::new);
    private static final int SLOTS = 64;

    private final DirectMemory[] known = new DirectMemory[SLOTS];
    private MemorySegment staging;
    private ByteBuffer stagingView;
    private IoVector vector;

    private ThreadBuffers() {
    }

    static ThreadBuffers ofThread() {
        return OF_THREAD.get();
    }

    /** Memory of {@link #STAGING_SIZE} bytes, valid until the thread's next call. */
    MemorySegment staging() {
        if (staging == null) {
            staging = Arena.ofAuto().allocate(STAGING_SIZE, Long.BYTES);
            stagingView = staging.asByteBuffer();
        }
        return staging;
    }

    /** The same memory as a buffer, which copies from and to any other by index, without a position to look after. */
    ByteBuffer stagingView() {
        staging();
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
