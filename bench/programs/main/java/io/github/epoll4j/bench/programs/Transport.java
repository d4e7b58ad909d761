package io.github.epoll4j.bench.programs;

import java.io.IOException;
import java.util.Locale;

/** What connects both ends. */
public enum Transport {
    /** Unix stream sockets. */
    UNIX,
    /** TCP on the loopback, without delay; connections are reset in the end, so that no port is left in TIME_WAIT. */
    TCP;

    /**
     * Names it.
     *
     * @return unix or tcp
     */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Opens a listener to which it can connect. */
    Meeting open() throws IOException {
        return this == UNIX ? new Meeting.OfUnix() : new Meeting.OfTcp();
    }
}
