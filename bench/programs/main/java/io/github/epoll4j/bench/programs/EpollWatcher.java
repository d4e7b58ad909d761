package io.github.epoll4j.bench.programs;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;

/**
 * epoll. Under edge trigger a connection is watched for output as well from the first time that it takes less than is
 * written to it, which is one call to epoll_ctl for ever; otherwise each change is one.
 */
final class EpollWatcher extends Watcher {
    private static final int MOST_EVENTS = 1024;

    private final EpollInstance epoll = EpollInstance.open();
    private final EpollEventArray ready = EpollEventArray.allocate(MOST_EVENTS);
    private final int flags;
    private final boolean tokensAreSlots;
    private int last;

    EpollWatcher(int flags, boolean tokensAreSlots) throws ErrnoException {
        this.flags = flags;
        this.tokensAreSlots = tokensAreSlots;
    }

    @Override
    void add(int slot, int fd) throws ErrnoException {
        epoll.add(fd, EPOLLIN | flags, token(slot, fd));
        countCtl();
    }

    @Override
    void watchOutput(int slot, int fd, boolean output) throws ErrnoException {
        boolean isEdge = (flags & EPOLLET) != 0;
        if (isEdge && !output) {
            return;
        }
        epoll.modify(fd, (isEdge ? EPOLLIN | EPOLLOUT : output ? EPOLLOUT : EPOLLIN) | flags, token(slot, fd));
        countCtl();
    }

    @Override
    void rearm(int slot, int fd) throws ErrnoException {
        epoll.modify(fd, EPOLLIN | flags, token(slot, fd));
        countCtl();
    }

    private int token(int slot, int fd) {
        return tokensAreSlots ? slot : fd;
    }

    @Override
    int begin(long timeoutMillis) throws ErrnoException {
        last = -1;
        return epoll.awaitMillis(ready, timeoutMillis);
    }

    @Override
    int next() {
        return (int) ready.data(++last);
    }

    @Override
    public void close() {
        ready.close();
        epoll.close();
    }
}
