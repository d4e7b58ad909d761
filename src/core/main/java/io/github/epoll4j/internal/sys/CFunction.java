package io.github.epoll4j.internal.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.epoll4j.Errno;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A function of the C library, which is called with {@code errno} captured.
 *
 * <p>All functions are called in one way: six integers of 64 bits, and one as the result. It serves them all because
 * both ABIs that Linux has here, System V's for x86-64 and AAPCS64, pass the first six integers and pointers in
 * registers. A function looks at the registers that its prototype names, at the lower half of one that holds an
 * {@code int}, and at no others; a variadic one besides at how many registers of another kind were used, and has a way
 * of its own. Of an {@code int} that is returned, the upper half is noise. {@code CFunctionTest} holds each function
 * and each call against the prototype that jextract found in the C headers.
 *
 * <p>One way, because linking is what a start is made of: each new list of types costs a JVM 10 to 25 ms, and a server
 * calls functions of eleven before it echoes its first byte. And memory is passed by its address, because a segment
 * that is made for a call is allocated after all if the compiler meets it too deep below a loop: who passes an address
 * keeps the memory reachable until the call is over, which the memory of a {@link CallState} always is.
 *
 * @param address where the function lies, or a null pointer if this C library has none of that name
 */
record CFunction(MemorySegment address) {
    private static final FunctionDescriptor SIX =
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final MethodHandle HANDLE = link(SIX, ERRNO);

    /** Finds a function by its name. */
    static CFunction of(String name) {
        return new CFunction(Linker.nativeLinker().defaultLookup().findOrThrow(name));
    }

    /** Finds a function that not every C library has. */
    static CFunction ofOptional(String name) {
        return new CFunction(Linker.nativeLinker().defaultLookup().find(name).orElse(MemorySegment.NULL));
    }

    /** Whether it can be called. */
    boolean isPresent() {
        return address.address() != 0;
    }

    long call(CallState state, long a) {
        return call(state, a, 0, 0, 0, 0, 0);
    }

    long call(CallState state, long a, long b) {
        return call(state, a, b, 0, 0, 0, 0);
    }

    long call(CallState state, long a, long b, long c) {
        return call(state, a, b, c, 0, 0, 0);
    }

    /** Calls by itself, not through the one with six: a level deeper the compiler inlines not all, and allocates. */
    long call(CallState state, long a, long b, long c, long d) {
        try {
            return (long) HANDLE.invokeExact(address, state.errno(), a, b, c, d, 0L, 0L);
        } catch (Throwable thrown) {
            throw rethrow(thrown);
        }
    }

    long call(CallState state, long a, long b, long c, long d, long e) {
        return call(state, a, b, c, d, e, 0);
    }

    /** Calls it; {@link CallState#result} makes of what it returns a number or an errno. */
    long call(CallState state, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) HANDLE.invokeExact(address, state.errno(), a, b, c, d, e, f);
        } catch (Throwable thrown) {
            throw rethrow(thrown);
        }
    }

    /** Calls a variadic function of integers and pointers. */
    long callVariadic(CallState state, long a, long b, long c) {
        try {
            return (long) Variadic.HANDLE.invokeExact(address, state.errno(), a, b, c, 0L, 0L, 0L);
        } catch (Throwable thrown) {
            throw rethrow(thrown);
        }
    }

    /**
     * Calls what moves bytes from or to a non-blocking descriptor, again for as long as signals interrupt it.
     *
     * @return the number of bytes, or {@code -errno}
     */
    long transfer(CallState state, int fd, long memory, long count, int flags) {
        try {
            long result;
            do {
                result = state.result((long) HANDLE.invokeExact(
                        address, state.errno(), (long) fd, memory, count, (long) flags, 0L, 0L));
            } while (result == -Errno.EINTR);
            return result;
        } catch (Throwable thrown) {
            throw rethrow(thrown);
        }
    }

    /** The same with memory that is held, and no peer. */
    long transferHolding(CallState state, int fd, MemorySegment memory, long offset, long count, int flags) {
        return transferHolding(state, fd, memory, offset, count, flags, 0, 0);
    }

    /**
     * The same with memory that its owner may free meanwhile, as that of a shared arena: it is held until the call is
     * over, or the call is refused. The slice is made here, where it is used, so that it is never allocated.
     */
    long transferHolding(CallState state, int fd, MemorySegment memory, long offset, long count, int flags,
            long peer, long peerLength) {
        try {
            long result;
            do {
                result = state.result((long) Holding.HANDLE.invokeExact(address, state.errno(), (long) fd,
                        memory.asSlice(offset, count), count, (long) flags, peer, peerLength));
            } while (result == -Errno.EINTR);
            return result;
        } catch (Throwable thrown) {
            throw rethrow(thrown);
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(FunctionDescriptor descriptor, Linker.Option... options) {
        return Linker.nativeLinker().downcallHandle(descriptor, options);
    }

    /** What to throw when a handle threw: FFM's own exceptions as they are. */
    private static AssertionError rethrow(Throwable thrown) {
        switch (thrown) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new AssertionError("a downcall threw a checked exception", thrown);
        }
    }

    /** Linked when it is first needed: by those who move bytes from or to an arena of their own. */
    private static final class Holding {
        static final MethodHandle HANDLE = link(
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                ERRNO);
    }

    /** Linked when it is first needed: by few. */
    private static final class Variadic {
        static final MethodHandle HANDLE = link(SIX, ERRNO, Linker.Option.firstVariadicArg(1));
    }
}
