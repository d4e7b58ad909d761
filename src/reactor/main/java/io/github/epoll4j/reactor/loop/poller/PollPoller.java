package io.github.epoll4j.reactor.loop.poller;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static io.github.epoll4j.poll.PollFlags.POLLIN;
import static io.github.epoll4j.poll.PollFlags.POLLNVAL;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import java.util.Arrays;

/** Waits with poll. The first entry of the array is the wake-up. Its masks have the values of epoll's. */
public final class PollPoller implements Poller {
    private static final int POLL_BITS = 0xFFFF;
    private static final int WAKE = 0;

    private final WakeFd wake = new WakeFd();
    private final PollFdArray fds = PollFdArray.allocate(64);
    private final WatchedFds watched = new WatchedFds();
    private boolean[] oneShot = new boolean[64];
    private final EventBatch batch = new EventBatch();

    /** Opens the poller. */
    public PollPoller() throws ErrnoException {
        fds.add(wake.fd(), POLLIN);
    }

    @Override
    public void add(int fd, int mask, long cookie) throws ErrnoException {
        WatchedFds.requireLevel(mask);
        watched.reserve(fd);
        if (fds.size() == oneShot.length) {
            oneShot = Arrays.copyOf(oneShot, 2 * fds.size());
        }
        batch.reserve(fds.size());
        int index = fds.add(fd, mask & POLL_BITS);
        watched.add(fd, cookie, index);
        oneShot[index] = (mask & EPOLLONESHOT) != 0;
    }

    @Override
    public void modify(int fd, int mask, long cookie) throws ErrnoException {
        WatchedFds.requireLevel(mask);
        watched.require(fd);
        int index = watched.entry(fd);
        fds.change(index, fd, mask & POLL_BITS);
        oneShot[index] = (mask & EPOLLONESHOT) != 0;
    }

    @Override
    public void remove(int fd) {
        if (!watched.contains(fd)) {
            return;
        }
        int index = watched.entry(fd);
        int last = fds.size() - 1;
        watched.remove(fd);
        if (index != last) {
            int moved = fds.fd(last);
            watched.move(moved < 0 ? ~moved : moved, index);
            oneShot[index] = oneShot[last];
        }
        fds.remove(index);
    }

    @Override
    public int await(long timeoutNanos) throws ErrnoException {
        int ready = timeoutNanos < 0 ? Poll.poll(fds) : Poll.pollNanos(fds, timeoutNanos);
        if (ready > 0 && fds.revents(WAKE) != 0) {
            wake.drain();
            ready--;
        }
        batch.clear();
        int index = WAKE;
        for (int i = 0; i < ready; i++) {
            index = fds.nextReady(index + 1);
            take(index);
        }
        return ready;
    }

    /** Copies an event; a one-shot entry that fired is disabled by the complement of its number. */
    private void take(int index) {
        int fd = fds.fd(index);
        int revents = fds.revents(index);
        // a number that was closed under its registration is reported as an error; epoll reports nothing then
        batch.add(watched.cookie(fd), (revents & POLLNVAL) != 0 ? EPOLLERR : revents);
        if (oneShot[index] || (revents & POLLNVAL) != 0) {
            fds.change(index, ~fd, fds.events(index));
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
        fds.close();
    }
}
