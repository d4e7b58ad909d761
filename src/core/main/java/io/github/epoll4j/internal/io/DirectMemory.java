package io.github.epoll4j.internal.io;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The memory of a direct buffer: a segment, and the offset in it of the buffer's index 0.
 *
 * <p>{@code MemorySegment.ofBuffer} allocates a scope for each call, so it is not for the hot path. Memory that cannot
 * be freed while the buffer is reachable needs no scope: its address is enough. Any other memory must be held during a
 * call, which its segment does. The segment does not keep the buffer reachable.
 */
public final class DirectMemory extends WeakReference<ByteBuffer> {
    private static final MemorySegment ADDRESS_SPACE = addressSpace();
    /** The kinds of scope that cannot be closed. */
    private static final Set<Class<?>> LASTING = Set.copyOf(List.of(Arena.global().scope().getClass(),
            Arena.ofAuto().scope().getClass(),
            MemorySegment.ofBuffer(ByteBuffer.allocateDirect(0)).scope().getClass()));

    private final MemorySegment segment;
    private final long offset;
    private final int capacity;

    DirectMemory(ByteBuffer buffer) {
        super(buffer);
        MemorySegment whole = MemorySegment.ofBuffer(buffer.duplicate().clear());
        boolean isLasting = isLasting(whole);
        segment = isLasting ? ADDRESS_SPACE : whole;
        offset = isLasting ? whole.address() : 0;
        capacity = buffer.capacity();
    }

    /**
     * Returns whether memory cannot be freed while its segment is reachable. A kind of scope that is unknown can.
     *
     * @param segment native memory
     */
    public static boolean isLasting(MemorySegment segment) {
        return LASTING.contains(segment.scope().getClass());
    }

    @SuppressWarnings("restricted") // the kernel gets addresses from it; the JVM reads and writes nothing through it
    private static MemorySegment addressSpace() {
        return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    }

    MemorySegment segment() {
        return segment;
    }

    /** Returns the offset in the segment of a part of the buffer. The address space has no bounds of its own. */
    public long offset(int position, int count) {
        Objects.checkFromIndexSize(position, count, capacity);
        return offset + position;
    }

    /** Returns whether the offset is an address, valid while the buffer is reachable. */
    public boolean isAddress() {
        return segment == ADDRESS_SPACE;
    }
}
