package io.github.epoll4j.reactor.codec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Cuts a stream of bytes into lines of UTF-8 text, however the stream was cut into buffers.
 *
 * <p>A line ends with LF or with CR LF; a CR that stands elsewhere belongs to the text. A line that lies whole in a
 * buffer is decoded where it lies. Of one that does not, the beginning is copied and kept until the rest comes: at most
 * the longest line and a CR. No buffer is held between lines.
 *
 * <p>A {@link CodecException} is the end: the place where the next line begins is not known any more, so each later
 * call is refused with {@link IllegalStateException}. What is left is to close the connection, with that exception as
 * the cause. The lines before the fault have been given to the handler by then.
 *
 * <p>For one stream, and for one thread at a time; on a connection, for its loop's thread.
 */
public final class LineDecoder {
    private static final byte LF = '\n';
    private static final byte CR = '\r';

    private final int maxLineBytes;
    /** Reports malformed input, as every new decoder does. */
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    private final Intake intake = new Intake();
    private long lines;

    private LineDecoder(int maxLineBytes) {
        this.maxLineBytes = maxLineBytes;
    }

    /**
     * Makes a decoder for one stream.
     *
     * @param maxLineBytes the most bytes, not characters, that a line may have without its ending; at least 1
     * @return the decoder
     * @throws IllegalArgumentException if that is below 1, or more than an array can hold
     */
    public static LineDecoder of(int maxLineBytes) {
        if (maxLineBytes < 1 || maxLineBytes >= Intake.MAX_BYTES) {
            throw new IllegalArgumentException("maxLineBytes is not between 1 and " + (Intake.MAX_BYTES - 1) + ": "
                    + maxLineBytes);
        }
        return new LineDecoder(maxLineBytes);
    }

    /**
     * Takes what has arrived, and gives each line that is whole by now to the handler, in their order.
     *
     * <p>The buffer has been read to its limit afterwards. While the handler runs, its position is behind the ending of
     * the handler's line: whoever reads on from there, or moves the position to the limit, takes the rest away from
     * this decoder. This is how to change to another protocol, or to ignore what follows a farewell.
     *
     * @param data    what has arrived, from its position to its limit; its content is not changed
     * @param handler what to call for each line; what it throws passes through, and leaves the buffer behind its line
     * @throws CodecException        if a line is longer than the maximum, which is noticed as soon as its bytes are
     *                               too many, or is not UTF-8, which is noticed when it is whole
     * @throws IOException           if the handler throws it
     * @throws IllegalStateException after a {@code CodecException}, or after {@link #finish}
     */
    public void decode(ByteBuffer data, LineHandler handler) throws IOException {
        Objects.requireNonNull(handler, "handler");
        intake.requireOpen();
        while (data.hasRemaining()) {
            intake.requireOpen();
            int from = data.position();
            int end = lineFeed(data);
            requireShort(data, end);
            if (end == data.limit()) {
                intake.keep(data, end - from);
            } else if (intake.size() == 0) {
                String line = text(data, from, end);
                data.position(end + 1);
                pass(line, end + 1L - from, handler);
            } else {
                intake.keep(data, end - from);
                data.position(end + 1);
                pass(text(intake.view(), 0, intake.size()), intake.size() + 1L, handler);
            }
        }
    }

    /**
     * Takes note that the stream has ended, and gives a last line that has no ending to the handler, if there is one. A
     * CR at the very end counts as an ending.
     *
     * @param handler what to call for the last line
     * @throws CodecException        if that line is not UTF-8
     * @throws IOException           if the handler throws it
     * @throws IllegalStateException after a {@code CodecException}, or if it was called before
     */
    public void finish(LineHandler handler) throws IOException {
        Objects.requireNonNull(handler, "handler");
        intake.requireOpen();
        if (intake.size() == 0) {
            intake.finish();
        } else {
            String line = text(intake.view(), 0, intake.size());
            intake.finish();
            pass(line, intake.size(), handler);
        }
    }

    /** Where the next LF is, or else the limit. */
    private static int lineFeed(ByteBuffer data) {
        int limit = data.limit();
        int index = data.position();
        while (index < limit && data.get(index) != LF) {
            index++;
        }
        return index;
    }

    /** Refuses a line, whole or not, that has too many bytes even if its last one is half a CR LF. */
    private void requireShort(ByteBuffer data, int end) throws CodecException {
        int added = end - data.position();
        long length = (long) intake.size() + added;
        if (length > maxLineBytes) {
            byte last = added > 0 ? data.get(end - 1) : intake.get(intake.size() - 1);
            if (length - 1 > maxLineBytes || last != CR) {
                throw intake.fail("line " + (lines + 1) + " is longer than " + maxLineBytes + " bytes",
                        intake.offset(), null);
            }
        }
    }

    /** Decodes the bytes before a line's LF, without the CR if there is one. */
    private String text(ByteBuffer bytes, int from, int end) throws CodecException {
        int length = end > from && bytes.get(end - 1) == CR ? end - 1 - from : end - from;
        ByteBuffer line = bytes.slice(from, length);
        try {
            return utf8.decode(line).toString();
        } catch (CharacterCodingException e) {
            throw intake.fail("line " + (lines + 1) + " is not UTF-8", intake.offset() + line.position(), e);
        }
    }

    private void pass(String line, long byteSize, LineHandler handler) throws IOException {
        lines++;
        intake.next(byteSize);
        handler.onLine(line);
    }
}
