package io.github.epoll4j.bench.programs;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;

import io.github.epoll4j.ErrnoException;

/** How a server waits. */
public enum Mechanism {
    /** select: descriptors up to 1023. */
    SELECT("select", "-", 0),
    /** poll. */
    POLL("poll", "-", 0),
    /** epoll, level-triggered. */
    EPOLL_LEVEL("epoll", "level", 0),
    /** epoll, edge-triggered. */
    EPOLL_EDGE("epoll", "edge", EPOLLET),
    /** epoll, level-triggered, armed again after each event. */
    EPOLL_ONESHOT("epoll", "oneshot", EPOLLONESHOT);

    private final String call;
    private final String trigger;
    private final int flags;

    Mechanism(String call, String trigger, int flags) {
        this.call = call;
        this.trigger = trigger;
        this.flags = flags;
    }

    /**
     * Names the call.
     *
     * @return select, poll or epoll
     */
    public String call() {
        return call;
    }

    /**
     * Names the trigger.
     *
     * @return level, edge or oneshot; - for select and poll, which have no choice
     */
    public String trigger() {
        return trigger;
    }

    /**
     * Names both for a table.
     *
     * @return the name
     */
    public String title() {
        return this == SELECT || this == POLL ? call : call + " " + trigger;
    }

    boolean isEdge() {
        return this == EPOLL_EDGE;
    }

    /** Opens what watches; with a token for each slot, or the descriptor's number as the token. */
    Watcher open(int capacity, boolean tokensAreSlots) throws ErrnoException {
        return switch (this) {
            case SELECT -> new SelectWatcher();
            case POLL -> new PollWatcher(capacity, tokensAreSlots);
            default -> new EpollWatcher(flags, tokensAreSlots);
        };
    }
}
