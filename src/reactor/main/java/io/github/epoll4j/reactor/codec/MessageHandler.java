package io.github.epoll4j.reactor.codec;

import java.io.IOException;

/**
 * A function that {@link Decoder#decode} calls for each message.
 *
 * @param <M> the type of the messages
 */
@FunctionalInterface
public interface MessageHandler<M> {
    /**
     * Handles a message.
     *
     * @param message the message; the decoder's {@link Decoder#next} says how long a buffer is valid
     * @throws IOException to end the call of {@code decode}; the decoder stays usable
     */
    void onMessage(M message) throws IOException;
}
