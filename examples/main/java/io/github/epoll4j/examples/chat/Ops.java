package io.github.epoll4j.examples.chat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Operations and snapshots as JSON, in which nodes send them to each other. */
final class Ops {
    private static final JSON JSON_FORM = JSON.std;

    private Ops() {
    }

    static String text(Op op) {
        return write(switch (op) {
            case Op.Enter enter -> Map.of("op", "enter", "id", enter.id(), "name", enter.name(), "guest", enter.guest(),
                    "room", enter.room(), "return", enter.isReturn());
            case Op.Line line -> Map.of("op", "line", "id", line.id(), "text", line.text(), "millis", line.millis());
            case Op.End end -> Map.of("op", "end", "id", end.id());
            case Op.Leave leave -> Map.of("op", "leave", "id", leave.id(), "how", leave.how());
            case Op.Gone gone -> Map.of("op", "gone", "node", gone.node());
        });
    }

    /**
     * Reads an operation.
     *
     * @throws IOException if the text is none
     */
    static Op op(String text) throws IOException {
        try {
            Map<String, Object> values = JSON_FORM.mapFrom(text);
            return switch ((String) values.get("op")) {
                case "enter" -> new Op.Enter(id(values), text(values, "name"),
                        (Integer) values.get("guest"), text(values, "room"), (Boolean) values.get("return"));
                case "line" -> new Op.Line(id(values), text(values, "text"), millis(values));
                case "end" -> new Op.End(id(values));
                case "leave" -> new Op.Leave(id(values), text(values, "how"));
                case "gone" -> new Op.Gone(text(values, "node"));
                default -> throw new IOException("there is no such operation: " + text);
            };
        } catch (ClassCastException | NullPointerException e) {
            throw new IOException("not an operation: " + text, e);
        }
    }

    static String text(Snapshot snapshot) {
        return write(Map.of(
                "members", snapshot.members().stream().map(member -> Map.of("id", member.id(), "name", member.name(),
                        "room", member.room())).toList(),
                "rooms", snapshot.rooms().stream().map(past -> Map.of("room", past.room(),
                        "lines", past.lines().stream().map(line -> Map.of("name", line.name(), "text", line.text(),
                                "action", line.isAction(), "millis", line.millis())).toList())).toList()));
    }

    /**
     * Reads a snapshot.
     *
     * @throws IOException if the text is none
     */
    static Snapshot snapshot(String text) throws IOException {
        try {
            Map<String, Object> values = JSON_FORM.mapFrom(text);
            return new Snapshot(
                    maps(values.get("members")).stream().map(member -> new Snapshot.Presence(id(member),
                            text(member, "name"), text(member, "room"))).toList(),
                    maps(values.get("rooms")).stream().map(past -> new Snapshot.Past(text(past, "room"),
                            maps(past.get("lines")).stream().map(line -> new Event.Said(text(line, "name"),
                                    text(line, "text"), (Boolean) line.get("action"), millis(line)))
                                    .toList())).toList());
        } catch (ClassCastException | NullPointerException e) {
            throw new IOException("not a snapshot", e);
        }
    }

    private static List<Map<String, Object>> maps(Object list) {
        return ((List<?>) list).stream().map(Ops::map).toList();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    private static String id(Map<String, Object> values) {
        String id = text(values, "id");
        if (id.indexOf(Op.SEPARATOR) < 0) {
            throw new ClassCastException("not an id: " + id);
        }
        return id;
    }

    private static String text(Map<String, Object> values, String name) {
        return Objects.requireNonNull((String) values.get(name));
    }

    private static long millis(Map<String, Object> values) {
        return ((Number) values.get("millis")).longValue();
    }

    private static String write(Map<String, Object> values) {
        try {
            return JSON_FORM.asString(values);
        } catch (IOException e) {
            throw new IllegalStateException(e); // these values can be written
        }
    }
}
