package io.github.epoll4j;

import java.io.IOException;
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
}
