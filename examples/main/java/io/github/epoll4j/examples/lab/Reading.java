package io.github.epoll4j.examples.lab;

import java.io.IOException;

/**
 * Something to ask, and what it should answer.
 *
 * @param who      who is asked: the name of a track in the timeline
 * @param expected the answer that is expected
 * @param question asks
 */
record Reading(String who, Object expected, Question question) {
    Check take() throws IOException {
        return Check.of(who, expected, question.ask());
    }

    /** Asks the kernel. */
    @FunctionalInterface
    interface Question {
        /**
         * Makes the call.
         *
         * @return what happened, comparable with what was expected
         * @throws IOException if the kernel refuses
         */
        Object ask() throws IOException;
    }
}
