package io.github.epoll4j.bench.programs;

import io.github.epoll4j.net.StreamSocket;
import java.util.Arrays;

/** The server's connections, and the way to the one that is ready. */
final class Sessions {
    private final Lookup lookup;
    private final boolean tokensAreSlots;
    private final Session[] all;
    private Session[] byFd = new Session[64];
    private int count;
    private long comparisons;

    Sessions(Lookup lookup, boolean tokensAreSlots, int capacity) {
        this.lookup = lookup;
        this.tokensAreSlots = tokensAreSlots;
        this.all = new Session[capacity];
    }

    Session add(StreamSocket socket) {
        Session session = new Session(count, socket);
        all[count++] = session;
        if (session.fd >= byFd.length) {
            byFd = Arrays.copyOf(byFd, Math.max(session.fd + 1, 2 * byFd.length));
        }
        byFd[session.fd] = session;
        return session;
    }

    int count() {
        return count;
    }

    /** Counts how many descriptors linear searches have looked at. */
    long comparisons() {
        return comparisons;
    }

    Session find(int token) {
        if (lookup == Lookup.LINEAR) {
            int i = 0;
            while (all[i].fd != token) {
                i++;
            }
            comparisons += i + 1;
            return all[i];
        }
        return tokensAreSlots ? all[token] : byFd[token];
    }
}
