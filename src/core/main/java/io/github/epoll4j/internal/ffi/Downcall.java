package io.github.epoll4j.internal.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Objects;

/**
 * The handles through which generated code calls C. All of them capture {@code errno}.
 *
 * <p>One handle of six 64-bit integers serves every function that is not variadic. Both ABIs that Linux has here,
 * System V's for x86-64 and AAPCS64, pass the first six integers and pointers in registers. A function reads the
 * registers that its prototype names, of an {@code int} the lower half, and no others. Of an {@code int} result the
 * upper half is undefined. Linking is what a start is made of: each new list of types costs 10 to 25 ms on a slow
 * processor.
 */
public final class Downcall {
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");

    /** The function's address, the segment for errno, six integers. */
    public static final MethodHandle HANDLE = link(FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG), ERRNO);

    private Downcall() {
    }

    /**
     * Returns a handle for one shape of a variadic function.
     *
     * @param descriptor the exact types, variadic ones included
     * @param fixed      the number of fixed parameters
     */
    public static MethodHandle variadic(FunctionDescriptor descriptor, int fixed) {
        return link(descriptor, ERRNO, Linker.Option.firstVariadicArg(fixed));
    }

    /**
     * Returns the address of memory that cannot be freed during the call. The caller keeps the segment reachable.
     *
     * @throws IllegalArgumentException if it is heap memory
     * @throws IllegalStateException if its arena is closed
     */
    public static long address(MemorySegment memory) {
        if (!memory.isNative()) {
            throw new IllegalArgumentException("heap memory cannot be passed to C");
        }
        if (!memory.scope().isAlive()) {
            throw new IllegalStateException("the memory's arena is closed");
        }
        return memory.address();
    }

    /**
     * Returns the address of a part of such memory.
     *
     * @throws IndexOutOfBoundsException if the part is not inside
     */
    public static long address(MemorySegment memory, long offset, long size) {
        Objects.checkFromIndexSize(offset, size, memory.byteSize());
        return address(memory) + offset;
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(FunctionDescriptor descriptor, Linker.Option... options) {
        return Linker.nativeLinker().downcallHandle(descriptor, options);
    }

    /** The same with a segment as the second argument, which cannot be closed during the call. Linked on first use. */
    public static final class Held {
        /** The function's address, the segment for errno, an integer, the segment, four integers. */
        public static final MethodHandle HANDLE = link(FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG), ERRNO);

        private Held() {
        }
    }
}
