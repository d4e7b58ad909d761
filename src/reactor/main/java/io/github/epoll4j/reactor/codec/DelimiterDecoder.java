package io.github.epoll4j.reactor.codec;

import java.nio.ByteBuffer;

/**
 * Splits a stream of bytes at a delimiter: any sequence of bytes, such as CR LF CR LF or a zero.
 *
 * <p>A message is the bytes before a delimiter, from position 0 to its limit. Two delimiters in a row enclose an empty
 * message. Bytes behind the last delimiter are no message: {@link #finish} refuses them. {@link Decoder} has the rules
 * that all decoders share.
 */
public final class DelimiterDecoder extends Decoder<ByteBuffer> {
    private final int maxBytes;
    private final byte[] delimiter;
    /** Knuth-Morris-Pratt: the length of the longest border of the delimiter's first {@code index + 1} bytes. */
    private final int[] fallback;
    /** The number of the delimiter's bytes that the bytes read so far end with. */
    private int matched;

    private DelimiterDecoder(int maxBytes, byte... delimiter) {
        super(new Intake("message"));
        this.maxBytes = maxBytes;
        this.delimiter = delimiter;
        fallback = new int[delimiter.length];
        for (int i = 1; i < delimiter.length; i++) {
            fallback[i] = advance(fallback[i - 1], delimiter[i]);
        }
    }

    /**
     * Creates a decoder for one stream.
     *
     * @param maxBytes  the most bytes that a message may have without its delimiter; at least 1
     * @param delimiter the bytes that end a message; at least one; they are copied
     * @return the decoder
     * @throws IllegalArgumentException if the maximum is below 1 or more than an array can hold, or the delimiter empty
     */
    public static DelimiterDecoder of(int maxBytes, byte... delimiter) {
        if (delimiter.length == 0) {
            throw new IllegalArgumentException("delimiter is empty");
        }
        int most = Intake.MAX_BYTES - delimiter.length;
        if (maxBytes < 1 || maxBytes > most) {
            throw new IllegalArgumentException("maxBytes is not between 1 and " + most + ": " + maxBytes);
        }
        return new DelimiterDecoder(maxBytes, delimiter.clone());
    }

    @Override
    public ByteBuffer next(ByteBuffer data) throws CodecException {
        intake.requireOpen();
        int end = search(data);
        long length = (long) intake.size() + end - data.position() - matched;
        if (length > maxBytes) {
            throw intake.fail(CodecException.Kind.TOO_LONG, "is longer than " + maxBytes + " bytes");
        }
        if (matched < delimiter.length) {
            intake.keep(data, data.remaining());
            return null;
        }
        matched = 0;
        return intake.take(data, 0, (int) length, delimiter.length);
    }

    /** Returns the index behind the delimiter, or else the limit. */
    private int search(ByteBuffer data) {
        int limit = data.limit();
        int index = data.position();
        while (index < limit && matched < delimiter.length) {
            matched = advance(matched, data.get(index++));
        }
        return index;
    }

    /** Returns the number of matched bytes after one more byte. */
    private int advance(int before, byte next) {
        int count = before;
        while (count > 0 && delimiter[count] != next) {
            count = fallback[count - 1];
        }
        return delimiter[count] == next ? count + 1 : count;
    }
}
