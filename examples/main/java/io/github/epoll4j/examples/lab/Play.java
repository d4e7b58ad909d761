package io.github.epoll4j.examples.lab;

import java.util.List;

/**
 * A scenario as it was played.
 *
 * @param scenario what was played
 * @param kernel   on which kernel
 * @param signals  the names of the signals that each step has the values of
 * @param steps    what happened, in order
 * @param skipped  why it was not played, or not to its end; null if it was
 */
record Play(Scenario scenario, Kernel kernel, List<String> signals, List<Step> steps, String skipped) {
    /** How a scenario ended. */
    enum Outcome {
        MATCHES("as expected"), DIFFERS("differs"), SKIPPED("skipped");

        private final String text;

        Outcome(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    Outcome outcome() {
        if (!steps.stream().allMatch(Step::matches)) {
            return Outcome.DIFFERS;
        }
        return skipped == null ? Outcome.MATCHES : Outcome.SKIPPED;
    }

    /** How many steps were not as expected. */
    long differing() {
        return steps.stream().filter(step -> !step.matches()).count();
    }
}
