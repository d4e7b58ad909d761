package io.github.epoll4j.reactor.loop.poller;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLEXCLUSIVE;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.poll.PollFlags;
import java.util.Arrays;

/**
 * The interest list of poll and select by descriptor number, kept on this side of the kernel, with epoll's EBADF and
 * ENOENT.
 */
final class WatchedFds {
    private static final int NONE = -1;

    /** One entry, to find out whether a number is open. */
    private final PollFdArray probe = PollFdArray.allocate(1);
    private long[] cookies = new long[64];
    /** The poller's own entry for a number, such as an index; NONE if the number is not watched. */
    private int[] entries = new int[64];

    WatchedFds() {
        Arrays.fill(entries, NONE);
        probe.add(NONE, 0);
    }

    /** Refuses EPOLLET and EPOLLEXCLUSIVE, which only epoll has. */
    static void requireLevel(int interest) {
        if ((interest & (EPOLLET | EPOLLEXCLUSIVE)) != 0) {
            throw new UnsupportedOperationException("edge trigger and exclusive wake-up need Mechanism.EPOLL");
        }
    }

    boolean contains(int fd) {
        return fd >= 0 && fd < entries.length && entries[fd] != NONE;
    }

    /** Ensures capacity for an open descriptor's number; EBADF if it is not open. Adds nothing yet. */
    void reserve(int fd) throws ErrnoException {
        if (!isOpen(fd)) { // before memory for all numbers up to this one is allocated
            throw new ErrnoException("register", "fd=" + fd, Errno.EBADF);
        }
        if (fd >= entries.length) {
            int old = entries.length;
            int size = Math.max(fd + 1, 2 * old);
            int[] newEntries = Arrays.copyOf(entries, size);
            Arrays.fill(newEntries, old, size, NONE);
            cookies = Arrays.copyOf(cookies, size);
            entries = newEntries;
        }
    }

    private boolean isOpen(int fd) throws ErrnoException {
        if (fd < 0) {
            return false; // which poll would pass over
        }
        probe.change(0, fd, 0);
        Poll.pollMillis(probe, 0);
        return (probe.revents(0) & PollFlags.POLLNVAL) == 0;
    }

    /** Adds a number that has its capacity. */
    void add(int fd, long cookie, int entry) {
        cookies[fd] = cookie;
        entries[fd] = entry;
    }

    void require(int fd) throws ErrnoException {
        if (!contains(fd)) {
            throw new ErrnoException("modify", "fd=" + fd, Errno.ENOENT);
        }
    }

    void remove(int fd) {
        entries[fd] = NONE;
    }

    long cookie(int fd) {
        return cookies[fd];
    }

    void close() {
        probe.close();
    }

    int entry(int fd) {
        return entries[fd];
    }

    void move(int fd, int entry) {
        entries[fd] = entry;
    }
}
