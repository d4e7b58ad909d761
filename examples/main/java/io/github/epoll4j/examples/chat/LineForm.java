package io.github.epoll4j.examples.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Collectors;

/** Events as lines for people at {@code nc}; what the chat itself says begins with an asterisk. */
final class LineForm implements Form {
    static final LineForm INSTANCE = new LineForm();

    private static final String HELP = """
            * /nick NAME      change your name
            * /who            who is in this room
            * /join ROOM      go to another room, which is made if there is none
            * /rooms          which rooms there are
            * /msg NAME TEXT  say something to one person, in whatever room
            * /me TEXT        tell the room what you do
            * /quit           leave
            * //TEXT          say a line that begins with /""";

    private LineForm() {
    }

    @Override
    public ByteBuffer encode(Event event) {
        return UTF_8.encode(text(event) + "\n");
    }

    private static String text(Event event) {
        return switch (event) {
            case Event.Said said -> said.isAction() ? "~ " + said.name() + " " + said.text()
                    : said.name() + ": " + said.text();
            case Event.Whispered line -> line.isOwn() ? "you (to " + line.other() + "): " + line.text()
                    : line.other() + " (to you): " + line.text();
            case Event.Notice notice -> "* " + notice.text();
            case Event.Welcome welcome -> "* Welcome, " + welcome.name() + "! " + Commands.SUMMARY;
            case Event.Named named -> "* You are now " + named.name() + ".";
            case Event.Renamed renamed -> "* " + renamed.oldName() + " is now " + renamed.name();
            case Event.Joined joined -> "* " + joined.name() + " has joined " + joined.room();
            case Event.Left left -> "* " + left.name() + " " + left.how();
            case Event.Entered entered -> "* You are in " + entered.room() + ", "
                    + (entered.count() == 0 ? "alone" : "with " + list(entered.names(), entered.count())) + ".";
            case Event.History history -> history.lines().stream().map(LineForm::text)
                    .collect(Collectors.joining("\n", "* Said before you came:\n", ""));
            case Event.Present present -> "* " + present.count() + " in " + present.room() + ": "
                    + list(present.names(), present.count());
            case Event.Rooms rooms -> "* Rooms: " + list(rooms.rooms().stream()
                    .map(room -> room.name() + " (" + room.size() + ")").toList(), rooms.count());
            case Event.Help help -> HELP;
        };
    }

    private static String list(List<String> words, int count) {
        String shown = String.join(", ", words);
        return count > words.size() ? shown + " and " + (count - words.size()) + " more" : shown;
    }
}
