package io.github.epoll4j.reactor.codec;

import java.io.IOException;

/** What a {@link LineDecoder} calls for each line. */
@FunctionalInterface
public interface LineHandler {
    /**
     * Takes a line.
     *
     * @param line its text, without the line ending; empty for an empty line
     * @throws IOException as the handler likes; it passes through the decoder, which can be used further
     */
    void onLine(String line) throws IOException;
}
