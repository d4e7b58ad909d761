package io.github.epoll4j.examples.chat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Who is in the chat, and where, and what they do there. For the chat's loop. */
final class Chat {
    private static final String LOBBY = "lobby";
    private static final int MAX_LISTED = 50;

    private final boolean isSenderIncluded;
    private final int maxMembers;
    /** By the key of the name. */
    private final Map<String, Member> members = new HashMap<>();
    private final Map<String, Room> rooms = new TreeMap<>();
    private int guests;
    private boolean isEnding;

    /**
     * Makes an empty chat.
     *
     * @param isSenderIncluded whether a line is sent to the one who said it, too
     * @param maxMembers       how many find room; 0 for any number
     */
    Chat(boolean isSenderIncluded, int maxMembers) {
        this.isSenderIncluded = isSenderIncluded;
        this.maxMembers = maxMembers;
    }

    /**
     * Welcomes a newcomer.
     *
     * @param client the newcomer's connection
     * @param name   the name that it wants to have, and gets if it can; empty for one of a guest
     * @param room   the room that it wants to be in; empty for the lobby
     * @return the member; null, and a word to the client, if the chat is full
     */
    Member enter(Client client, String name, String room) {
        String refusal = name.isEmpty() ? null : refusal(name);
        Member member = new Member(client, name.isEmpty() || refusal != null ? guestName() : name);
        if (maxMembers > 0 && members.size() >= maxMembers) {
            member.notice("The chat is full: " + maxMembers + " are here. Please come back later.");
            client.close();
            return null;
        }
        members.put(Names.key(member.name()), member);
        member.tell(new Event.Welcome(member.name()));
        if (refusal != null) {
            member.notice(refusal);
        }
        arrive(member, Names.isValid(room) ? room : LOBBY);
        return member;
    }

    /** Returns why nobody can have a name now; null if somebody can. */
    private String refusal(String name) {
        if (!Names.isValid(name)) {
            return "Not a name: " + Names.RULE + ".";
        }
        Member owner = members.get(Names.key(name));
        return owner == null ? null : "The name " + owner.name() + " is taken.";
    }

    private String guestName() {
        String name;
        do {
            name = "guest" + ++guests;
        } while (members.containsKey(name));
        return name;
    }

    /**
     * Takes a member out whose connection has ended; nothing happens if it has left before.
     *
     * @param how the rest of the sentence, such as {@code  (did not read)}; mostly empty
     */
    void lose(Member member, String how) {
        leave(member, "has left" + how);
    }

    /** Lets a member go who wants to. */
    void quit(Member member) {
        leave(member, "has left");
        member.notice("Goodbye, " + member.name() + ".");
        member.client().close();
    }

    private void leave(Member member, String how) {
        if (members.remove(Names.key(member.name()), member)) {
            depart(member, how);
        }
    }

    /** Says a line to the member's room. */
    void say(Member member, String text) {
        speak(member, text, false);
    }

    /** Tells the member's room what the member does. */
    void act(Member member, String text) {
        speak(member, text, true);
    }

    private void speak(Member member, String text, boolean isAction) {
        boolean isHeard = isSenderIncluded || member.client().wantsOwnLines();
        member.room().say(new Event.Said(member.name(), text, isAction, System.currentTimeMillis()),
                isHeard ? null : member);
    }

    /** Says a line to one other alone. */
    void whisper(Member member, String name, String text) {
        Member other = members.get(Names.key(name));
        if (other == null) {
            member.notice("There is no " + name + " here.");
            return;
        }
        long now = System.currentTimeMillis();
        other.tell(new Event.Whispered(member.name(), text, false, now));
        member.tell(new Event.Whispered(other.name(), text, true, now));
    }

    /** Gives a member another name, if it is one and nobody else's. */
    void rename(Member member, String newName) {
        String oldName = member.name();
        boolean isSame = Names.key(newName).equals(Names.key(oldName)); // but for upper and lower case
        String refusal = isSame && Names.isValid(newName) ? null : refusal(newName);
        if (refusal != null) {
            member.notice(refusal);
            return;
        }
        members.remove(Names.key(oldName));
        members.put(Names.key(newName), member);
        member.rename(newName);
        member.tell(new Event.Named(newName));
        member.room().send(new Event.Renamed(oldName, newName), member);
    }

    /** Moves a member to a room, which is made if there is none of the name. */
    void join(Member member, String name) {
        if (!Names.isValid(name)) {
            member.notice("Not a room: " + Names.RULE + ".");
        } else if (member.room() == rooms.get(Names.key(name))) {
            member.notice("You are in " + member.room().name() + " already.");
        } else {
            depart(member, "has left for " + name);
            arrive(member, name);
        }
    }

    private void arrive(Member member, String name) {
        Room room = rooms.computeIfAbsent(Names.key(name), key -> new Room(name));
        member.tell(new Event.Entered(room.name(), names(room), room.members().size()));
        if (!room.history().isEmpty()) {
            member.tell(new Event.History(room.history()));
        }
        room.add(member);
        room.send(new Event.Joined(member.name(), room.name()), member);
    }

    private void depart(Member member, String how) {
        Room room = member.room();
        room.remove(member);
        if (!isEnding) {
            room.send(new Event.Left(member.name(), how), null);
        }
        if (room.members().isEmpty() && !room.name().equals(LOBBY)) {
            rooms.remove(Names.key(room.name()));
        }
    }

    /** Tells a member who is in the room. */
    void who(Member member) {
        Room room = member.room();
        member.tell(new Event.Present(room.name(), names(room), room.members().size()));
    }

    /** Tells a member which rooms there are. */
    void rooms(Member member) {
        member.tell(new Event.Rooms(rooms.values().stream().limit(MAX_LISTED)
                .map(room -> new Event.RoomSize(room.name(), room.members().size())).toList(), rooms.size()));
    }

    private static List<String> names(Room room) {
        return room.members().stream().limit(MAX_LISTED).map(Member::name).toList();
    }

    /** Sends a member the last notice, and closes its connection. From now on leaving members are not announced. */
    void dismiss(Member member) {
        isEnding = true;
        leave(member, "");
        member.notice("The server is closing. Goodbye.");
        member.client().close();
    }
}
