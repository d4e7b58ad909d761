package io.github.epoll4j.reactor;

/** What an {@link EventLoop} waits with. */
public enum Mechanism {
    /** {@code epoll}: costs as much as is ready; level, edge or one-shot for each registration. */
    EPOLL,
    /** {@code poll}: costs as much as is registered; level or one-shot. */
    POLL,
    /**
     * {@code select}: costs as much as the highest descriptor's number; level or one-shot. It has no word for a hang-up
     * but "readable": a {@link Connection} that reads nothing, since reading is paused or too much is queued, hears of
     * a reset when bytes wait to be sent or are written next, and that a Unix peer has shut down both ways not before
     * reading goes on. Until then its timeouts alone end it.
     */
    SELECT
}
