package io.github.epoll4j.examples.lab;

import java.util.ArrayList;
import java.util.List;

/** How many scenarios ended how. */
final class Summary {
    private Summary() {
    }

    static String of(List<Play> plays) {
        List<String> parts = new ArrayList<>();
        for (Play.Outcome outcome : Play.Outcome.values()) {
            long count = plays.stream().filter(play -> play.outcome() == outcome).count();
            if (count > 0) {
                boolean several = count > 1 && outcome == Play.Outcome.DIFFERS;
                parts.add(count + " " + (several ? "differ" : outcome.text()));
            }
        }
        return plays.size() + (plays.size() == 1 ? " scenario: " : " scenarios: ") + String.join(", ", parts);
    }
}
