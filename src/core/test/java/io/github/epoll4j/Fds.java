package io.github.epoll4j;

import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.sys.CallState;
import io.github.epoll4j.internal.sys.FdCalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the kernel tells about this process's descriptors. */
public final class Fds {
    private Fds() {
    }

    /** Counts the open descriptors of this process. */
    public static long count() throws IOException {
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            return fds.count() - 1; // the listing's own
        }
    }

    /** Tells whether a number is an open descriptor. */
    public static boolean isOpen(int fd) {
        return Files.exists(Path.of("/proc/self/fdinfo/" + fd));
    }

    /** Reads a descriptor's open flags, as in open(2). */
    public static int flags(int fd) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/fdinfo/" + fd))) {
            return lines.filter(line -> line.startsWith("flags:"))
                    .mapToInt(line -> Integer.parseInt(line.substring("flags:".length()).strip(), 8))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Closes a number that somebody else owns: the mistake that owners report. */
    public static void closeBehindItsBack(int fd) {
        OwnedFd.adopt(fd).close();
    }

    /** Counts the registrations of an epoll descriptor. */
    public static long registrations(int epfd) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/fdinfo/" + epfd))) {
            return lines.filter(line -> line.startsWith("tfd:")).count();
        }
    }

    /** Duplicates a descriptor to the lowest free number from a given one up. */
    public static OwnedFd duplicateTo(int fd, int atLeast) throws IOException {
        int number = FdCalls.fcntl(CallState.ofThread(), fd, unistd_h.F_DUPFD_CLOEXEC(), atLeast);
        return OwnedFd.adopt(ErrnoException.check(number, "fcntl", "F_DUPFD_CLOEXEC, " + atLeast));
    }

    /** Reads how many descriptors this process may have: RLIMIT_NOFILE, the soft one. */
    public static long limit() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/limits"))) {
            return lines.filter(line -> line.startsWith("Max open files"))
                    .map(line -> line.substring("Max open files".length()).strip().split(" +")[0])
                    .mapToLong(limit -> limit.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(limit))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
