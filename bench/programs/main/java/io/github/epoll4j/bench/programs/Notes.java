package io.github.epoll4j.bench.programs;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What was left out, and why; each reason once. */
final class Notes {
    private final Set<String> lines = new LinkedHashSet<>();

    void add(String line) {
        if (line != null) {
            lines.add(line);
        }
    }

    List<String> lines() {
        return new ArrayList<>(lines);
    }
}
