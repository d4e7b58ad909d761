package io.github.epoll4j.reactor.loop.poller;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLPRI;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLRDHUP;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.poll.PollFlags;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;

/**
 * Waits with select. An entry among {@link WatchedFds} is its mask. The sets grow with the descriptors' numbers. Errors
 * and hang-ups are reported as readable or writable, as select does; without interest in either they are not reported.
 */
public final class SelectPoller implements Poller {
    private final WakeFd wake = new WakeFd();
    private final WatchedFds watched = new WatchedFds();
    private int watchedCount;
    private FdSet[] interest = sets(FdSet.FD_SETSIZE);
    private FdSet[] ready = sets(FdSet.FD_SETSIZE);
    private final EventBatch batch = new EventBatch();

    private static final int READ = 0;
    private static final int WRITE = 1;
    private static final int EXCEPT = 2;

    /** Opens the poller. */
    public SelectPoller() throws ErrnoException {
        include(READ, wake.fd());
    }

    private static FdSet[] sets(int capacity) {
        return new FdSet[] {FdSet.allocate(capacity), FdSet.allocate(capacity), FdSet.allocate(capacity)};
    }

    @Override
    public void add(int fd, int mask, long cookie) throws ErrnoException {
        WatchedFds.requireLevel(mask);
        watched.reserve(fd);
        batch.reserve(watchedCount + 1);
        watch(fd, mask);
        watched.add(fd, cookie, mask & Integer.MAX_VALUE);
        watchedCount++;
    }

    @Override
    public void modify(int fd, int mask, long cookie) throws ErrnoException {
        WatchedFds.requireLevel(mask);
        watched.require(fd);
        watched.move(fd, mask & Integer.MAX_VALUE);
        watch(fd, mask);
    }

    @Override
    public void remove(int fd) {
        if (watched.contains(fd)) {
            watched.remove(fd);
            watchedCount--;
            watch(fd, 0);
        }
    }

    private void watch(int fd, int mask) {
        put(READ, fd, (mask & (EPOLLIN | EPOLLRDHUP)) != 0);
        put(WRITE, fd, (mask & EPOLLOUT) != 0);
        put(EXCEPT, fd, (mask & EPOLLPRI) != 0);
    }

    private void put(int which, int fd, boolean wanted) {
        if (wanted) {
            include(which, fd);
        } else if (fd < interest[which].capacity()) {
            interest[which].clear(fd);
        }
    }

    private void include(int which, int fd) {
        if (fd >= interest[which].capacity()) {
            FdSet[] larger = sets(Math.max(fd + 1, 2 * interest[which].capacity()));
            ready = sets(larger[0].capacity());
            for (int i = 0; i < larger.length; i++) {
                larger[i].copyFrom(interest[i]);
            }
            interest = larger;
        }
        interest[which].set(fd);
    }

    @Override
    public int await(long timeoutNanos) throws ErrnoException {
        batch.clear();
        try {
            select(timeoutNanos);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EBADF || !findClosed()) {
                throw e;
            }
            return batch.size();
        }
        if (ready[READ].isSet(wake.fd())) {
            wake.drain();
            ready[READ].clear(wake.fd());
        }
        for (int fd = next(0); fd >= 0; fd = next(fd + 1)) {
            int mask = (ready[READ].isSet(fd) ? EPOLLIN : 0)
                    | (ready[WRITE].isSet(fd) ? EPOLLOUT : 0)
                    | (ready[EXCEPT].isSet(fd) ? EPOLLPRI : 0);
            report(fd, mask);
        }
        return batch.size();
    }

    private void select(long timeoutNanos) throws ErrnoException {
        for (int i = 0; i < ready.length; i++) {
            ready[i].copyFrom(interest[i]);
        }
        if (timeoutNanos < 0) {
            Select.select(ready[READ], ready[WRITE], ready[EXCEPT]);
        } else {
            Select.selectNanos(ready[READ], ready[WRITE], ready[EXCEPT], timeoutNanos);
        }
    }

    /** Returns the lowest number from one up that is in any of the ready sets; -1 if there is none. */
    private int next(int from) {
        int lowest = -1;
        for (FdSet set : ready) {
            int fd = set.next(from);
            lowest = fd >= 0 && (lowest < 0 || fd < lowest) ? fd : lowest;
        }
        return lowest;
    }

    /**
     * Finds the closed numbers by poll, as one of them fails the whole select; each is reported as an error of its own.
     * Returns false if the wake-up itself is closed.
     */
    private boolean findClosed() throws ErrnoException {
        try (PollFdArray fds = PollFdArray.allocate(64)) {
            interest[READ].forEach(fd -> fds.add(fd, 0));
            interest[WRITE].forEach(fd -> fds.add(fd, 0));
            interest[EXCEPT].forEach(fd -> fds.add(fd, 0));
            Poll.pollMillis(fds, 0);
            for (int i = fds.nextReady(0); i >= 0; i = fds.nextReady(i + 1)) {
                int fd = fds.fd(i);
                if ((fds.revents(i) & PollFlags.POLLNVAL) == 0 || !isWatched(fd)) {
                    continue; // what is in several of the sets is reported once
                }
                if (fd == wake.fd()) {
                    return false;
                }
                report(fd, EPOLLERR);
                watch(fd, 0);
            }
        }
        return true;
    }

    private boolean isWatched(int fd) {
        return interest[READ].isSet(fd) || interest[WRITE].isSet(fd) || interest[EXCEPT].isSet(fd);
    }

    private void report(int fd, int mask) {
        batch.add(watched.cookie(fd), mask);
        if ((watched.entry(fd) & EPOLLONESHOT) != 0) {
            watch(fd, 0);
        }
    }

    @Override
    public long cookie(int index) {
        return batch.cookie(index);
    }

    @Override
    public int events(int index) {
        return batch.events(index);
    }

    @Override
    public void wakeup() {
        wake.wakeup();
    }

    @Override
    public void close() {
        wake.close();
        watched.close();
    }
}
