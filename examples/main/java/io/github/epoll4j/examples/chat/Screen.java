package io.github.epoll4j.examples.chat;

import java.io.IOException;
import java.util.List;

/** Where the client's user types and reads. */
interface Screen extends AutoCloseable {
    /** The terminal that the program was started on, or a pipe. */
    static Screen open() throws IOException {
        return System.console() != null && System.console().isTerminal() ? new TerminalScreen() : new PipeScreen();
    }

    /** Shows lines that have come; from any thread. */
    void show(List<String> lines);

    /** Waits for the next line that the user types; null at the end. */
    String read() throws IOException;

    @Override
    void close() throws IOException;
}
