package io.github.epoll4j.examples.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/** A room: who is in it, and what was said last. For the chat's loop. */
final class Room {
    /** How many lines newcomers are shown. */
    static final int HISTORY_LINES = 20;

    private final String name;
    private final Set<Member> members = new LinkedHashSet<>();
    private final Deque<String> history = new ArrayDeque<>();

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

    /** What was said last, the oldest line first. */
    Collection<String> history() {
        return Collections.unmodifiableCollection(history);
    }

    void add(Member member) {
        members.add(member);
        member.moveTo(this);
    }

    void remove(Member member) {
        members.remove(member);
        member.moveTo(null);
    }

    /** Says a line to all but one, and keeps it for newcomers. */
    void say(String line, Member except) {
        if (history.size() == HISTORY_LINES) {
            history.removeFirst();
        }
        history.addLast(line);
        send(line, except);
    }

    /** Tells all but one what has happened. */
    void notice(String text, Member except) {
        send("* " + text, except);
    }

    /** The line is encoded once, whatever the number of members. */
    private void send(String line, Member except) {
        ByteBuffer bytes = UTF_8.encode(line + "\n");
        for (Member member : members) {
            if (member != except) {
                member.write(bytes.rewind());
            }
        }
    }
}
