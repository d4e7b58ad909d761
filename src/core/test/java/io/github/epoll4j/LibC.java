package io.github.epoll4j;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.FdCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Calls of the C library that the tests need and the library under test does not. */
public final class LibC {
    /** {@code O_RDONLY}. */
    public static final int O_RDONLY = 0;
    /** {@code O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC}. */
    public static final int O_RDWR_QUIET = 0x2 | 0x100 | 0x800 | 0x80000;
    /** {@code O_PATH | O_CLOEXEC}. */
    public static final int O_PATH = 0x200000 | 0x80000;
    /** A pointer that no process may use. */
    public static final MemorySegment BAD_POINTER = MemorySegment.ofAddress(-1);

    private LibC() {
    }

    /**
     * Calls a function that returns an int; the test is skipped where there is no such function.
     *
     * @param name      its name
     * @param arguments each an Integer, a Long, a String or a MemorySegment
     * @return what it returned, or {@code -errno}
     */
    public static int call(String name, Object... arguments) {
        return call(Linker.nativeLinker().defaultLookup(), name, arguments);
    }

    /** Calls a function of some library. */
    @SuppressWarnings("restricted")
    public static int call(SymbolLookup library, String name, Object... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            Object[] values = Arrays.stream(arguments)
                    .map(argument -> argument instanceof String text ? arena.allocateFrom(text) : argument)
                    .toArray();
            MemoryLayout[] layouts = Arrays.stream(values).map(LibC::layout).toArray(MemoryLayout[]::new);
            MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
            List<Object> all = new ArrayList<>(List.of(errno));
            all.addAll(List.of(values));
            MemorySegment function = library.find(name)
                    .orElseGet(() -> Assumptions.abort("this C library has no " + name));
            int result = (int) Linker.nativeLinker().downcallHandle(function,
                            FunctionDescriptor.of(JAVA_INT, layouts), Linker.Option.captureCallState("errno"))
                    .invokeWithArguments(all);
            return result >= 0 ? result : -errno.get(JAVA_INT, 0);
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static MemoryLayout layout(Object argument) {
        return switch (argument) {
            case Integer number -> JAVA_INT;
            case Long number -> JAVA_LONG;
            default -> ADDRESS;
        };
    }

    /** Opens a file for reading. */
    public static FileFd open(String path) throws ErrnoException {
        return open(path, O_RDONLY | 0x80000);
    }

    /** {@code open(path, flags)}. */
    public static FileFd open(String path, int flags) throws ErrnoException {
        return FileFd.adopt(ErrnoException.check(call("open", path, flags), "open", path));
    }

    /** Closes a number that an owner holds: the mistake that owners report. */
    public static void closeBehindItsBack(int fd) {
        FdCalls.close(fd);
    }

    /** Duplicates a descriptor to the lowest free number from a given one up. */
    public static FileFd duplicateTo(int fd, int atLeast) throws IOException {
        int number = FdCalls.fcntl(fd, unistd_h.F_DUPFD_CLOEXEC, atLeast);
        return FileFd.adopt(ErrnoException.check(number, "fcntl", "F_DUPFD_CLOEXEC, " + atLeast));
    }
}
