package io.github.epoll4j.examples.reverse;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** Finds the line {@code exit} in a stream, wherever reads cut it. */
final class ExitLine {
    private static final byte[] WORD = "exit".getBytes(US_ASCII);

    /** The bytes of the current line that are the word's; -1 once it is another line. */
    private int matched;

    /** Returns whether such a line ends in these bytes, the next of the stream. */
    boolean endsIn(byte[] bytes) {
        for (byte next : bytes) {
            if (next == '\n') {
                if (isComplete()) {
                    return true;
                }
                matched = 0;
            } else if (next != '\r' || !isComplete()) { // before the line feed, as telnet sends it
                matched = matched >= 0 && matched < WORD.length && next == WORD[matched] ? matched + 1 : -1;
            }
        }
        return false;
    }

    /** Returns whether the line that has begun is complete but for its end, which the end of the stream is as well. */
    boolean isComplete() {
        return matched == WORD.length;
    }
}
