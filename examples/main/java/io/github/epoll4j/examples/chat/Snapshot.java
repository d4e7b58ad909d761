package io.github.epoll4j.examples.chat;

import java.util.List;

/**
 * A chat at a moment.
 *
 * @param members the members, in the order of their arrival
 * @param rooms   the rooms
 */
record Snapshot(List<Presence> members, List<Past> rooms) {
    /**
     * A member.
     *
     * @param id   the member's id
     * @param name its name
     * @param room its room
     */
    record Presence(String id, String name, String room) {
    }

    /**
     * What was said in a room last.
     *
     * @param room  the room
     * @param lines the lines, the oldest first
     */
    record Past(String room, List<Event.Said> lines) {
    }
}
