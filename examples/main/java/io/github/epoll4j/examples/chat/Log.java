package io.github.epoll4j.examples.chat;

/** Puts operations in order, and has the chat apply each in its turn. For the chat's loop. */
@FunctionalInterface
interface Log {
    /** Adds an operation of a member of this node. */
    void append(Op op);

    /** Returns the name of this node, which ids begin with; empty for a chat on one machine. */
    default String node() {
        return "";
    }
}
