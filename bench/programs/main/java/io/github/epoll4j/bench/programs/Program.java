package io.github.epoll4j.bench.programs;

import java.util.Locale;

/** The programs by their names. */
public enum Program {
    /** Connects, select. */
    SELECT_CONN(Mechanism.SELECT, Kind.CONNECT),
    /** Connects, poll. */
    POLL_CONN(Mechanism.POLL, Kind.CONNECT),
    /** Connects, epoll level-triggered. */
    EPOLL_LEVEL_CONN(Mechanism.EPOLL_LEVEL, Kind.CONNECT),
    /** Connects, epoll edge-triggered. */
    EPOLL_EDGE_CONN(Mechanism.EPOLL_EDGE, Kind.CONNECT),
    /** Exchanges, select. */
    SELECT_PERFORMANCE(Mechanism.SELECT, Kind.SHARED_BUFFER),
    /** Exchanges, poll. */
    POLL_PERFORMANCE(Mechanism.POLL, Kind.SHARED_BUFFER),
    /** Exchanges, epoll level-triggered. */
    EPOLL_LEVEL_PERFORMANCE(Mechanism.EPOLL_LEVEL, Kind.SHARED_BUFFER),
    /** Exchanges, epoll edge-triggered. */
    EPOLL_EDGE_PERFORMANCE(Mechanism.EPOLL_EDGE, Kind.SHARED_BUFFER),
    /** Exchanges through own buffers, select. */
    SELECT_PERFORMANCE_2(Mechanism.SELECT, Kind.OWN_BUFFERS),
    /** Exchanges through own buffers, poll. */
    POLL_PERFORMANCE_2(Mechanism.POLL, Kind.OWN_BUFFERS),
    /** Exchanges through own buffers, epoll level-triggered. */
    EPOLL_LEVEL_PERFORMANCE_2(Mechanism.EPOLL_LEVEL, Kind.OWN_BUFFERS),
    /** Exchanges through own buffers, epoll edge-triggered. */
    EPOLL_EDGE_PERFORMANCE_2(Mechanism.EPOLL_EDGE, Kind.OWN_BUFFERS);

    private final Mechanism mechanism;
    private final Kind kind;

    Program(Mechanism mechanism, Kind kind) {
        this.mechanism = mechanism;
        this.kind = kind;
    }

    /** What a program measures. */
    public enum Kind {
        /** Connections are made, one after the other. */
        CONNECT,
        /** Messages go to and fro, through one buffer of the server. */
        SHARED_BUFFER,
        /** Messages go to and fro, through a buffer of each connection. */
        OWN_BUFFERS
    }

    /**
     * Gives the name, which is the sub-command.
     *
     * @return the name as the sources spell it
     */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Tells how it waits.
     *
     * @return the mechanism
     */
    public Mechanism mechanism() {
        return mechanism;
    }

    /**
     * Tells what it measures.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * Gives the way to a connection's state that the sources' program has.
     *
     * @return linear for epoll, index for poll and select, none for programs without a state
     */
    public Lookup lookup() {
        if (kind != Kind.OWN_BUFFERS) {
            return Lookup.NONE;
        }
        return mechanism.call().equals("epoll") ? Lookup.LINEAR : Lookup.INDEX;
    }
}
