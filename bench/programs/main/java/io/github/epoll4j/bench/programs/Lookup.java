package io.github.epoll4j.bench.programs;

import java.util.Locale;

/** How a server gets from what a wait reported to the state of a connection. */
public enum Lookup {
    /** There is no state: bytes go back as they come. */
    NONE,
    /** A search for the descriptor among all states, from the front. */
    LINEAR,
    /** A table with the descriptor's number as its index; for poll, the index of its own array. */
    INDEX,
    /** What epoll gives back with the event leads to the state itself. */
    POINTER;

    /**
     * Names the way.
     *
     * @return linear, index or pointer; - for none
     */
    public String id() {
        return this == NONE ? "-" : name().toLowerCase(Locale.ROOT);
    }

    /** Tells whether a watcher's tokens are slots; otherwise they are descriptors' numbers. */
    boolean usesSlots(Mechanism mechanism) {
        return switch (mechanism) {
            case SELECT -> false;
            case POLL -> this != LINEAR;
            default -> this == POINTER;
        };
    }
}
