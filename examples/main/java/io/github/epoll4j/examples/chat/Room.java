package io.github.epoll4j.examples.chat;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A room: who is in it, and what was said last. For the chat's loop. */
final class Room {
    /** How many lines newcomers are shown. */
    static final int HISTORY_LINES = 20;

    private final String name;
    private final Set<Member> members = new LinkedHashSet<>();
    private final Deque<Event.Said> history = new ArrayDeque<>();

    Room(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    /** Who is here, in the order of arrival. */
    Set<Member> members() {
        return Collections.unmodifiableSet(members);
    }

    /** Returns a copy of what was said last, the oldest line first. */
    List<Event.Said> history() {
        return List.copyOf(history);
    }

    void add(Member member) {
        members.add(member);
        member.moveTo(this);
    }

    void remove(Member member) {
        members.remove(member);
        member.moveTo(null);
    }

    /** Sends a line to the members, and keeps it for newcomers. */
    void say(Event.Said line, Member except) {
        if (history.size() == HISTORY_LINES) {
            history.removeFirst();
        }
        history.addLast(line);
        send(line, except);
    }

    /** Sends an event to all members but one; null for none. */
    void send(Event event, Member except) {
        Message message = new Message(event);
        for (Member member : members) {
            if (member != except) {
                member.client().send(message);
            }
        }
    }
}
