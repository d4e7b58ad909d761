package io.github.epoll4j.examples.chat;

/** Somebody in the chat. For the chat's loop. */
final class Member {
    private final Client client;
    private String name;
    private Room room;

    Member(Client client, String name) {
        this.client = client;
        this.name = name;
    }

    Client client() {
        return client;
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

    /** Sends the member alone an event. */
    void tell(Event event) {
        client.send(new Message(event));
    }

    /** Sends the member a sentence of the chat itself. */
    void notice(String text) {
        tell(new Event.Notice(text));
    }
}
