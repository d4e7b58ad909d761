package io.github.epoll4j.examples.chat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
    private final Map<String, Member> byId = new LinkedHashMap<>();
    /** The connections of this node that have not ended, by the id of the member. */
    private final Map<String, Client> clients = new LinkedHashMap<>();
    private final Commands commands = new Commands(this);
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
     * Lets in a connection of this node.
     *
     * @return false, after a word to the client, if the chat is full
     */
    boolean admit(String id, Client client) {
        if (maxMembers > 0 && clients.size() >= maxMembers) {
            client.send(new Message(new Event.Notice(
                    "The chat is full: " + maxMembers + " are here. Please come back later.")));
            client.close();
            return false;
        }
        clients.put(id, client);
        return true;
    }

    /** Forgets a connection of this node, which has ended. */
    void forget(String id) {
        clients.remove(id);
    }

    /** Returns the number of the first guest's name that a newcomer should try. */
    int nextGuest() {
        return guests + 1;
    }

    /** Does what an operation says. */
    void apply(Op op) {
        switch (op) {
            case Op.Enter enter -> enter(enter);
            case Op.Line line -> {
                Member member = byId.get(line.id());
                if (member != null) {
                    commands.handle(member, line.text(), line.millis());
                }
            }
            case Op.End end -> {
                if (clients.containsKey(end.id())) {
                    clients.get(end.id()).close();
                }
            }
            case Op.Leave leave -> {
                Member member = byId.get(leave.id());
                if (member != null) {
                    leave(member, "has left" + leave.how());
                }
            }
            case Op.Gone gone -> List.copyOf(byId.values()).stream()
                    .filter(member -> Op.node(member.id()).equals(gone.node()))
                    .forEach(member -> leave(member, "has left (connection lost)"));
        }
    }

    private void enter(Op.Enter op) {
        Member before = byId.get(op.id()); // an operation that came twice, or late
        if (before != null) {
            leave(before, "has left");
        }
        String refusal = op.name().isEmpty() ? null : refusal(op.name());
        String name = op.name().isEmpty() || refusal != null ? guestName(op.guest()) : op.name();
        Member member = new Member(op.id(), clients.getOrDefault(op.id(), Client.ELSEWHERE), name);
        add(member);
        boolean isBack = op.isReturn() && clients.containsKey(op.id());
        if (!isBack) {
            member.tell(new Event.Welcome(name));
        } else if (refusal != null) {
            member.tell(new Event.Named(name));
        }
        if (refusal != null) {
            member.notice(refusal);
        }
        Room room = room(Names.isValid(op.room()) ? op.room() : LOBBY);
        if (isBack) {
            room.add(member);
        } else {
            arrive(member, room);
        }
    }

    private void add(Member member) {
        byId.put(member.id(), member);
        members.put(Names.key(member.name()), member);
    }

    /** Returns the reason why a name cannot be given now; null if it can. */
    private String refusal(String name) {
        if (!Names.isValid(name)) {
            return "Not a name: " + Names.RULE + ".";
        }
        Member owner = members.get(Names.key(name));
        return owner == null ? null : "The name " + owner.name() + " is taken.";
    }

    private String guestName(int first) {
        int number = first;
        while (members.containsKey("guest" + number)) {
            number++;
        }
        guests = Math.max(guests, number);
        return "guest" + number;
    }

    /** Lets a member go who wants to. */
    void quit(Member member) {
        leave(member, "has left");
        clients.remove(member.id());
        member.notice("Goodbye, " + member.name() + ".");
        member.client().close();
    }

    private void leave(Member member, String how) {
        if (byId.remove(member.id(), member)) {
            members.remove(Names.key(member.name()));
            depart(member, how);
        }
    }

    /** Says a line to the member's room. */
    void say(Member member, String text, long millis) {
        speak(member, text, millis, false);
    }

    /** Tells the member's room what the member does. */
    void act(Member member, String text, long millis) {
        speak(member, text, millis, true);
    }

    private void speak(Member member, String text, long millis, boolean isAction) {
        boolean isHeard = isSenderIncluded || member.client().wantsOwnLines();
        member.room().say(new Event.Said(member.name(), text, isAction, millis),
                isHeard ? null : member);
    }

    /** Says a line to one other alone. */
    void whisper(Member member, String name, String text, long millis) {
        Member other = members.get(Names.key(name));
        if (other == null) {
            member.notice("There is no " + name + " here.");
            return;
        }
        other.tell(new Event.Whispered(member.name(), text, false, millis));
        member.tell(new Event.Whispered(other.name(), text, true, millis));
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
            arrive(member, room(name));
        }
    }

    private Room room(String name) {
        return rooms.computeIfAbsent(Names.key(name), key -> new Room(name));
    }

    private void arrive(Member member, Room room) {
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

    /** Sends a member of this node a sentence; nothing happens if it is not in the chat. */
    void notice(String id, String text) {
        Member member = byId.get(id);
        if (member != null) {
            member.notice(text);
        }
    }

    /** Sends all connections of this node a sentence. */
    void noticeAll(String text) {
        Message message = new Message(new Event.Notice(text));
        clients.values().forEach(client -> client.send(message));
    }

    /** Sends a client the farewell, and closes it. From now on leaving members are not announced here. */
    void dismiss(String id, Client client) {
        isEnding = true;
        Member member = byId.get(id);
        if (member != null) {
            leave(member, "");
            member.notice("The server is closing. Goodbye.");
        }
        client.close();
    }

    /** Takes the members of this node out, without a word, and returns what brings them back. */
    List<Op.Enter> detach() {
        List.copyOf(byId.values()).stream().filter(member -> !clients.containsKey(member.id()))
                .forEach(member -> leave(member, "has left")); // its connection has ended meanwhile
        List<Op.Enter> returns = new ArrayList<>();
        for (String id : clients.keySet()) {
            Member member = byId.remove(id);
            if (member != null) {
                members.remove(Names.key(member.name()));
                returns.add(new Op.Enter(id, member.name(), nextGuest(), member.room().name(), true));
                member.room().remove(member);
            }
        }
        return returns;
    }

    /** Returns the chat as it is now. */
    Snapshot snapshot() {
        return new Snapshot(
                byId.values().stream().map(member -> new Snapshot.Presence(member.id(), member.name(),
                        member.room().name())).toList(),
                rooms.values().stream().map(room -> new Snapshot.Past(room.name(), room.history())).toList());
    }

    /** Fills this chat, which has no members, with the members and the history of a snapshot. */
    void load(Snapshot snapshot) {
        rooms.clear();
        snapshot.rooms().forEach(past -> past.lines().forEach(line -> room(past.room()).say(line, null)));
        for (Snapshot.Presence presence : snapshot.members()) {
            Member member = new Member(presence.id(), Client.ELSEWHERE, presence.name());
            add(member);
            room(presence.room()).add(member);
        }
    }
}
