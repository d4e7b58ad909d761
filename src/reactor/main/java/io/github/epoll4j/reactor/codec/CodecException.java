package io.github.epoll4j.reactor.codec;

import java.io.IOException;
import java.io.Serial;

/**
 * A peer sent what is no message: too long, cut off, or malformed.
 *
 * <p>The message says what is wrong, and where in the stream, as in
 * {@code line 3 is longer than 1024 bytes (byte 4711 of the stream)}.
 */
public final class CodecException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** How many bytes of the stream came before the fault. */
    private final long position;

    /**
     * Describes a fault in a stream of messages.
     *
     * @param message  what is wrong
     * @param position how many bytes of the stream came before the fault
     * @param cause    what noticed it; null for none
     */
    public CodecException(String message, long position, Throwable cause) {
        super(message + " (byte " + position + " of the stream)", cause);
        this.position = position;
    }

    /**
     * Tells where the fault is.
     *
     * @return how many bytes the decoder had been given before the line that is too long, the first malformed byte, or
     *         the header of the frame
     */
    public long position() {
        return position;
    }
}
