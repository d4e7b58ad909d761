package io.github.epoll4j.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What {@code /proc} shows of the descriptors of this process and of others. */
public final class Fds {
    private static final Path SELF = Path.of("/proc/self/fd");

    private Fds() {
    }

    /** Returns the number of open descriptors of this process. */
    public static long count() throws IOException {
        return count(SELF) - 1; // the listing's own
    }

    /** Returns the number of open descriptors of another process. */
    public static long count(long pid) throws IOException {
        return count(folder(pid));
    }

    private static long count(Path folder) throws IOException {
        try (Stream<Path> fds = Files.list(folder)) {
            return fds.count();
        }
    }

    /** Returns the number of open sockets of this process. */
    public static long sockets() throws IOException {
        return count(SELF, "socket:");
    }

    /** Returns the number of open sockets of another process. */
    public static long sockets(long pid) throws IOException {
        return count(folder(pid), "socket:");
    }

    /** Returns the number of open epoll instances and eventfds of this process, which event loops consist of. */
    public static long ofLoops() throws IOException {
        return count(SELF, "anon_inode:[event");
    }

    private static long count(Path folder, String target) throws IOException {
        try (Stream<Path> fds = Files.list(folder)) {
            return fds.filter(fd -> target(fd).startsWith(target)).count();
        }
    }

    /** Returns what a descriptor of this process refers to, such as "socket:[17]" or a path; "" if it is closed. */
    public static String target(int fd) {
        return target(SELF.resolve(Integer.toString(fd)));
    }

    private static String target(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static Path folder(long pid) {
        return Path.of("/proc/" + pid + "/fd");
    }

    /** Returns whether a number is an open descriptor of this process. */
    public static boolean isOpen(int fd) {
        return Files.exists(info(fd));
    }

    /** Returns a descriptor's open flags, as in open(2). */
    public static int flags(int fd) throws IOException {
        try (Stream<String> lines = Files.lines(info(fd))) {
            return lines.filter(line -> line.startsWith("flags:"))
                    .mapToInt(line -> Integer.parseInt(line.substring("flags:".length()).strip(), 8))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Returns the number of registrations of an epoll descriptor. */
    public static long registrations(int epfd) throws IOException {
        try (Stream<String> lines = Files.lines(info(epfd))) {
            return lines.filter(line -> line.startsWith("tfd:")).count();
        }
    }

    private static Path info(int fd) {
        return Path.of("/proc/self/fdinfo/" + fd);
    }

    /** Returns the soft RLIMIT_NOFILE of this process; the JVM raises it to the hard limit when it starts. */
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
