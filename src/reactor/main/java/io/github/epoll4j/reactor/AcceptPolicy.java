package io.github.epoll4j.reactor;

/** What a {@link Listener} does with clients that it cannot serve: no descriptor is left, or its maximum is reached. */
public enum AcceptPolicy {
    /** They wait in the kernel's queue, until there is room. */
    PAUSE,
    /**
     * They are accepted and closed at once, so that they can try elsewhere. For a shortage of descriptors each loop
     * that accepts keeps one in reserve; where it cannot be had again, or memory is what is short, they wait as with
     * {@link #PAUSE}.
     */
    SHED
}
