package io.github.epoll4j.reactor.loop.poller;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.EventFd;
import java.io.UncheckedIOException;

/** An eventfd among the descriptors of poll or select, which ends their wait. */
final class WakeFd implements AutoCloseable {
    private final EventFd counter = EventFd.open();

    WakeFd() throws ErrnoException {
    }

    int fd() {
        return counter.fd();
    }

    /** Ends the wait, or the next one, from any thread; does nothing once it is closed. */
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

    /** Consumes all wake-ups so far. */
    void drain() throws ErrnoException {
        counter.read();
    }

    @Override
    public void close() {
        counter.close();
    }
}
