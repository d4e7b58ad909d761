package io.github.epoll4j.style;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;

/** Checks the message of a commit. */
final class CommitCheck {
    static final int LONGEST_SUBJECT = 72;

    private final List<WordList.Word> openings;

    CommitCheck(WordList words) {
        openings = words.words("subjects");
    }

    /** Returns what is wrong with a message; an empty list if it is in style. */
    List<String> violations(String message) {
        List<String> lines = message.lines().toList();
        String subject = lines.isEmpty() ? "" : lines.getFirst();
        List<String> found = new ArrayList<>();
        if (subject.isEmpty() || !Character.isUpperCase(subject.charAt(0))) {
            found.add("the subject does not begin with a capital letter");
        }
        if (subject.length() > LONGEST_SUBJECT) {
            found.add("the subject has " + subject.length() + " characters, more than " + LONGEST_SUBJECT);
        }
        if (subject.endsWith(".")) {
            found.add("the subject ends with a period");
        }
        if (lines.size() > 1 && !lines.get(1).isBlank()) {
            found.add("no blank line after the subject");
        }
        for (WordList.Word opening : openings) {
            Matcher match = opening.pattern().matcher(subject);
            if (match.lookingAt()) {
                found.add("the subject begins with " + opening.message(match));
                break;
            }
        }
        return found;
    }
}
