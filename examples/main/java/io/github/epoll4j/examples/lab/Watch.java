package io.github.epoll4j.examples.lab;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;

import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollFlags;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
import java.io.IOException;

/** A way to watch one descriptor, with a name. */
abstract class Watch {
    /** How long an answer is waited for that should come; silence is asked for without waiting. */
    static final long PATIENCE_MILLIS = 10_000;

    private final String name;

    Watch(String name) {
        this.name = name;
    }

    /** One wait: the mask that it reports, or 0. */
    abstract int ask(long timeoutMillis) throws IOException;

    /** A wait that should report this mask. */
    Reading reports(int mask) {
        return new Reading(name, spell(mask), () -> spell(ask(PATIENCE_MILLIS)));
    }

    /** A wait that should report nothing. */
    Reading silent() {
        return new Reading(name, Check.SILENT, () -> spell(ask(0)));
    }

    /** A mask as one says it in the lecture hall: {@code IN|RDHUP}. */
    static String spell(int mask) {
        return mask == 0 ? Check.SILENT : EpollFlags.toString(mask).replace("EPOLL", "");
    }

    /** Watches by {@code select}, with the descriptor in the read set. */
    static Watch select(int fd) {
        FdSet interest = FdSet.allocate();
        interest.set(fd);
        return new Watch("select") {
            @Override
            int ask(long timeoutMillis) throws IOException {
                return Select.selectMillis(interest.copy(), null, null, timeoutMillis) == 0 ? 0 : EPOLLIN;
            }
        };
    }

    /** Watches by {@code poll}, with a mask, whose bits are those of epoll. */
    static Watch poll(int fd, int mask) {
        return new Watch("poll") {
            @Override
            int ask(long timeoutMillis) throws IOException {
                try (PollFdArray fds = PollFdArray.allocate(1)) {
                    fds.add(fd, mask);
                    return Poll.pollMillis(fds, timeoutMillis) == 0 ? 0 : fds.revents(0);
                }
            }
        };
    }

    /** An epoll instance that watches one descriptor. */
    static final class ByEpoll extends Watch {
        private final EpollInstance epoll = EpollInstance.open();
        private final EpollEventArray events = EpollEventArray.allocate(1);
        private final int fd;

        ByEpoll(String name, int fd, int mask) throws IOException {
            super(name);
            this.fd = fd;
            try {
                epoll.add(fd, mask);
            } catch (IOException e) {
                epoll.close();
                throw e;
            }
        }

        EpollInstance instance() {
            return epoll;
        }

        void modify(int mask) throws IOException {
            epoll.modify(fd, mask);
        }

        @Override
        int ask(long timeoutMillis) throws IOException {
            return epoll.awaitMillis(events, timeoutMillis) == 0 ? 0 : events.flags(0);
        }

        void close() {
            epoll.close();
            events.close();
        }
    }
}
