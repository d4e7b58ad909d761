package io.github.epoll4j.reactor.codec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Splits a stream of bytes into lines of UTF-8 text.
 *
 * <p>A line ends with LF or with CR LF, which are not part of the message. A CR elsewhere belongs to the text. An
 * empty line is a message. {@link Decoder} has the rules that all decoders share.
 */
public final class LineDecoder extends Decoder<String> {
    private static final byte LF = '\n';
    private static final byte CR = '\r';

    private final int maxLineBytes;
    /** Reports malformed input, as every new decoder does. */
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();

    private LineDecoder(int maxLineBytes) {
        super(new Intake("line"));
        this.maxLineBytes = maxLineBytes;
    }

    /**
     * Creates a decoder for one stream.
     *
     * @param maxLineBytes the most bytes, not characters, that a line may have without its ending; at least 1
     * @return the decoder
     * @throws IllegalArgumentException if that is below 1, or more than an array can hold
     */
    public static LineDecoder of(int maxLineBytes) {
        if (maxLineBytes < 1 || maxLineBytes > Intake.MAX_BYTES - 2) {
            throw new IllegalArgumentException("maxLineBytes is not between 1 and " + (Intake.MAX_BYTES - 2) + ": "
                    + maxLineBytes);
        }
        return new LineDecoder(maxLineBytes);
    }

    @Override
    public String next(ByteBuffer data) throws CodecException {
        intake.requireOpen();
        int end = lineFeed(data);
        int length = requireShort(data, end);
        if (end == data.limit()) {
            intake.keep(data, data.remaining());
            return null;
        }
        long start = intake.offset();
        return text(intake.take(data, 0, length, 1), start);
    }

    /**
     * Ends the stream, and calls the handler for a last line without an ending, if there is one.
     *
     * <p>A CR at the very end is not part of it. For a protocol in which such a line may be a part of a longer one,
     * {@link #finish()} refuses it.
     *
     * @param handler the function to call
     * @throws CodecException        if that line is not UTF-8
     * @throws IOException           if the handler throws it
     * @throws IllegalStateException after a {@code CodecException}, and on a second call
     */
    public void finish(MessageHandler<? super String> handler) throws IOException {
        Objects.requireNonNull(handler, "handler");
        intake.requireOpen();
        String last = null;
        if (isInside()) {
            long start = intake.offset();
            last = text(intake.take(ByteBuffer.allocate(0), 0, intake.size(), 0), start);
        }
        intake.finish();
        if (last != null) {
            handler.onMessage(last);
        }
    }

    /** Returns the index of the next LF, or else the limit. */
    private static int lineFeed(ByteBuffer data) {
        int limit = data.limit();
        int index = data.position();
        while (index < limit && data.get(index) != LF) {
            index++;
        }
        return index;
    }

    /** Returns the number of bytes before the LF, or so far. One above the maximum is allowed for a CR. */
    private int requireShort(ByteBuffer data, int end) throws CodecException {
        int added = end - data.position();
        long length = (long) intake.size() + added;
        if (length > maxLineBytes) {
            byte last = added > 0 ? data.get(end - 1) : intake.get(intake.size() - 1);
            if (length - 1 > maxLineBytes || last != CR) {
                throw intake.fail(CodecException.Kind.TOO_LONG, "is longer than " + maxLineBytes + " bytes");
            }
        }
        return (int) length;
    }

    /** Decodes the bytes before a line's LF, without the CR if there is one. */
    private String text(ByteBuffer line, long start) throws CodecException {
        int length = line.remaining();
        if (length > 0 && line.get(length - 1) == CR) {
            line.limit(length - 1);
        }
        try {
            return utf8.decode(line).toString();
        } catch (CharacterCodingException e) {
            throw intake.failTaken(CodecException.Kind.MALFORMED, "is not UTF-8", start + line.position(), e);
        }
    }
}
