package io.github.epoll4j.examples.lab;

import java.io.IOException;
import java.util.List;

/**
 * A story about readiness, to be played.
 *
 * @param name       what one calls it by on the command line, such as {@code half-read}
 * @param statements the ids of the statements that it shows, such as C77; the first is its own id
 * @param title      what it is about, in a few words
 * @param shows      what one learns from it, in a sentence or two
 * @param needs      what the kernel must have, or null
 * @param story      plays it
 */
record Scenario(String name, List<String> statements, String title, String shows, KernelCall needs, Story story) {
    Scenario(String name, String statements, String title, String shows, Story story) {
        this(name, List.of(statements.split(" ")), title, shows, null, story);
    }

    /** The same on a kernel that has a call, or a flag. */
    Scenario needing(KernelCall call) {
        return new Scenario(name, statements, title, shows, call, story);
    }

    String id() {
        return statements.getFirst();
    }

    boolean answersTo(String nameOrId) {
        return name.equalsIgnoreCase(nameOrId) || statements.stream().anyMatch(nameOrId::equalsIgnoreCase);
    }

    /** What happens in a scenario. */
    @FunctionalInterface
    interface Story {
        /**
         * Plays it.
         *
         * @param lab where to act and to expect
         * @throws IOException if the kernel refuses what the story takes for granted
         */
        void play(Lab lab) throws IOException;
    }
}
