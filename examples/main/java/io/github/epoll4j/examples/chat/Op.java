package io.github.epoll4j.examples.chat;

/** Something that a member does, or that happens to it. The same operations in the same order make the same chat. */
sealed interface Op {
    /** The separator of the node and the number in a member's id. */
    char SEPARATOR = '-';

    /** Returns the node of a member's id; empty for a chat on one machine. */
    static String node(String id) {
        return id.substring(0, id.lastIndexOf(SEPARATOR));
    }

    /**
     * A newcomer.
     *
     * @param id       the newcomer's id
     * @param name     the name that it wants to have, and gets if it can; empty for one of a guest
     * @param guest    the number of the first guest's name to try
     * @param room     the room that it wants to be in; empty for the lobby
     * @param isReturn true for a member that its node brings back after it was cut off from the others
     */
    record Enter(String id, String name, int guest, String room, boolean isReturn) implements Op {
    }

    /**
     * A line that a member has typed.
     *
     * @param id     the member
     * @param text   the line
     * @param millis the time, in milliseconds since 1970
     */
    record Line(String id, String text, long millis) implements Op {
    }

    /**
     * The end of a member's input: it is answered what it has asked, and then closed.
     *
     * @param id the member
     */
    record End(String id) implements Op {
    }

    /**
     * The end of a member's connection.
     *
     * @param id  the member
     * @param how the rest of the sentence "has left", such as {@code  (did not read)}; mostly empty
     */
    record Leave(String id, String how) implements Op {
    }

    /**
     * The end of a node, and of all its members' connections.
     *
     * @param node the node
     */
    record Gone(String node) implements Op {
    }
}
