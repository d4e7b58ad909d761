package io.github.epoll4j.fd;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.FdCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The kind of file that a descriptor refers to.
 *
 * <p>Most regular files, all directories, and devices without a queue, such as {@code /dev/null}, cannot be watched by
 * epoll: {@code add} fails with EPERM. They never block, so read them without waiting; select and poll report them
 * ready at any time. The kind is a hint, epoll_ctl decides: some files of {@code /proc} and {@code /sys}, such as
 * {@code /proc/self/mounts}, are regular and can be watched.
 */
public enum FdKind {
    /**
     * A regular file, or memory of memfd_create. Epoll refuses most of them with EPERM, and accepts some of
     * {@code /proc} and {@code /sys}.
     */
    REGULAR("a regular file"),
    /** A directory. Epoll refuses it with EPERM. */
    DIRECTORY("a directory"),
    /** A terminal, either end of a pseudo-terminal included. */
    TERMINAL("a terminal"),
    /**
     * A character device that is not a terminal. Epoll refuses some, such as {@code /dev/null}, with EPERM, and accepts
     * others, such as {@code /dev/input/event0}.
     */
    CHARACTER_DEVICE("a character device"),
    /** A block device. Epoll refuses it with EPERM. */
    BLOCK_DEVICE("a block device"),
    /** A pipe or a FIFO. */
    PIPE("a pipe"),
    /** A socket of any family. */
    SOCKET("a socket"),
    /** A counter, see {@link EventFd}. */
    EVENTFD("an eventfd"),
    /** A timer, see {@link TimerFd}. */
    TIMERFD("a timerfd"),
    /** A set of signals, see {@link SignalFd}. */
    SIGNALFD("a signalfd"),
    /** A process, see {@link PidFd}. */
    PIDFD("a pidfd"),
    /** A queue of file events, see {@link Inotify}. */
    INOTIFY("an inotify queue"),
    /** An epoll instance, see {@link io.github.epoll4j.epoll.EpollInstance}. */
    EPOLL("an epoll instance"),
    /** A file of any other kind. */
    OTHER("a file of another kind");

    private static final Path FDS = Path.of("/proc/self/fd");

    private final String description;

    FdKind(String description) {
        this.description = description;
    }

    /**
     * Returns the kind as text for a message.
     *
     * @return such as {@code a regular file}
     */
    public String description() {
        return description;
    }

    /**
     * Returns the kind of a number, as {@code /proc/self/fd} shows it.
     *
     * @param fd the number of an open descriptor, borrowed
     * @return the kind
     * @throws ErrnoException EBADF if the number is not open
     * @throws IOException if {@code /proc} is not mounted
     * @throws IllegalArgumentException if the number is negative
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static FdKind of(int fd) throws IOException {
        requireOpen(fd);
        Path link = FDS.resolve(Integer.toString(fd));
        String target = Files.readSymbolicLink(link).toString();
        return switch (target) {
            case "anon_inode:[eventfd]" -> EVENTFD;
            case "anon_inode:[timerfd]" -> TIMERFD;
            case "anon_inode:[signalfd]" -> SIGNALFD;
            case "anon_inode:[pidfd]" -> PIDFD;
            case "anon_inode:inotify" -> INOTIFY;
            case "anon_inode:[eventpoll]" -> EPOLL;
            default -> target.startsWith("pidfd:[") ? PIDFD
                    : target.startsWith("anon_inode:") ? OTHER
                    : ofMode((int) Files.getAttribute(link, "unix:mode"), fd);
        };
    }

    private static FdKind ofMode(int mode, int fd) {
        return switch (mode & unistd_h.S_IFMT) {
            case unistd_h.S_IFREG -> REGULAR;
            case unistd_h.S_IFDIR -> DIRECTORY;
            case unistd_h.S_IFCHR -> isTerminal(fd) ? TERMINAL : CHARACTER_DEVICE;
            case unistd_h.S_IFBLK -> BLOCK_DEVICE;
            case unistd_h.S_IFIFO -> PIPE;
            case unistd_h.S_IFSOCK -> SOCKET;
            default -> OTHER;
        };
    }

    /** Only terminals among the character devices have an output queue to query. */
    private static boolean isTerminal(int fd) {
        try (CallState state = CallState.take()) {
            return state.result(unistd_h.ioctl(state.errno(), fd, unistd_h.TIOCOUTQ, state.scratch())) >= 0;
        }
    }

    /** Checks that a number is open. */
    static void requireOpen(int fd) throws ErrnoException {
        Platform.require();
        if (fd < 0) {
            throw new IllegalArgumentException("not a descriptor: " + fd);
        }
        ErrnoException.check(FdCalls.fcntl(fd, unistd_h.F_GETFD, 0), "fcntl", "F_GETFD, fd=" + fd);
    }

    /**
     * Checks that a number is of this kind.
     *
     * @throws IllegalArgumentException if it is of another one
     */
    void require(int fd) throws IOException {
        FdKind actual = of(fd);
        if (actual != this) {
            throw new IllegalArgumentException("fd=" + fd + " is not " + description + ": it is " + actual.description);
        }
    }

    /**
     * Checks a number that a type takes over, and sets it to non-blocking and close-on-exec.
     *
     * @return the number
     * @throws IllegalArgumentException if it is not of this kind
     */
    int adopt(int fd) throws IOException {
        require(fd);
        FdCalls.setNonBlockingAndCloseOnExec(fd);
        return fd;
    }

    /**
     * Returns a field of {@code /proc/self/fdinfo}.
     *
     * @throws IOException if the kernel does not show it
     */
    static int info(int fd, String field) throws IOException {
        Path info = Path.of("/proc/self/fdinfo", Integer.toString(fd));
        for (String line : Files.readAllLines(info)) {
            if (line.startsWith(field + ":")) {
                return Integer.parseInt(line.substring(field.length() + 1).strip());
            }
        }
        throw new IOException("no " + field + " in " + info);
    }
}
