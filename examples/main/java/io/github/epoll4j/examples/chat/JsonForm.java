package io.github.epoll4j.examples.chat;

import com.fasterxml.jackson.jr.ob.JSON;
import com.fasterxml.jackson.jr.ob.comp.ObjectComposer;
import io.github.epoll4j.examples.websocket.WebSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Events as JSON objects for the page, each in one WebSocket frame; {@code type} is the event's name. */
final class JsonForm implements Form {
    static final JsonForm INSTANCE = new JsonForm();

    private JsonForm() {
    }

    @Override
    public ByteBuffer encode(Event event) {
        return WebSocket.textFrame(json(event));
    }

    static String json(Event event) {
        try {
            var json = JSON.std.composeString();
            var object = json.startObject();
            put(object, event);
            object.end();
            return json.finish();
        } catch (IOException e) {
            throw new UncheckedIOException("in memory", e);
        }
    }

    private static void put(ObjectComposer<?> to, Event event) throws IOException {
        switch (event) {
            case Event.Said said -> said(to.put("type", "said"), said);
            case Event.Whispered line -> to.put("type", "whispered").put("other", line.other())
                    .put("text", line.text()).put("own", line.isOwn()).put("time", line.millis());
            case Event.Notice notice -> to.put("type", "notice").put("text", notice.text());
            case Event.Welcome welcome -> to.put("type", "welcome").put("name", welcome.name());
            case Event.Named named -> to.put("type", "named").put("name", named.name());
            case Event.Renamed renamed -> to.put("type", "renamed").put("old", renamed.oldName())
                    .put("name", renamed.name());
            case Event.Joined joined -> to.put("type", "joined").put("name", joined.name());
            case Event.Left left -> to.put("type", "left").put("name", left.name()).put("how", left.how());
            case Event.Entered entered -> names(to.put("type", "entered").put("room", entered.room())
                    .put("count", entered.count()), entered.names());
            case Event.Present present -> names(to.put("type", "present").put("room", present.room())
                    .put("count", present.count()), present.names());
            case Event.History history -> {
                var lines = to.put("type", "history").startArrayField("lines");
                for (Event.Said line : history.lines()) {
                    var object = lines.startObject();
                    said(object, line);
                    object.end();
                }
                lines.end();
            }
            case Event.Rooms rooms -> {
                var list = to.put("type", "rooms").put("count", rooms.count()).startArrayField("rooms");
                for (Event.RoomSize room : rooms.rooms()) {
                    list.startObject().put("name", room.name()).put("size", room.size()).end();
                }
                list.end();
            }
            case Event.Help help -> to.put("type", "help");
        }
    }

    private static void said(ObjectComposer<?> to, Event.Said said) throws IOException {
        to.put("name", said.name()).put("text", said.text()).put("action", said.isAction()).put("time", said.millis());
    }

    private static void names(ObjectComposer<?> to, List<String> names) throws IOException {
        var list = to.startArrayField("names");
        for (String name : names) {
            list.add(name);
        }
        list.end();
    }
}
