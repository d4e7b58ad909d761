package io.github.epoll4j.reactor.codec;

import java.io.IOException;
import java.io.Serial;
import java.util.Objects;

/**
 * Thrown when a peer sends bytes that are no message: too long, malformed, or cut off.
 *
 * <p>The text names the fault and its offset in the stream, as in
 * {@code line 3 is longer than 1024 bytes (byte 4711 of the stream)}.
 */
public final class CodecException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The kind of fault. */
    private final Kind kind;
    /** The number of bytes of the stream before the fault. */
    private final long position;

    /**
     * Describes a fault in a stream of messages. A protocol's own code may throw it too.
     *
     * @param kind     the kind of fault
     * @param message  the fault, such as {@code line 3 has no colon}
     * @param position the number of bytes of the stream before the fault
     * @param cause    the exception that revealed it; null for none
     */
    public CodecException(Kind kind, String message, long position, Throwable cause) {
        super(message + " (byte " + position + " of the stream)", cause);
        this.kind = Objects.requireNonNull(kind, "kind");
        this.position = position;
    }

    /** The kinds of fault. A later version may add some. */
    public enum Kind {
        /** A message is longer than the decoder's maximum. */
        TOO_LONG,
        /** A message breaks the rules of its format: a negative length, for example, or text that is not UTF-8. */
        MALFORMED,
        /** The stream ended inside a message. */
        TRUNCATED
    }

    /**
     * Returns the kind of fault.
     *
     * @return the kind, to choose an answer by
     */
    public Kind kind() {
        return kind;
    }

    /**
     * Returns the offset of the fault in the stream.
     *
     * <p>Where several decoders alternate on one stream, only the bytes that the failed one has read count.
     *
     * @return the number of bytes before the first malformed byte of a text, and otherwise before the message
     */
    public long position() {
        return position;
    }
}
