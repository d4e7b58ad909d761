package io.github.epoll4j.bench.programs;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
import java.io.IOException;

/** select, as C's fd_set allows it; tokens are descriptors' numbers. */
final class SelectWatcher extends Watcher {
    private final FdSet input = FdSet.allocate();
    private final FdSet output = FdSet.allocate();
    private final FdSet readable = FdSet.allocate();
    private final FdSet writable = FdSet.allocate();
    private int last;
    private boolean isInWritable;

    @Override
    void add(int slot, int fd) throws IOException {
        if (fd >= FdSet.FD_SETSIZE) {
            throw new IOException("select stops at descriptor " + (FdSet.FD_SETSIZE - 1)
                    + ", which connection " + slot + " is beyond: fewer connections");
        }
        input.set(fd);
    }

    @Override
    void watchOutput(int slot, int fd, boolean isOutput) {
        (isOutput ? input : output).clear(fd);
        (isOutput ? output : input).set(fd);
    }

    @Override
    int begin(long timeoutMillis) throws ErrnoException {
        readable.copyFrom(input);
        writable.copyFrom(output);
        last = -1;
        isInWritable = false;
        return Select.selectMillis(readable, writable, null, timeoutMillis);
    }

    @Override
    int next() {
        last = (isInWritable ? writable : readable).next(last + 1);
        if (last < 0 && !isInWritable) {
            isInWritable = true;
            last = writable.next(0);
        }
        return last;
    }

    @Override
    public void close() {
        input.zero();
        output.zero();
    }
}
