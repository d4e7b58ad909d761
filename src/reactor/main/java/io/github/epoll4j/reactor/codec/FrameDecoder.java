package io.github.epoll4j.reactor.codec;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Splits a stream of bytes into frames with a length in front.
 *
 * <p>A message is the body, in the byte order of the format, from position 0 to its limit. A body of 0 bytes is a
 * message. A length that is negative, smaller than a header that it includes, or above the maximum is refused as soon
 * as the header has arrived. {@link Decoder} has the rules that all decoders share.
 */
public final class FrameDecoder extends Decoder<ByteBuffer> {
    private final FrameFormat format;
    private final int headerBytes;

    private FrameDecoder(FrameFormat format) {
        super(new Intake("frame"));
        this.format = format;
        this.headerBytes = format.lengthBytes();
    }

    /**
     * Creates a decoder for one stream.
     *
     * @param format the shape of the frames
     * @return the decoder
     */
    public static FrameDecoder of(FrameFormat format) {
        return new FrameDecoder(Objects.requireNonNull(format, "format"));
    }

    @Override
    public ByteBuffer next(ByteBuffer data) throws CodecException {
        intake.requireOpen();
        int bodyBytes;
        if (intake.size() == 0 && data.remaining() >= headerBytes) {
            bodyBytes = bodyBytes(data, data.position());
        } else if (intake.fill(data, headerBytes)) {
            bodyBytes = bodyBytes(intake.view(), 0);
        } else {
            return null;
        }
        ByteBuffer body = intake.take(data, headerBytes, bodyBytes, 0);
        return body == null ? null : body.order(format.order());
    }

    /** Returns the length of the body, checked. */
    private int bodyBytes(ByteBuffer header, int index) throws CodecException {
        long length = format.readLength(header, index);
        if (length < 0) {
            throw fault(CodecException.Kind.MALFORMED, length, "which is negative");
        }
        long body = format.lengthIncludesHeader() ? length - headerBytes : length;
        if (body < 0) {
            throw fault(CodecException.Kind.MALFORMED, length, "but its header alone has " + headerBytes);
        }
        if (body > format.maxBodyBytes()) {
            throw fault(CodecException.Kind.TOO_LONG, length,
                    "more than the maximum of " + (length - body + format.maxBodyBytes()));
        }
        return (int) body;
    }

    private CodecException fault(CodecException.Kind kind, long length, String reason) {
        return intake.fail(kind, "has a length of " + length + " bytes, " + reason);
    }
}
