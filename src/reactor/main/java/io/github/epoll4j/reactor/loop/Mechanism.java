package io.github.epoll4j.reactor.loop;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.loop.poller.EpollPoller;
import io.github.epoll4j.reactor.loop.poller.PollPoller;
import io.github.epoll4j.reactor.loop.poller.Poller;
import io.github.epoll4j.reactor.loop.poller.SelectPoller;

/** The call that an {@link EventLoop} waits with. */
public enum Mechanism {
    /** {@code epoll}: its cost follows the number of ready descriptors; level, edge or one-shot per registration. */
    EPOLL,
    /** {@code poll}: its cost follows the number of registrations; level or one-shot. */
    POLL,
    /**
     * {@code select}: its cost follows the highest descriptor's number; level or one-shot. It reports a hang-up as
     * readable. A connection that does not read, since reading is paused or too much is queued, therefore learns of a
     * reset when bytes wait to be sent or are written next, and of a Unix peer's shutdown of both directions when
     * reading resumes. Until then only its timeouts end it.
     */
    SELECT;

    Poller openPoller() throws ErrnoException {
        return switch (this) {
            case EPOLL -> new EpollPoller();
            case POLL -> new PollPoller();
            case SELECT -> new SelectPoller();
        };
    }
}
