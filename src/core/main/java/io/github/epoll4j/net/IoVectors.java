package io.github.epoll4j.net;

import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.DirectMemory;
import io.github.epoll4j.internal.io.IoVector;
import io.github.epoll4j.internal.io.ThreadBuffers;
import io.github.epoll4j.internal.io.Transfer;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * An array of {@code struct iovec}: several parts of memory that one call writes from, in their order, or reads into.
 *
 * <p>A call advances the array by what it moved, so that a loop over partial writes is
 *
 * {@snippet :
 * IoVectors parts = IoVectors.allocate(2).add(header).add(body);
 * while (parts.hasRemaining()) {
 *     if (stream.write(parts) == 0) {
 *         // … wait for EPOLLOUT
 *     }
 * }
 * parts.clear();
 * }
 *
 * <p>The array holds addresses: the bytes are those at the time of the call, and the position of a buffer that was
 * added does not move. Memory must be native, and of a kind that cannot be freed while it is reachable: of
 * {@link ByteBuffer#allocateDirect}, {@link java.lang.foreign.Arena#ofAuto} or
 * {@link java.lang.foreign.Arena#global}. Memory of an arena that can be closed is refused, since a call can hold one
 * arena, not several. For such memory, and for heap buffers, use
 * {@link StreamSocket#write(ByteBuffer[], int, int)}, which copies.
 *
 * <p>One call passes at most 1024 parts (IOV_MAX); the next one goes on from there. The calls allocate nothing.
 *
 * <p>Not thread-safe: a use while another thread uses it throws IllegalStateException. Ownership: the caller's; the
 * garbage collector frees it.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/iovec.3type.html">iovec(3type)</a>
 */
public final class IoVectors {
    private static final VarHandle IN_USE;

    static {
        try {
            IN_USE = MethodHandles.lookup().findVarHandle(IoVectors.class, "inUse", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final IoVector vector;
    /** Keeps the memory reachable. */
    private final Object[] parts;
    /** A part may not change during a call, when the kernel reads address and length one after the other. */
    @SuppressWarnings("unused") // through IN_USE
    private volatile boolean inUse;
    /** The index of the first part with bytes that are still to be moved. */
    private int first;
    private int size;
    private long remaining;
    private boolean isReadOnly;

    private IoVectors(int capacity) {
        vector = new IoVector(capacity);
        parts = new Object[capacity];
    }

    /**
     * Allocates an empty array.
     *
     * @param capacity how many parts it can hold, 1 or more
     * @return the array
     * @throws IllegalArgumentException if the capacity is below 1
     */
    public static IoVectors allocate(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("a capacity below 1: " + capacity);
        }
        return new IoVectors(capacity);
    }

    /**
     * Adds a segment.
     *
     * @param segment the memory, all of it
     * @return this array
     * @throws IllegalArgumentException if it is heap memory, or belongs to an arena that can be closed
     * @throws IllegalStateException if the array is full
     */
    public IoVectors add(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("heap memory cannot be passed to a call");
        }
        if (!DirectMemory.isLasting(segment)) {
            throw new IllegalArgumentException("the segment's arena can be closed");
        }
        add(segment, segment.address(), segment.byteSize(), segment.isReadOnly());
        return this;
    }

    /**
     * Adds the remaining bytes of a direct buffer, or its remaining space. Its position does not change, now or later.
     *
     * @param buffer the buffer
     * @return this array
     * @throws IllegalArgumentException if it is a heap buffer, or its memory belongs to an arena that can be closed
     * @throws IllegalStateException if the array is full
     */
    public IoVectors add(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException("a heap buffer cannot be passed to a call");
        }
        try (ThreadBuffers thread = ThreadBuffers.take()) {
            DirectMemory memory = thread.memory(buffer);
            if (!memory.isAddress()) {
                throw new IllegalArgumentException("the buffer's arena can be closed");
            }
            int position = buffer.position();
            int count = Math.max(0, buffer.limit() - position);
            add(buffer, memory.offset(position, count), count, buffer.isReadOnly());
        }
        return this;
    }

    private void add(Object part, long address, long length, boolean isPartReadOnly) {
        begin();
        try {
            if (size == parts.length) {
                throw new IllegalStateException("the array is full: " + size + " parts");
            }
            vector.set(size, address, length);
            parts[size] = part;
            size++;
            remaining = Math.addExact(remaining, length);
            isReadOnly |= isPartReadOnly;
        } finally {
            end();
        }
    }

    /**
     * Removes all parts.
     *
     * @return this array
     */
    public IoVectors clear() {
        begin();
        try {
            Arrays.fill(parts, 0, size, null);
            first = 0;
            size = 0;
            remaining = 0;
            isReadOnly = false;
        } finally {
            end();
        }
        return this;
    }

    /**
     * Returns how many parts the array can hold.
     *
     * @return the number
     */
    public int capacity() {
        return parts.length;
    }

    /**
     * Returns how many parts were added since the last {@link #clear()}, moved ones included.
     *
     * @return the number
     */
    public int size() {
        return size;
    }

    /**
     * Returns how many bytes are still to be moved.
     *
     * @return the number of bytes
     */
    public long remaining() {
        return remaining;
    }

    /**
     * Returns whether bytes are still to be moved.
     *
     * @return false once everything was moved
     */
    public boolean hasRemaining() {
        return remaining > 0;
    }

    /**
     * Moves bytes and advances.
     *
     * @return the number of bytes, or {@code -errno}
     */
    long move(Transfer transfer, int fd, boolean isInput, int flags) {
        begin();
        try (CallState state = CallState.take()) {
            if (isInput && isReadOnly) {
                throw new IllegalArgumentException("a part is read-only");
            }
            long result = vector.move(transfer, state, fd, first, size - first, flags);
            Reference.reachabilityFence(this);
            advance(Math.min(result, remaining));
            return result;
        } finally {
            end();
        }
    }

    /** Throws if one call cannot move all parts that remain, as a message must be moved. */
    void requireOneCall() {
        if (size - first > unistd_h.IOV_MAX) {
            throw new IllegalArgumentException((size - first) + " parts; one call takes " + unistd_h.IOV_MAX);
        }
    }

    private void advance(long moved) {
        long left = Math.max(0, moved);
        remaining -= left;
        while (first < size && left >= vector.length(first)) {
            left -= vector.length(first);
            first++;
        }
        if (left > 0) {
            Objects.checkIndex(first, size);
            vector.set(first, vector.address(first) + left, vector.length(first) - left);
        }
    }

    private void begin() {
        if (!IN_USE.compareAndSet(this, false, true)) {
            throw new IllegalStateException("another thread uses this array");
        }
    }

    private void end() {
        IN_USE.setRelease(this, false);
    }

    /**
     * Describes the array for a log.
     *
     * @return parts and bytes, such as {@code IoVectors[parts=2, remaining=512]}
     */
    @Override
    public String toString() {
        return "IoVectors[parts=" + size + ", remaining=" + remaining + "]";
    }
}
