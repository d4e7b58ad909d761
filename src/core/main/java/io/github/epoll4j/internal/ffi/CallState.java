package io.github.epoll4j.internal.ffi;

import io.github.epoll4j.internal.gen.socket.sockaddr_storage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The off-heap slot that {@code errno} is captured into, and scratch memory for the arguments of one call.
 *
 * <p>Not thread-safe. Event arrays and the like own one each. Other calls {@linkplain #take() take} one: a platform
 * thread has its own; virtual threads share a pool, so that one that merely lives holds no memory off-heap.
 */
public final class CallState implements AutoCloseable {
    /** The size of the scratch memory before {@link #length()}: enough for any socket address. */
    public static final int SCRATCH_SIZE = sockaddr_storage.SIZEOF;

    private static final long ERRNO_SIZE = Long.BYTES;
    private static final ThreadLocal<CallState> OF_THREAD = ThreadLocal.withInitial(CallState::new);
    private static final Pool<CallState> POOL = new Pool<>(() -> new CallState(true));

    private final MemorySegment errno;
    private final MemorySegment scratch;
    private final MemorySegment length;
    private final ByteBuffer errnoBytes;
    private final ByteBuffer bytes;
    private final boolean isPooled;

    /** Allocates a slot for an owner. */
    public CallState() {
        this(false);
    }

    private CallState(boolean isPooled) {
        MemorySegment memory = Arena.ofAuto().allocate(ERRNO_SIZE + SCRATCH_SIZE + Long.BYTES, Long.BYTES);
        errno = memory.asSlice(0, ERRNO_SIZE);
        scratch = memory.asSlice(ERRNO_SIZE);
        length = scratch.asSlice(SCRATCH_SIZE, Integer.BYTES);
        errnoBytes = errno.asByteBuffer().order(ByteOrder.nativeOrder());
        bytes = scratch.asByteBuffer().order(ByteOrder.nativeOrder());
        this.isPooled = isPooled;
    }

    /** Returns a slot that the calling thread may use until it closes it. A platform thread always gets the same. */
    public static CallState take() {
        return Thread.currentThread().isVirtual() ? POOL.take() : OF_THREAD.get();
    }

    /** Ends what {@link #take()} began. */
    @Override
    public void close() {
        if (isPooled) {
            POOL.offer(this);
        }
    }

    /** Returns the segment that a call captures errno into. */
    public MemorySegment errno() {
        return errno;
    }

    /** Returns memory for the arguments of one call, aligned to 8 bytes. Its contents are those of the last call. */
    public MemorySegment scratch() {
        return scratch;
    }

    /**
     * Returns the scratch memory in native byte order. The first access to a segment makes {@code VarHandle}s, which
     * costs a start 12 ms; an access to a buffer makes none.
     */
    public ByteBuffer bytes() {
        return bytes;
    }

    /** Returns the {@code socklen_t} behind the scratch memory: in, how much fits; out, how much there is. */
    public MemorySegment length() {
        return length;
    }

    /** Sets {@link #length()} and returns it. */
    public MemorySegment length(int value) {
        bytes.putInt(SCRATCH_SIZE, value);
        return length;
    }

    /** Returns the value of {@link #length()} after a call. */
    public int lengthValue() {
        return bytes.getInt(SCRATCH_SIZE);
    }

    /** Turns C's -1 into {@code -errno}. */
    public int result(int returned) {
        return returned >= 0 ? returned : -errnoBytes.getInt(0);
    }

    /** Turns C's -1 into {@code -errno}. */
    public long result(long returned) {
        return returned >= 0 ? returned : -errnoBytes.getInt(0);
    }
}
