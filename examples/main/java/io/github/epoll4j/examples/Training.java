package io.github.epoll4j.examples;

import java.io.IOException;
import java.io.PrintStream;

/** What {@code examples/run} has the JVM watch once after a build, to keep the classes of a start in an archive. */
final class Training {
    private Training() {
    }

    /** Starts everything that a start needs, and ends. */
    public static void main(String[] args) throws IOException {
        System.setOut(new PrintStream(PrintStream.nullOutputStream()));
        Examples.commandLine().execute("raw-echo", "--help");
        Linking.run();
    }
}
