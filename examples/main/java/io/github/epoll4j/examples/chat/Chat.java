package io.github.epoll4j.examples.chat;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.Connection;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Who is in the chat, and where, and what they do there. For the chat's loop. */
final class Chat {
    private static final String LOBBY = "lobby";
    private static final int NAMES_SHOWN = 50;

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

    /** Welcomes a newcomer to the lobby; null, and a word to the client, if the chat is full. */
    Member enter(Connection connection) {
        Member member = new Member(connection, guestName());
        if (maxMembers > 0 && members.size() >= maxMembers) {
            member.notice("The chat is full: " + maxMembers + " are here. Please come back later.");
            member.close();
            return null;
        }
        members.put(Names.key(member.name()), member);
        member.notice("Welcome, " + member.name() + "! " + Commands.SUMMARY);
        arrive(member, LOBBY);
        return member;
    }

    private String guestName() {
        String name;
        do {
            name = "guest" + ++guests;
        } while (members.containsKey(name));
        return name;
    }

    /** Takes a member out whose connection has ended; nothing happens if it has left before. */
    void leave(Member member, Throwable cause) {
        String how = switch (cause) {
            case null -> "";
            case ErrnoException e -> " (connection lost)";
            case IOException e -> " (did not read)"; // more was queued than the limit
            default -> " (disconnected)";
        };
        leave(member, "has left" + how);
    }

    /** Lets a member go who wants to. */
    void quit(Member member) {
        leave(member, "has left");
        member.notice("Goodbye, " + member.name() + ".");
        member.close();
    }

    private void leave(Member member, String how) {
        if (members.remove(Names.key(member.name()), member)) {
            depart(member, how);
        }
    }

    /** Says a line to the member's room. */
    void say(Member member, String text) {
        speak(member, member.name() + ": " + text);
    }

    /** Tells the member's room what the member does. */
    void act(Member member, String text) {
        speak(member, "~ " + member.name() + " " + text);
    }

    private void speak(Member member, String line) {
        member.room().say(line, isSenderIncluded ? null : member);
    }

    /** Says a line to one other alone. */
    void whisper(Member member, String name, String text) {
        Member other = members.get(Names.key(name));
        if (other == null) {
            member.notice("There is no " + name + " here.");
            return;
        }
        other.tell(member.name() + " (to you): " + text);
        member.tell("you (to " + other.name() + "): " + text);
    }

    /** Gives a member another name, if it is one and nobody else's. */
    void rename(Member member, String newName) {
        if (!Names.isValid(newName)) {
            member.notice("Not a name: " + Names.RULE + ".");
            return;
        }
        Member other = members.putIfAbsent(Names.key(newName), member);
        if (other != null && other != member) {
            member.notice("The name " + other.name() + " is taken.");
            return;
        }
        String oldName = member.name();
        if (other == null) {
            members.remove(Names.key(oldName));
        }
        member.rename(newName);
        member.notice("You are now " + newName + ".");
        member.room().notice(oldName + " is now " + newName, member);
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
        String others = room.members().isEmpty() ? "alone" : "with " + names(room.members());
        member.notice("You are in " + room.name() + ", " + others + ".");
        if (!room.history().isEmpty()) {
            member.notice("Said before you came:");
            member.tell(String.join("\n", room.history()));
        }
        room.add(member);
        room.notice(member.name() + " has joined " + room.name(), member);
    }

    private void depart(Member member, String how) {
        Room room = member.room();
        room.remove(member);
        if (!isEnding) {
            room.notice(member.name() + " " + how, null);
        }
        if (room.members().isEmpty() && !room.name().equals(LOBBY)) {
            rooms.remove(Names.key(room.name()));
        }
    }

    /** Tells a member who is in the room. */
    void who(Member member) {
        Collection<Member> present = member.room().members();
        member.notice(present.size() + " in " + member.room().name() + ": " + names(present));
    }

    /** Tells a member which rooms there are. */
    void rooms(Member member) {
        member.notice("Rooms: " + list(rooms.values().stream().map(room -> room.name() + " (" + room.members().size()
                + ")"), rooms.size()));
    }

    private static String names(Collection<Member> members) {
        return list(members.stream().map(Member::name), members.size());
    }

    private static String list(Stream<String> words, int count) {
        String shown = words.limit(NAMES_SHOWN).collect(Collectors.joining(", "));
        return count > NAMES_SHOWN ? shown + " and " + (count - NAMES_SHOWN) + " more" : shown;
    }

    /** Sends a member the last notice, and closes its connection. From now on leaving members are not announced. */
    void dismiss(Member member) {
        isEnding = true;
        leave(member, "");
        member.notice("The server is closing. Goodbye.");
        member.close();
    }
}
