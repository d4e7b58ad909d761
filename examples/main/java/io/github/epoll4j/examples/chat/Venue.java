package io.github.epoll4j.examples.chat;

import io.github.epoll4j.reactor.loop.EventLoop;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What connections need of the chat.
 *
 * @param loop the loop that owns the chat
 * @param chat the chat
 * @param log  the order of what its members do
 * @param ids  the number of members so far
 */
record Venue(EventLoop loop, Chat chat, Log log, AtomicLong ids) {
    Venue(EventLoop loop, Chat chat, Log log) {
        this(loop, chat, log, new AtomicLong());
    }

    /** Returns an id that no other member has, on any node. For any thread. */
    String nextId() {
        return log.node() + Op.SEPARATOR + ids.incrementAndGet();
    }
}
