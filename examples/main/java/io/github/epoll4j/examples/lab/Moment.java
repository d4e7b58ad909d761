package io.github.epoll4j.examples.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A column of a drawn timeline: an action, and what each was asked after it.
 *
 * @param number  the number of its first step, from 1
 * @param label   what is done
 * @param checks  what was expected and happened, by the name of the track
 * @param signals the values of the signals at its end
 */
record Moment(int number, String label, Map<String, Check> checks, List<Long> signals) {
    /** The track of what actions answer, if that is more than a number of bytes. */
    static final String ANSWER = "answer";
    private static final Pattern NUMBER = Pattern.compile("-?\\d+");

    /** Divides the steps of a play: an action begins a moment, and so does a question that was asked already. */
    static List<Moment> of(Play play) {
        List<Moment> moments = new ArrayList<>();
        for (int i = 0; i < play.steps().size(); i++) {
            Step step = play.steps().get(i);
            Moment last = moments.isEmpty() ? null : moments.getLast();
            if (step.action() || last == null || last.checks.containsKey(step.checks().getFirst().who())) {
                moments.add(begin(i + 1, step));
            } else {
                step.checks().forEach(check -> last.checks.put(check.who(), check));
            }
        }
        return moments;
    }

    private static Moment begin(int number, Step step) {
        Map<String, Check> checks = new LinkedHashMap<>();
        for (Check check : step.checks()) {
            if (!check.who().isEmpty()) {
                checks.put(check.who(), check);
            } else if (!check.matches() || !NUMBER.matcher(check.expected()).matches()) {
                checks.put(ANSWER, check);
            }
        }
        String label = step.what().isEmpty() ? number == 1 ? "at first" : "again" : step.what();
        return new Moment(number, label, checks, step.signals());
    }
}
