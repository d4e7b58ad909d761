package io.github.epoll4j.reactor;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static io.github.epoll4j.poll.PollFlags.POLLIN;
import static io.github.epoll4j.poll.PollFlags.POLLNVAL;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import java.time.Duration;
import java.util.Arrays;

/** Waits with poll. The first entry of the array is the wake-up. Its masks have the values of epoll's. */
final class PollBackend implements Backend {
    private static final int POLL_BITS = 0xFFFF;
    private static final int WAKE = 0;

    private final WakeFd wake = new WakeFd();
    private final PollFdArray fds = PollFdArray.allocate(64);
    private final WatchedFds watched = new WatchedFds();
    private boolean[] oneShot = new boolean[64];
    private final EventBatch batch = new EventBatch();

    PollBackend() throws ErrnoException {
        fds.add(wake.fd(), POLLIN);
    }

    @Override
    public void add(int fd, int interest, long cookie) throws ErrnoException {
        WatchedFds.requireLevel(interest);
        watched.reserve(fd);
        if (fds.size() == oneShot.length) {
            oneShot = Arrays.copyOf(oneShot, 2 * fds.size());
        }
        batch.reserve(fds.size());
        int place = fds.add(fd, interest & POLL_BITS);
        watched.add(fd, cookie, place);
        oneShot[place] = (interest & EPOLLONESHOT) != 0;
    }

    @Override
    public void modify(int fd, int interest, long cookie) throws ErrnoException {
        WatchedFds.requireLevel(interest);
        watched.require(fd);
        int place = watched.place(fd);
        fds.change(place, fd, interest & POLL_BITS);
        oneShot[place] = (interest & EPOLLONESHOT) != 0;
    }

    @Override
    public void remove(int fd) {
        if (!watched.contains(fd)) {
            return;
        }
        int place = watched.place(fd);
        int last = fds.size() - 1;
        watched.remove(fd);
        if (place != last) {
            int moved = fds.fd(last);
            watched.move(moved < 0 ? ~moved : moved, place);
            oneShot[place] = oneShot[last];
        }
        fds.remove(place);
    }

    @Override
    public int await(long timeoutNanos) throws ErrnoException {
        int ready = timeoutNanos < 0 ? Poll.poll(fds) : Poll.poll(fds, Duration.ofNanos(timeoutNanos));
        if (ready > 0 && fds.revents(WAKE) != 0) {
            wake.drain();
            ready--;
        }
        batch.clear();
        int place = WAKE;
        for (int i = 0; i < ready; i++) {
            place = fds.nextReady(place + 1);
            take(place);
        }
        return ready;
    }

    /** Copies an event; what fired once is switched off by its complement. */
    private void take(int place) {
        int fd = fds.fd(place);
        int revents = fds.revents(place);
        // a number that was closed under its registration is an error of its own, as in epoll it would be silence
        batch.add(watched.cookie(fd), (revents & POLLNVAL) != 0 ? EPOLLERR : revents);
        if (oneShot[place] || (revents & POLLNVAL) != 0) {
            fds.change(place, ~fd, fds.events(place));
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
