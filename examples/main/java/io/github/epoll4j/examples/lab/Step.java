package io.github.epoll4j.examples.lab;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A line of a timeline.
 *
 * @param what    what is done; of a question, why or how it is asked, or nothing
 * @param action  whether it is done, and begins a new moment; a question belongs to the moment of the action before
 * @param checks  what was expected of it, and happened: one for a question, none for an action that just succeeds
 * @param signals the values of the scenario's signals afterwards, in their order
 */
record Step(String what, boolean action, List<Check> checks, List<Long> signals) {
    boolean matches() {
        return checks.stream().allMatch(Check::matches);
    }

    /** What one reads at the beginning of the line: a question names who is asked. */
    String title() {
        if (action) {
            return what;
        }
        return "  " + checks.getFirst().who() + (what.isEmpty() ? "" : ": " + what);
    }

    String expected() {
        return action ? join(Check::expectedBy) : checks.getFirst().expected();
    }

    String happened() {
        return action ? join(Check::happenedTo) : checks.getFirst().happened();
    }

    private String join(Function<Check, String> part) {
        return checks.stream().map(part).collect(Collectors.joining(", "));
    }
}
