package io.github.epoll4j.reactor.codec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Cuts a stream of bytes into frames with a length in front, however the stream was cut into buffers.
 *
 * <p>A frame that lies whole in a buffer is given to the handler where it lies, as a slice. Of one that does not, the
 * beginning is copied and kept until the rest comes; the memory for it grows with what has arrived, not with what the
 * header announces. No buffer is held between frames. A length of 0 is an empty frame, and is given to the handler.
 *
 * <p>A {@link CodecException} is the end: the place where the next frame begins is not known any more, so each later
 * call is refused with {@link IllegalStateException}. What is left is to close the connection, with that exception as
 * the cause. The frames before the fault have been given to the handler by then.
 *
 * <p>For one stream, and for one thread at a time; on a connection, for its loop's thread.
 */
public final class FrameDecoder {
    private final FrameFormat format;
    private final int headerBytes;
    private final Intake intake = new Intake();
    private long frames;

    private FrameDecoder(FrameFormat format) {
        this.format = format;
        this.headerBytes = format.lengthBytes();
    }

    /**
     * Makes a decoder for one stream.
     *
     * @param format what its frames look like
     * @return the decoder
     */
    public static FrameDecoder of(FrameFormat format) {
        return new FrameDecoder(Objects.requireNonNull(format, "format"));
    }

    /**
     * Takes what has arrived, and gives each frame that is whole by now to the handler, in their order.
     *
     * <p>The buffer has been read to its limit afterwards. While the handler runs, its position is behind the handler's
     * frame: whoever reads on from there, or moves the position to the limit, takes the rest away from this decoder.
     *
     * @param data    what has arrived, from its position to its limit, in any byte order; its content is not changed
     * @param handler what to call for each frame; what it throws passes through, and leaves the buffer behind its frame
     * @throws CodecException        if a length is negative, smaller than the header that it includes, or more than
     *                               the maximum; this is noticed as soon as the header is whole
     * @throws IOException           if the handler throws it
     * @throws IllegalStateException after a {@code CodecException}, or after {@link #finish}
     */
    public void decode(ByteBuffer data, FrameHandler handler) throws IOException {
        Objects.requireNonNull(handler, "handler");
        intake.requireOpen();
        while (data.hasRemaining()) {
            intake.requireOpen();
            if (intake.size() > 0 || !decodeInPlace(data, handler)) {
                gather(data, handler);
            }
        }
    }

    /**
     * Takes note that the stream has ended.
     *
     * @throws CodecException        if it ended inside a frame
     * @throws IllegalStateException after a {@code CodecException}, or if it was called before
     */
    public void finish() throws CodecException {
        intake.requireOpen();
        if (intake.size() > 0) {
            throw intake.fail("the stream ended inside frame " + (frames + 1) + ", of which " + intake.size()
                    + " bytes came", intake.offset(), null);
        }
        intake.finish();
    }

    /** Gives a frame to the handler, if it lies whole in the buffer; false if not. */
    private boolean decodeInPlace(ByteBuffer data, FrameHandler handler) throws IOException {
        int start = data.position();
        if (data.remaining() < headerBytes) {
            return false;
        }
        int bodyBytes = bodyBytes(data, start);
        if (data.remaining() - headerBytes < bodyBytes) {
            return false;
        }
        data.position(start + headerBytes + bodyBytes);
        pass(data.slice(start + headerBytes, bodyBytes), handler);
        return true;
    }

    /** Keeps what there is of a frame, and gives it to the handler once it is whole. */
    private void gather(ByteBuffer data, FrameHandler handler) throws IOException {
        if (intake.size() < headerBytes) {
            intake.keep(data, Math.min(data.remaining(), headerBytes - intake.size()));
            if (intake.size() < headerBytes) {
                return;
            }
        }
        ByteBuffer kept = intake.view();
        int bodyBytes = bodyBytes(kept, 0);
        intake.keep(data, Math.min(data.remaining(), headerBytes + bodyBytes - intake.size()));
        if (intake.size() == headerBytes + bodyBytes) {
            pass(intake.view().slice(headerBytes, bodyBytes), handler);
        }
    }

    /** The length of the body, checked. */
    private int bodyBytes(ByteBuffer header, int index) throws CodecException {
        long length = format.readLength(header, index);
        if (length < 0) {
            throw fault(length, "which is negative");
        }
        long body = format.lengthIncludesHeader() ? length - headerBytes : length;
        if (body < 0) {
            throw fault(length, "but its header alone has " + headerBytes);
        }
        if (body > format.maxBodyBytes()) {
            throw fault(length, "more than the maximum of " + (length - body + format.maxBodyBytes()));
        }
        return (int) body;
    }

    private CodecException fault(long length, String reason) {
        return intake.fail("frame " + (frames + 1) + " has a length of " + length + " bytes, " + reason,
                intake.offset(), null);
    }

    private void pass(ByteBuffer body, FrameHandler handler) throws IOException {
        frames++;
        intake.next(headerBytes + body.remaining());
        handler.onFrame(body.order(format.order()));
    }
}
