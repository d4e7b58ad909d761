package io.github.epoll4j.examples.virtual;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Prints the lines of a source with its name in front, whatever way reads have cut them. */
final class Lines {
    private final String name;
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

    Lines(String name) {
        this.name = name;
    }

    /** Prints the lines that end in these bytes, and keeps the rest. */
    void print(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next == '\n') {
                print(begun.toString(StandardCharsets.UTF_8));
                begun.reset();
            } else {
                begun.write(next);
            }
        }
    }

    void print(String line) {
        System.out.println(name + ": " + line);
    }

    /** Prints that no line came in time. */
    void printSilence() {
        print("silent for too long");
    }
}
