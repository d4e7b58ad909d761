package io.github.epoll4j.reactor;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLEXCLUSIVE;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.poll.PollFlags;
import java.util.Arrays;

/**
 * What poll and select are to watch, by descriptor number: epoll's interest list, kept on this side of the kernel, and
 * with epoll's EBADF and ENOENT.
 */
final class WatchedFds {
    private static final int NONE = -1;

    /** A single entry, for the question whether a number is open. */
    private final PollFdArray probe = PollFdArray.allocate(1);
    private long[] cookies = new long[64];
    /** Where the entry of a number stands in the back end's own array; NONE if it is not watched. */
    private int[] places = new int[64];

    WatchedFds() {
        Arrays.fill(places, NONE);
        probe.add(NONE, 0);
    }

    /** Only epoll knows edges and exclusive wake-ups; asking another mechanism for them is a mistake. */
    static void requireLevel(int interest) {
        if ((interest & (EPOLLET | EPOLLEXCLUSIVE)) != 0) {
            throw new UnsupportedOperationException("edge trigger and exclusive wake-up need Mechanism.EPOLL");
        }
    }

    boolean contains(int fd) {
        return fd >= 0 && fd < places.length && places[fd] != NONE;
    }

    /** Ensures capacity for an open descriptor's number; EBADF if it is not open. Nothing is watched yet. */
    void reserve(int fd) throws ErrnoException {
        if (!isOpen(fd)) { // before memory for all numbers up to this one is allocated
            throw new ErrnoException("register", "fd=" + fd, Errno.EBADF);
        }
        if (fd >= places.length) {
            int old = places.length;
            int size = Math.max(fd + 1, 2 * old);
            int[] newPlaces = Arrays.copyOf(places, size);
            Arrays.fill(newPlaces, old, size, NONE);
            cookies = Arrays.copyOf(cookies, size);
            places = newPlaces;
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
    void add(int fd, long cookie, int place) {
        cookies[fd] = cookie;
        places[fd] = place;
    }

    void require(int fd) throws ErrnoException {
        if (!contains(fd)) {
            throw new ErrnoException("modify", "fd=" + fd, Errno.ENOENT);
        }
    }

    void remove(int fd) {
        places[fd] = NONE;
    }

    long cookie(int fd) {
        return cookies[fd];
    }

    void close() {
        probe.close();
    }

    int place(int fd) {
        return places[fd];
    }

    void move(int fd, int place) {
        places[fd] = place;
    }
}
