package io.github.epoll4j.reactor.codec;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Encodes frames for a {@link FrameDecoder} at the other end.
 *
 * <p>To send a large body without copying it, write its {@link #header} first and then the body itself.
 *
 * <p>Thread-safety: stateless, for any thread.
 */
public final class FrameEncoder {
    private final FrameFormat format;

    private FrameEncoder(FrameFormat format) {
        this.format = format;
    }

    /**
     * Creates an encoder.
     *
     * @param format the shape of the frames
     * @return the encoder
     */
    public static FrameEncoder of(FrameFormat format) {
        return new FrameEncoder(Objects.requireNonNull(format, "format"));
    }

    /**
     * Encodes a frame into a new buffer.
     *
     * @param body the body, from its position to its limit, which is its position afterwards
     * @return a new buffer with header and body, ready to be written
     * @throws IllegalArgumentException if the body is longer than the maximum
     */
    public ByteBuffer encode(ByteBuffer body) {
        requireLegal(body.remaining());
        ByteBuffer frame = ByteBuffer.allocate(format.lengthBytes() + body.remaining());
        encode(body, frame);
        return frame.flip();
    }

    /**
     * Encodes a frame into a buffer of the caller's, and allocates nothing.
     *
     * @param body   the body, from its position to its limit, which is its position afterwards
     * @param target the buffer for header and body; its byte order does not matter
     * @throws IllegalArgumentException if the body is longer than the maximum
     * @throws BufferOverflowException  if the whole frame does not fit; nothing has been put then
     */
    public void encode(ByteBuffer body, ByteBuffer target) {
        requireLegal(body.remaining());
        if (target.remaining() - format.lengthBytes() < body.remaining()) {
            throw new BufferOverflowException();
        }
        format.writeLength(body.remaining(), target);
        target.put(body);
    }

    /**
     * Encodes the header of a body that is sent by itself, behind it.
     *
     * @param bodyBytes the length of the body, in bytes
     * @return a new buffer with the header, ready to be written
     * @throws IllegalArgumentException if it is negative or more than the maximum
     */
    public ByteBuffer header(int bodyBytes) {
        requireLegal(bodyBytes);
        ByteBuffer header = ByteBuffer.allocate(format.lengthBytes());
        format.writeLength(bodyBytes, header);
        return header.flip();
    }

    private void requireLegal(int bodyBytes) {
        if (bodyBytes < 0 || bodyBytes > format.maxBodyBytes()) {
            throw new IllegalArgumentException("a body is not between 0 and " + format.maxBodyBytes() + " bytes: "
                    + bodyBytes);
        }
    }
}
