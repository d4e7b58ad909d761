package io.github.epoll4j.examples.chat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.List;
import java.util.Map;

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
                case "enter" -> new Op.Enter((String) values.get("id"), (String) values.get("name"),
                        (Integer) values.get("guest"), (String) values.get("room"), (Boolean) values.get("return"));
                case "line" -> new Op.Line((String) values.get("id"), (String) values.get("text"), millis(values));
                case "end" -> new Op.End((String) values.get("id"));
                case "leave" -> new Op.Leave((String) values.get("id"), (String) values.get("how"));
                case "gone" -> new Op.Gone((String) values.get("node"));
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
                    maps(values.get("members")).stream().map(member -> new Snapshot.Presence((String) member.get("id"),
                            (String) member.get("name"), (String) member.get("room"))).toList(),
                    maps(values.get("rooms")).stream().map(past -> new Snapshot.Past((String) past.get("room"),
                            maps(past.get("lines")).stream().map(line -> new Event.Said((String) line.get("name"),
                                    (String) line.get("text"), (Boolean) line.get("action"), millis(line)))
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
