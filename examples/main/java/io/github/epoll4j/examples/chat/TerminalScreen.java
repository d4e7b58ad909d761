package io.github.epoll4j.examples.chat;

import io.github.epoll4j.examples.Printable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** A terminal: lines that come appear above the one that is being typed, which stays as it is. */
final class TerminalScreen implements Screen {
    private static final Size USUAL_SIZE = new Size(80, 24);

    private final Terminal terminal;
    private final LineReader reader;
    private volatile Thread typist;
    private volatile boolean isClosing;

    TerminalScreen() throws IOException {
        terminal = TerminalBuilder.builder().dumb(true).build();
        if (terminal.getWidth() == 0) { // a pseudo-terminal that nobody has given a size
            terminal.setSize(USUAL_SIZE);
        }
        terminal.enterRawMode(); // also between two lines, where the reader would leave it
        reader = LineReaderBuilder.builder().terminal(terminal)
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .build();
    }

    /** Shows lines, without what could move the cursor: the server may not be ours. */
    @Override
    public void show(List<String> lines) {
        reader.printAbove(Printable.lines(String.join("\n", lines)));
    }

    /** Ctrl-D ends it; Ctrl-C as well, if the line is empty, or else clears the line. */
    @Override
    public String read() {
        typist = Thread.currentThread();
        while (!isClosing) {
            try {
                return reader.readLine("> ");
            } catch (EndOfFileException e) {
                return null;
            } catch (UserInterruptException e) {
                if (e.getPartialLine().isEmpty()) {
                    return null;
                }
            }
        }
        return null;
    }

    /** Has the reader give up its line, and then the terminal as it was. */
    @Override
    public void close() throws IOException {
        isClosing = true;
        Thread reading = typist;
        if (reading != null) {
            reading.interrupt();
            try {
                reading.join(Duration.ofSeconds(1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        terminal.close();
    }
}
