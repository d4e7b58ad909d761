package io.github.epoll4j.reactor;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLEXCLUSIVE;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import java.util.Arrays;

/**
 * What poll and select are to watch, by descriptor number: epoll's interest list, kept on this side of the kernel, and
 * with epoll's answers to mistakes.
 */
final class WatchedFds {
    private static final int NONE = -1;

    private long[] cookies = new long[64];
    /** Where the entry of a number stands in the back end's own array; NONE if it is not watched. */
    private int[] places = new int[64];

    WatchedFds() {
        Arrays.fill(places, NONE);
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

    void add(int fd, long cookie, int place) throws ErrnoException {
        if (fd < 0) {
            throw new ErrnoException("register", "fd=" + fd, Errno.EBADF);
        }
        if (contains(fd)) {
            throw new ErrnoException("register", "fd=" + fd, Errno.EEXIST);
        }
        if (fd >= places.length) {
            int old = places.length;
            int size = Math.max(fd + 1, 2 * old);
            places = Arrays.copyOf(places, size);
            Arrays.fill(places, old, size, NONE);
            cookies = Arrays.copyOf(cookies, size);
        }
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

    int place(int fd) {
        return places[fd];
    }

    void move(int fd, int place) {
        places[fd] = place;
    }
}
