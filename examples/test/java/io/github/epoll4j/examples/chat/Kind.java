package io.github.epoll4j.examples.chat;

import io.github.epoll4j.reactor.Trigger;
import io.github.epoll4j.reactor.loop.Mechanism;

/** The ways to wait that must all make the same chat. */
enum Kind {
    SELECT(Mechanism.SELECT, Trigger.LEVEL, 1),
    SELECT_ONESHOT(Mechanism.SELECT, Trigger.ONESHOT, 1),
    POLL(Mechanism.POLL, Trigger.LEVEL, 1),
    POLL_ONESHOT(Mechanism.POLL, Trigger.ONESHOT, 1),
    EPOLL_LEVEL(Mechanism.EPOLL, Trigger.LEVEL, 1),
    EPOLL_EDGE(Mechanism.EPOLL, Trigger.EDGE, 1),
    EPOLL_ONESHOT(Mechanism.EPOLL, Trigger.ONESHOT, 1),
    EPOLL_ON_THREE_LOOPS(Mechanism.EPOLL, Trigger.LEVEL, 3);

    final Mechanism mechanism;
    final Trigger trigger;
    final int loops;

    Kind(Mechanism mechanism, Trigger trigger, int loops) {
        this.mechanism = mechanism;
        this.trigger = trigger;
        this.loops = loops;
    }
}
