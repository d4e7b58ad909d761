package io.github.epoll4j.examples.chat;

import java.nio.ByteBuffer;

/** The way in which events are encoded for a kind of client. */
@FunctionalInterface
interface Form {
    /** Encodes an event, on the heap. */
    ByteBuffer encode(Event event);
}
