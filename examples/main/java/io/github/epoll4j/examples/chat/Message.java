package io.github.epoll4j.examples.chat;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** An event for one member or many, which is encoded once in each form that some of them need. */
final class Message {
    private final Event event;
    private final Map<Form, ByteBuffer> encoded = HashMap.newHashMap(2);

    Message(Event event) {
        this.event = event;
    }

    Event event() {
        return event;
    }

    /** Returns the event in a form, the same buffer each time, of which all remains. */
    ByteBuffer in(Form form) {
        return encoded.computeIfAbsent(form, key -> key.encode(event)).rewind();
    }
}
