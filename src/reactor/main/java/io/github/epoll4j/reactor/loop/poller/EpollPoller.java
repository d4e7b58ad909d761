package io.github.epoll4j.reactor.loop.poller;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import java.io.UncheckedIOException;

/** Waits with epoll. The array of events grows when a wait fills it. */
public final class EpollPoller implements Poller {
    private static final int FIRST_CAPACITY = 64;
    private static final int LARGEST_CAPACITY = 4096;

    private final EpollInstance epoll = EpollInstance.open();
    private final EpollEventArray events = EpollEventArray.allocate(FIRST_CAPACITY);

    /** Opens the poller. */
    public EpollPoller() throws ErrnoException {
    }

    @Override
    public void add(int fd, int mask, long cookie) throws ErrnoException {
        epoll.add(fd, mask, cookie);
    }

    @Override
    public void modify(int fd, int mask, long cookie) throws ErrnoException {
        epoll.modify(fd, mask, cookie);
    }

    @Override
    public void remove(int fd) {
        try {
            epoll.delete(fd);
        } catch (ErrnoException e) {
            // the number is closed already, or belongs to another file, such as one that cannot be polled
            if (e.errno() != Errno.EBADF && e.errno() != Errno.ENOENT && e.errno() != Errno.EPERM) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public int await(long timeoutNanos) throws ErrnoException {
        int capacity = events.capacity();
        if (events.ready() == capacity && capacity < LARGEST_CAPACITY) {
            events.grow(2 * capacity);
        }
        return timeoutNanos < 0
                ? epoll.await(events)
                : epoll.awaitNanos(events, timeoutNanos);
    }

    @Override
    public long cookie(int index) {
        return events.data(index);
    }

    @Override
    public int events(int index) {
        return events.flags(index);
    }

    @Override
    public void wakeup() {
        epoll.wakeup();
    }

    @Override
    public int fd() {
        return epoll.fd();
    }

    @Override
    public void close() {
        epoll.close();
        events.close();
    }
}
