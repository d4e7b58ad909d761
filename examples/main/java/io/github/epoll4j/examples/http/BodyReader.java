package io.github.epoll4j.examples.http;

import io.github.epoll4j.reactor.codec.BytesDecoder;
import io.github.epoll4j.reactor.codec.CodecException;
import io.github.epoll4j.reactor.codec.DelimiterDecoder;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads the body of one request, and keeps it: as many bytes as Content-Length announces, or chunks, RFC 9112, 7.1.
 * Two decoders share the stream: one cuts the bytes of a chunk, the other one the lines around it. Extensions of chunks
 * and trailers are dropped.
 */
final class BodyReader {
    private enum State { SIZE, CHUNK, CHUNK_END, TRAILER, COMPLETE }

    private static final int MAX_LINE_BYTES = 8 << 10;
    private static final int MAX_SIZE_DIGITS = 15;

    private final int maxBytes;
    private final BytesDecoder bytes;
    /** Null for a body that does not come in chunks. */
    private final DelimiterDecoder lines;
    private State state;
    private int trailers;
    private byte[] content = new byte[0];
    private int size;

    /**
     * Creates a reader.
     *
     * @param request  a request that has a body
     * @param maxBytes the most bytes of the body
     * @throws HttpException if it is longer
     */
    BodyReader(Request request, int maxBytes) throws HttpException {
        this.maxBytes = maxBytes;
        this.bytes = BytesDecoder.parts(Integer.MAX_VALUE);
        this.lines = request.isChunked() ? DelimiterDecoder.of(MAX_LINE_BYTES, (byte) '\r', (byte) '\n') : null;
        this.state = State.SIZE;
        if (!request.isChunked()) {
            expect(request.contentLength());
        }
    }

    private void expect(long count) throws HttpException {
        if (count > maxBytes - size) {
            throw new HttpException(Status.CONTENT_TOO_LARGE, "a body has at most " + maxBytes + " bytes");
        }
        try {
            bytes.expect(count);
        } catch (CodecException e) {
            throw new AssertionError("within the limit", e);
        }
        state = State.CHUNK;
    }

    /** Reads on, no byte behind the body; returns whether the body is complete. */
    boolean read(ByteBuffer data) throws HttpException {
        try {
            while (state != State.COMPLETE) {
                ByteBuffer next = state == State.CHUNK ? bytes.next(data) : lines.next(data);
                if (next == null) {
                    return false;
                }
                if (state == State.CHUNK) {
                    keep(next);
                } else {
                    line(next);
                }
            }
            return true;
        } catch (CodecException e) { // of a line
            throw HttpException.badRequest("a line of a chunk is too long");
        }
    }

    /** Returns the body's bytes, of which the array may have more than the body. */
    ByteBuffer content() {
        return ByteBuffer.wrap(content, 0, size);
    }

    private void keep(ByteBuffer part) {
        int count = part.remaining();
        if (count > content.length - size) {
            content = Arrays.copyOf(content, Math.min(maxBytes, Math.max(size + count, 2 * content.length)));
        }
        part.get(content, size, count);
        size += count;
        if (!bytes.isInside()) {
            state = lines == null ? State.COMPLETE : State.CHUNK_END;
        }
    }

    private void line(ByteBuffer line) throws HttpException {
        switch (state) {
            case SIZE -> size(line);
            case CHUNK_END -> {
                if (line.hasRemaining()) {
                    throw HttpException.badRequest("a chunk is longer than its size");
                }
                state = State.SIZE;
            }
            case TRAILER -> {
                if (!line.hasRemaining()) {
                    state = State.COMPLETE;
                } else if (++trailers > RequestParser.MAX_FIELDS) {
                    throw new HttpException(Status.HEAD_TOO_LARGE, "too many trailers");
                }
            }
            default -> throw new AssertionError(state);
        }
    }

    /** Parses a size in hexadecimal digits, and skips the extensions behind it. */
    private void size(ByteBuffer line) throws HttpException {
        long count = 0;
        int digits = 0;
        for (int digit; digits < line.limit() && (digit = Character.digit(line.get(digits), 16)) >= 0; digits++) {
            count = count << 4 | digit;
        }
        boolean isMalformed = digits == 0 || digits > MAX_SIZE_DIGITS
                || digits < line.limit() && line.get(digits) != ';';
        for (int i = digits; i < line.limit(); i++) {
            isMalformed |= line.get(i) >= 0 && line.get(i) < ' ' && line.get(i) != '\t';
        }
        if (isMalformed) {
            throw HttpException.badRequest("the size of a chunk is malformed");
        }
        if (count == 0) {
            state = State.TRAILER;
        } else {
            expect(count);
        }
    }
}
