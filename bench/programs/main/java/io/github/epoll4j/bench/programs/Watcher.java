package io.github.epoll4j.bench.programs;

import io.github.epoll4j.ErrnoException;
import java.io.IOException;

/**
 * Watches connections with one of the mechanisms, and counts its calls. Connections are added in the order of their
 * slots. What is ready is told by a token: a slot, or a descriptor's number.
 */
abstract sealed class Watcher implements AutoCloseable permits SelectWatcher, PollWatcher, EpollWatcher {
    private long waits;
    private long events;
    private long ctlCalls;

    /** Watches a connection for input. */
    abstract void add(int slot, int fd) throws IOException;

    /** Watches for output instead of input, or again for input. */
    abstract void watchOutput(int slot, int fd, boolean output) throws ErrnoException;

    /** Arms a connection again, where an event disarms it. */
    void rearm(int slot, int fd) throws ErrnoException {
    }

    /** Waits, and gives the number of connections that are ready. */
    final int await(long timeoutMillis) throws ErrnoException {
        int ready = begin(timeoutMillis);
        waits++;
        events += ready;
        return ready;
    }

    abstract int begin(long timeoutMillis) throws ErrnoException;

    /** Gives the token of the next connection that the last wait reported; to be asked as often as that said. */
    abstract int next();

    final void countCtl() {
        ctlCalls++;
    }

    /** Counts a wait for one connection that is made besides. */
    final void countWait() {
        waits++;
        events++;
    }

    final long waits() {
        return waits;
    }

    final long events() {
        return events;
    }

    final long ctlCalls() {
        return ctlCalls;
    }

    @Override
    public abstract void close();
}
