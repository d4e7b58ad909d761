package io.github.epoll4j.reactor;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.EventFd;
import java.io.UncheckedIOException;

/** What ends a wait of poll or select: an eventfd among the descriptors. */
final class WakeFd implements AutoCloseable {
    private final EventFd counter = EventFd.open();

    WakeFd() throws ErrnoException {
    }

    int fd() {
        return counter.fd();
    }

    /** Ends the wait, or the next one, from any thread; does nothing once it is closed, since nobody waits then. */
    void wakeup() {
        if (counter.isOpen()) {
            try {
                counter.write(1);
            } catch (ErrnoException e) {
                throw new UncheckedIOException(e);
            } catch (IllegalStateException e) {
                return; // closed meanwhile
            }
        }
    }

    /** Takes note of all wake-ups so far. */
    void drain() throws ErrnoException {
        counter.read();
    }

    @Override
    public void close() {
        counter.close();
    }
}
