package io.github.epoll4j.internal.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The off-heap slot that {@code errno} is captured into, and a little memory for arguments that live as long as one
 * call.
 *
 * <p>Not thread-safe. One belongs to each event array and the like on the hot path; all others use the thread's own.
 * Its memory is the garbage collector's: a slot lives as long as its thread or owner.
 */
public final class CallState {
    /** Enough for any socket address with its length, and for two time structures. */
    private static final long SCRATCH_SIZE = 144;
    private static final long ERRNO_SIZE = 8;
    private static final ThreadLocal<CallState> OF_THREAD = ThreadLocal.withInitial(CallState::new);

    private final MemorySegment errno;
    private final MemorySegment scratch;
    private final ByteBuffer errnoBytes;
    private final ByteBuffer bytes;

    /** Allocates a slot of one's own. */
    public CallState() {
        MemorySegment memory = Arena.ofAuto().allocate(ERRNO_SIZE + SCRATCH_SIZE, Long.BYTES);
        errno = memory.asSlice(0, ERRNO_SIZE);
        scratch = memory.asSlice(ERRNO_SIZE);
        errnoBytes = errno.asByteBuffer().order(ByteOrder.nativeOrder());
        bytes = scratch.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /** Gives the calling thread's slot. */
    public static CallState ofThread() {
        return OF_THREAD.get();
    }

    /** The segment that a handle captures errno into. */
    MemorySegment errno() {
        return errno;
    }

    /** Memory for the arguments of one call, aligned to 8 bytes, with whatever the last call left in it. */
    public MemorySegment scratch() {
        return scratch;
    }

    /**
     * The same memory in native byte order. The first access to a segment makes handles, which costs a JVM's start 12
     * ms; one to a buffer makes nothing.
     */
    public ByteBuffer bytes() {
        return bytes;
    }

    /** Turns C's -1 into {@code -errno}. */
    int result(int returned) {
        return returned >= 0 ? returned : -errnoBytes.getInt(0);
    }

    /** Turns C's -1 into {@code -errno}. */
    long result(long returned) {
        return returned >= 0 ? returned : -errnoBytes.getInt(0);
    }
}
