package io.github.epoll4j.reactor;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import java.io.UncheckedIOException;
import java.time.Duration;

/** Waits with epoll; the array of events grows when a wait fills it. */
final class EpollBackend implements Backend {
    private static final int FIRST_CAPACITY = 64;
    private static final int LARGEST_CAPACITY = 4096;

    private final EpollInstance epoll = EpollInstance.open();
    private final EpollEventArray events = EpollEventArray.allocate(FIRST_CAPACITY);

    EpollBackend() throws ErrnoException {
    }

    @Override
    public void add(int fd, int interest, long cookie) throws ErrnoException {
        epoll.add(fd, interest, cookie);
    }

    @Override
    public void modify(int fd, int interest, long cookie) throws ErrnoException {
        epoll.modify(fd, interest, cookie);
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
                : epoll.await(events, Duration.ofNanos(timeoutNanos));
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
