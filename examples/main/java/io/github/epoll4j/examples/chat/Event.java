package io.github.epoll4j.examples.chat;

import java.util.List;

/** Something that the chat says to a member. A {@link Form} has the words for it, or the fields. */
sealed interface Event {
    /**
     * A line of a member of the room, which is kept for newcomers.
     *
     * @param name     the member
     * @param text     the line
     * @param isAction true if it is what the member does ({@code /me})
     * @param millis   the time, in milliseconds since 1970
     */
    record Said(String name, String text, boolean isAction, long millis) implements Event {
    }

    /**
     * A line between two members alone.
     *
     * @param other  the other side
     * @param text   the line
     * @param isOwn  true for the one who said it
     * @param millis the time, in milliseconds since 1970
     */
    record Whispered(String other, String text, boolean isOwn, long millis) implements Event {
    }

    /**
     * A sentence of the chat itself, such as why something is refused.
     *
     * @param text the sentence
     */
    record Notice(String text) implements Event {
    }

    /**
     * The first words to a newcomer.
     *
     * @param name the newcomer's name
     */
    record Welcome(String name) implements Event {
    }

    /**
     * The answer to a member that has another name now.
     *
     * @param name the new name
     */
    record Named(String name) implements Event {
    }

    /**
     * A member of the room has another name.
     *
     * @param oldName the name until now
     * @param name    the new name
     */
    record Renamed(String oldName, String name) implements Event {
    }

    /**
     * A member came into the room.
     *
     * @param name the member
     * @param room the room
     */
    record Joined(String name, String room) implements Event {
    }

    /**
     * A member left the room.
     *
     * @param name the member
     * @param how  such as {@code has left for games}
     */
    record Left(String name, String how) implements Event {
    }

    /**
     * The receiver is in another room.
     *
     * @param room  the room
     * @param names the first of the others there
     * @param count the number of the others
     */
    record Entered(String room, List<String> names, int count) implements Event {
    }

    /**
     * The last lines of the room, the oldest first; at least one.
     *
     * @param lines the lines
     */
    record History(List<Said> lines) implements Event {
    }

    /**
     * The members of a room.
     *
     * @param room  the room
     * @param names the first of them
     * @param count the number of all
     */
    record Present(String room, List<String> names, int count) implements Event {
    }

    /**
     * The rooms of the chat.
     *
     * @param rooms the first of them
     * @param count the number of all
     */
    record Rooms(List<RoomSize> rooms, int count) implements Event {
    }

    /**
     * A room in the list of rooms.
     *
     * @param name the room
     * @param size the number of its members
     */
    record RoomSize(String name, int size) {
    }

    /** The list of commands. */
    record Help() implements Event {
    }
}
