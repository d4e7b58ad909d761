package io.github.epoll4j.examples.lab;

import java.util.List;

/** How many scenarios ended how. */
final class Summary {
    private Summary() {
    }

    static String of(List<Play> plays) {
        StringBuilder text = new StringBuilder(plays.size() + (plays.size() == 1 ? " scenario" : " scenarios"));
        for (Play.Outcome outcome : Play.Outcome.values()) {
            long count = plays.stream().filter(play -> play.outcome() == outcome).count();
            if (count > 0) {
                text.append(text.indexOf(":") < 0 ? ": " : ", ").append(count).append(' ').append(outcome.text());
            }
        }
        return text.toString();
    }
}
