package io.github.epoll4j.examples.chat;

import java.util.Locale;

/** What members can type: a line for the room, or a command. For the chat's loop. */
final class Commands {
    /** What newcomers are told. */
    static final String SUMMARY = "Commands: /nick /who /join /rooms /msg /me /help /quit";

    private final Chat chat;

    Commands(Chat chat) {
        this.chat = chat;
    }

    /** Does what a member's line asks for. */
    void handle(Member member, String line) {
        if (line.isBlank()) {
            return;
        }
        if (line.startsWith("//")) {
            chat.say(member, line.substring(1));
        } else if (line.startsWith("/")) {
            command(member, Words.of(line));
        } else {
            chat.say(member, line);
        }
    }

    private void command(Member member, Words words) {
        String rest = words.rest();
        switch (words.first().toLowerCase(Locale.ROOT)) {
            case "/nick" -> chat.rename(member, rest);
            case "/join" -> chat.join(member, rest);
            case "/msg" -> message(member, Words.of(rest));
            case "/me" -> act(member, rest);
            case "/who" -> chat.who(member);
            case "/rooms" -> chat.rooms(member);
            case "/help" -> member.tell(new Event.Help());
            case "/quit" -> chat.quit(member);
            default -> member.notice("There is no " + words.first() + ". /help tells what there is.");
        }
    }

    private void message(Member member, Words words) {
        if (words.rest().isEmpty()) {
            member.notice("Use it so: /msg NAME TEXT");
        } else {
            chat.whisper(member, words.first(), words.rest());
        }
    }

    private void act(Member member, String text) {
        if (text.isEmpty()) {
            member.notice("Use it so: /me TEXT");
        } else {
            chat.act(member, text);
        }
    }

    /** The first word of a text, and what follows it, both without blanks around. */
    private record Words(String first, String rest) {
        static Words of(String text) {
            String[] parts = text.strip().split("\\s+", 2);
            return new Words(parts[0], parts.length > 1 ? parts[1] : "");
        }
    }
}
