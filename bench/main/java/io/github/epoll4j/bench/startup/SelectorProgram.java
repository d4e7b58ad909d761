package io.github.epoll4j.bench.startup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/** A process's first event with the JDK's selector: a pipe, registered, written and waited for. */
public final class SelectorProgram {
    private SelectorProgram() {
    }

    /** Prints when it began and when the event was there. */
    public static void main(String[] args) throws IOException {
        long begun = System.nanoTime();
        try (Selector selector = Selector.open()) {
            Pipe pipe = Pipe.open();
            pipe.source().configureBlocking(false);
            pipe.source().register(selector, SelectionKey.OP_READ);
            pipe.sink().write(ByteBuffer.allocate(1));
            if (selector.select() != 1) {
                throw new IllegalStateException("no event");
            }
            Moments.print(begun, System.nanoTime());
        }
    }
}
