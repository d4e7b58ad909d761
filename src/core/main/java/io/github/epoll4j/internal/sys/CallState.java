package io.github.epoll4j.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

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

    /** Allocates a slot of one's own. */
    public CallState() {
        MemorySegment memory = Arena.ofAuto().allocate(ERRNO_SIZE + SCRATCH_SIZE, Long.BYTES);
        errno = memory.asSlice(0, ERRNO_SIZE);
        scratch = memory.asSlice(ERRNO_SIZE);
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

    /** Turns C's -1 into {@code -errno}. */
    int result(int returned) {
        return returned >= 0 ? returned : -errno.get(JAVA_INT, 0);
    }

    /** Turns C's -1 into {@code -errno}. */
    long result(long returned) {
        return returned >= 0 ? returned : -errno.get(JAVA_INT, 0);
    }
}
