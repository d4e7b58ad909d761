package io.github.epoll4j.bench.micro;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls that the library does not wrap, and that a measurement needs to make something happen. */
final class Unwrapped {
    private static final MethodHandle RAISE = link("raise", JAVA_INT, JAVA_INT);
    private static final MethodHandle MKSTEMP = link("mkstemp", JAVA_INT, ADDRESS);
    private static final MethodHandle PWRITE = link("pwrite", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final MemorySegment A_BYTE = Arena.global().allocate(1);

    private Unwrapped() {
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(String name, MemoryLayout result, MemoryLayout... arguments) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments));
    }

    /** Sends a signal to the calling thread. */
    static void raise(int signal) throws IOException {
        try {
            check((int) RAISE.invokeExact(signal), "raise");
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /** Makes and opens a file, of which the name's last six characters are replaced. */
    static int mkstemp(MemorySegment name) throws IOException {
        try {
            return (int) check((int) MKSTEMP.invokeExact(name), "mkstemp");
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /** Writes the first byte of a file. */
    static void writeFirst(int fd) throws IOException {
        try {
            check((long) PWRITE.invokeExact(fd, A_BYTE, 1L, 0L), "pwrite");
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    private static long check(long result, String call) throws IOException {
        if (result < 0) {
            throw new IOException(call + " failed");
        }
        return result;
    }

    private static IOException rethrow(Throwable thrown) {
        switch (thrown) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case IOException e -> {
                return e;
            }
            default -> throw new AssertionError(thrown);
        }
    }
}
