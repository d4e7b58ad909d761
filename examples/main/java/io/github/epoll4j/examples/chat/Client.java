package io.github.epoll4j.examples.chat;

/** A member's way out of the chat, whatever the protocol. For the chat's loop. */
interface Client {
    /** Sends a message; what the client does not read is queued, up to the limit of its connection. */
    void send(Message message);

    /** Sends what is queued still, and closes. */
    void close();

    /** Returns whether the member gets its own lines, too, wherever the chat does not send them to everybody. */
    default boolean wantsOwnLines() {
        return false;
    }
}
