package io.github.epoll4j.reactor;

/** What an {@link EventLoop} waits with. */
public enum Mechanism {
    /** {@code epoll}: costs as much as is ready; level, edge or one-shot for each registration. */
    EPOLL,
    /** {@code poll}: costs as much as is registered; level or one-shot. */
    POLL,
    /** {@code select}: costs as much as the highest descriptor's number; level or one-shot. */
    SELECT
}
