package io.github.epoll4j.bench.programs;

import static io.github.epoll4j.poll.PollFlags.POLLIN;
import static io.github.epoll4j.poll.PollFlags.POLLOUT;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;

/** poll, with one array that stays; an entry's index is its slot. */
final class PollWatcher extends Watcher {
    private final PollFdArray entries;
    private final boolean tokensAreSlots;
    private int last;

    PollWatcher(int capacity, boolean tokensAreSlots) {
        this.entries = PollFdArray.allocate(capacity);
        this.tokensAreSlots = tokensAreSlots;
    }

    @Override
    void add(int slot, int fd) {
        entries.add(fd, POLLIN);
    }

    @Override
    void watchOutput(int slot, int fd, boolean output) {
        entries.change(slot, fd, output ? POLLOUT : POLLIN);
    }

    @Override
    int begin(long timeoutMillis) throws ErrnoException {
        last = -1;
        return Poll.pollMillis(entries, timeoutMillis);
    }

    @Override
    int next() {
        last = entries.nextReady(last + 1);
        return tokensAreSlots ? last : entries.fd(last);
    }

    @Override
    public void close() {
        entries.close();
    }
}
