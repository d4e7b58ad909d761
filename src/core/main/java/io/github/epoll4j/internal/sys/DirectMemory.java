package io.github.epoll4j.internal.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Where the memory of a direct buffer lies: a segment, and the offset in it of the buffer's index 0.
 *
 * <p>{@code MemorySegment.ofBuffer} cannot be used on the hot path, because the scope that it makes for a buffer of
 * {@code ByteBuffer.allocateDirect} is allocated by each call. The memory of such a buffer lives as long as the buffer
 * is reachable, so that its address is all one needs. The memory of an arena that can be closed must be held during a
 * call, which its segment does; the segment does not keep the buffer reachable, and no memory that is freed.
 */
final class DirectMemory extends WeakReference<ByteBuffer> {
    private static final MemorySegment ADDRESS_SPACE = addressSpace();
    private static final Class<?> CONFINED = Arena.ofConfined().scope().getClass(); // empty: nothing to close
    private static final Class<?> SHARED = Arena.ofShared().scope().getClass();

    private final MemorySegment segment;
    private final long offset;
    private final int capacity;

    DirectMemory(ByteBuffer buffer) {
        super(buffer);
        MemorySegment whole = MemorySegment.ofBuffer(buffer.duplicate().clear());
        Class<?> scope = whole.scope().getClass();
        boolean canBeFreed = scope == CONFINED || scope == SHARED;
        segment = canBeFreed ? whole : ADDRESS_SPACE;
        offset = canBeFreed ? 0 : whole.address();
        capacity = buffer.capacity();
    }

    @SuppressWarnings("restricted") // the kernel gets addresses from it, the JVM reads and writes nothing through it
    private static MemorySegment addressSpace() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    }

    MemorySegment segment() {
        return segment;
    }

    /**
     * The offset in the segment of one of the buffer's indices, from which on so many bytes are the buffer's. It is
     * checked here, for the address space has no bounds to check it against.
     */
    long offset(int position, int count) {
        Objects.checkFromIndexSize(position, count, capacity);
        return offset + position;
    }

    /** Whether the offset is an address that is valid while the buffer is reachable. */
    boolean isAddress() {
        return segment == ADDRESS_SPACE;
    }
}
