package io.github.epoll4j.internal.sys;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Links C functions with {@code errno} captured.
 *
 * <p>A handle takes a {@link CallState}'s errno segment before the function's own parameters. It belongs into a
 * {@code static final} field of a class that is initialised when the function is first called: linking costs
 * milliseconds, and only a constant handle is inlined.
 */
final class Downcall {
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");

    private Downcall() {
    }

    @SuppressWarnings("restricted")
    static MethodHandle link(MemorySegment address, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(address, descriptor, ERRNO);
    }

    /**
     * Links a function so that it takes addresses as numbers: a segment that is made for a call is allocated after all
     * if the compiler meets it too deep below a loop. The caller keeps the memory alive and within its bounds.
     */
    static MethodHandle linkAddresses(MemorySegment address, FunctionDescriptor descriptor) {
        List<MemoryLayout> arguments = new ArrayList<>(descriptor.argumentLayouts());
        arguments.replaceAll(layout -> layout instanceof AddressLayout ? ValueLayout.JAVA_LONG : layout);
        return link(address, FunctionDescriptor.of(
                descriptor.returnLayout().orElseThrow(), arguments.toArray(new MemoryLayout[0])));
    }

    /** Links a variadic function for one list of arguments, of which the first {@code fixed} are not variadic. */
    @SuppressWarnings("restricted")
    static MethodHandle linkVariadic(MemorySegment address, FunctionDescriptor descriptor, int fixed) {
        return Linker.nativeLinker()
                .downcallHandle(address, descriptor, ERRNO, Linker.Option.firstVariadicArg(fixed));
    }

    /** Links a function that this C library may lack; null if it does. */
    static MethodHandle linkOptional(Supplier<MemorySegment> address, Supplier<FunctionDescriptor> descriptor) {
        try {
            return link(address.get(), descriptor.get());
        } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
            return null; // the generated class looks the symbol up while it is initialised
        }
    }

    /** What to throw when a handle threw: FFM's own exceptions as they are. */
    static AssertionError rethrow(Throwable thrown) {
        switch (thrown) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new AssertionError("a downcall threw a checked exception", thrown);
        }
    }
}
