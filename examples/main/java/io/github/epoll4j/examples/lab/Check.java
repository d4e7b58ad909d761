package io.github.epoll4j.examples.lab;

/**
 * What was expected, and what happened.
 *
 * @param who      who was asked, such as {@code edge}; empty for the result of an action
 * @param expected what should happen, as one reads it
 * @param happened what did
 * @param matches  whether that is the same
 */
record Check(String who, String expected, String happened, boolean matches) {
    /** What a wait is said to do that reports nothing. */
    static final String SILENT = "silent";

    static Check of(String who, Object expected, Object happened) {
        return new Check(who, expected.toString(), happened.toString(), expected.equals(happened));
    }

    boolean isSilent() {
        return happened.equals(SILENT);
    }

    String expectedBy() {
        return who.isEmpty() ? expected : who + " " + expected;
    }

    String happenedTo() {
        return who.isEmpty() ? happened : who + " " + happened;
    }
}
