package io.github.epoll4j.examples.chat;

import io.github.epoll4j.reactor.Connection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Somebody in the chat. For the chat's loop. */
final class Member {
    private final Connection connection;
    private String name;
    private Room room;

    Member(Connection connection, String name) {
        this.connection = connection;
        this.name = name;
    }

    String name() {
        return name;
    }

    void rename(String newName) {
        name = newName;
    }

    /** Where the member is; null before the first room, and after the last. */
    Room room() {
        return room;
    }

    void moveTo(Room newRoom) {
        room = newRoom;
    }

    /** Tells the member something: a line, or several. */
    void tell(String text) {
        write(StandardCharsets.UTF_8.encode(text + "\n"));
    }

    /** Tells the member of something that the chat itself has to say. */
    void notice(String text) {
        tell("* " + text);
    }

    /** Writes encoded lines; what the member does not read is queued, up to the connection's limit. */
    void write(ByteBuffer lines) {
        connection.write(lines);
    }

    /** Sends what is queued still, and closes. */
    void close() {
        connection.close();
    }
}
