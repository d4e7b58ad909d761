package io.github.epoll4j.reactor.codec;

import java.nio.ByteBuffer;

/**
 * Cuts counted bytes out of a stream: a block whose length another message has announced.
 *
 * <p>It is for the body of an HTTP message with a Content-Length, or the bulk strings of Redis, and stands beside the
 * decoder of the head. Each block is announced with {@link #expect}. Then {@link #next} returns the block, whole or in
 * parts. While no block is expected, it reads nothing and returns null. A block of 0 bytes is a message too.
 *
 * <p>{@link #isInside} returns true from {@code expect} until the last byte of the block has been returned.
 * {@link Decoder} has the rules that all decoders share.
 */
public final class BytesDecoder extends Decoder<ByteBuffer> {
    private static final long NONE = -1;

    private final long maxBytes;
    private final boolean isWhole;
    /** The length of the current block. */
    private long expected = NONE;
    /** The number of bytes that have been returned as parts of the current block. */
    private long returned;

    private BytesDecoder(long maxBytes, boolean isWhole) {
        super(new Intake("block"));
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes is below 1: " + maxBytes);
        }
        this.maxBytes = maxBytes;
        this.isWhole = isWhole;
    }

    /**
     * Creates a decoder for one stream that returns each block whole.
     *
     * @param maxBytes the most bytes that a block may have; at least 1
     * @return the decoder
     * @throws IllegalArgumentException if that is below 1, or more than an array can hold
     */
    public static BytesDecoder whole(int maxBytes) {
        if (maxBytes > Intake.MAX_BYTES) {
            throw new IllegalArgumentException("maxBytes is above " + Intake.MAX_BYTES + ": " + maxBytes);
        }
        return new BytesDecoder(maxBytes, true);
    }

    /**
     * Creates a decoder for one stream that returns the parts of a block as they arrive, and copies nothing.
     *
     * @param maxBytes the most bytes that a block may have; at least 1
     * @return the decoder
     * @throws IllegalArgumentException if that is below 1
     */
    public static BytesDecoder parts(long maxBytes) {
        return new BytesDecoder(maxBytes, false);
    }

    /**
     * Announces the next block.
     *
     * @param count its length in bytes, as the peer sent it
     * @throws CodecException        if it is negative or above the maximum
     * @throws IllegalStateException inside a block, after a {@code CodecException}, and after {@link #finish}
     */
    public void expect(long count) throws CodecException {
        intake.requireOpen();
        if (isInside()) {
            throw new IllegalStateException("the block before is not complete");
        }
        if (count < 0) {
            throw intake.fail(CodecException.Kind.MALFORMED, "has a length of " + count
                    + " bytes, which is negative");
        }
        if (count > maxBytes) {
            throw intake.fail(CodecException.Kind.TOO_LONG, "has a length of " + count
                    + " bytes, more than the maximum of " + maxBytes);
        }
        expected = count;
    }

    @Override
    public ByteBuffer next(ByteBuffer data) throws CodecException {
        intake.requireOpen();
        if (!isInside()) {
            return null;
        }
        return isWhole ? block(data) : part(data);
    }

    @Override
    public boolean isInside() {
        return expected != NONE;
    }

    private ByteBuffer block(ByteBuffer data) {
        ByteBuffer block = intake.take(data, 0, (int) expected, 0);
        if (block != null) {
            expected = NONE;
        }
        return block;
    }

    private ByteBuffer part(ByteBuffer data) {
        int count = (int) Math.min(data.remaining(), expected - returned);
        if (count == 0 && expected > 0) {
            return null;
        }
        ByteBuffer part = data.slice(data.position(), count);
        data.position(data.position() + count);
        returned += count;
        if (returned == expected) {
            intake.next(expected);
            expected = NONE;
            returned = 0;
        }
        return part;
    }
}
