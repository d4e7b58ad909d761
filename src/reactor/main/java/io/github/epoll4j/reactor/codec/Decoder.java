package io.github.epoll4j.reactor.codec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Splits a stream of bytes into messages, however the stream was cut into buffers.
 *
 * <p>A message that lies whole in a buffer is read in place. The beginning of one that does not is copied, and kept
 * until the rest arrives. The memory for it grows with the bytes that arrived, not with a length that a peer
 * announced. No memory is held between messages.
 *
 * <p>No byte behind a message is read before that message is returned. A caller can stop after each one, leave the
 * rest in the buffer, and go on later with the same decoder or with another one.
 *
 * <p>After a {@link CodecException} the beginning of the next message is unknown, so each later call throws
 * {@link IllegalStateException}. Close the connection then, with that exception as the cause.
 *
 * <p>Thread-safety: one decoder is for one stream and for one thread at a time, such as the connection's loop.
 *
 * @param <M> the type of the messages
 */
public abstract sealed class Decoder<M> permits LineDecoder, FrameDecoder, DelimiterDecoder, BytesDecoder {
    final Intake intake;

    Decoder(Intake intake) {
        this.intake = intake;
    }

    /**
     * Returns the next message if it is whole by now, and moves the buffer's position behind it.
     *
     * <p>Otherwise the rest of the buffer is read, kept for the next call, and the result is null. A buffer that is
     * returned may be a view of {@code data}: it is valid until the content of {@code data} changes, on a connection
     * until {@code onData} returns.
     *
     * @param data the bytes that arrived, from position to limit, in any byte order; their content is not changed
     * @return the message, or null if more bytes are needed
     * @throws CodecException        if a message is too long, which is noticed before its end arrives, or malformed
     * @throws IllegalStateException after a {@code CodecException}, and after {@link #finish}
     */
    public abstract M next(ByteBuffer data) throws CodecException;

    /**
     * Calls the handler for each message that is whole by now, in order.
     *
     * <p>While the handler runs, the position of {@code data} is behind its message. If the handler throws, the
     * position stays there. To stop between two messages without an exception, call {@link #next} in a loop instead.
     *
     * @param data    the bytes that arrived, as for {@code next}; read to the limit afterwards
     * @param handler the function to call
     * @return the number of messages
     * @throws CodecException        as {@code next} does, after the calls for the messages before
     * @throws IOException           if the handler throws it
     * @throws IllegalStateException as {@code next} does
     */
    public final int decode(ByteBuffer data, MessageHandler<? super M> handler) throws IOException {
        return decode(data, Integer.MAX_VALUE, handler);
    }

    /**
     * Calls the handler for each message that is whole by now, in order, up to a limit.
     *
     * <p>If the limit is reached, the bytes behind the last message stay in {@code data}, for a later call.
     *
     * @param data    the bytes that arrived, as for {@link #next}
     * @param limit   the greatest number of messages
     * @param handler the function to call
     * @return the number of messages
     * @throws IllegalArgumentException if the limit is below 1
     * @throws CodecException           as {@code next} does, after the calls for the messages before
     * @throws IOException              if the handler throws it
     * @throws IllegalStateException    as {@code next} does
     */
    public final int decode(ByteBuffer data, int limit, MessageHandler<? super M> handler) throws IOException {
        Objects.requireNonNull(handler, "handler");
        if (limit < 1) {
            throw new IllegalArgumentException("limit is below 1: " + limit);
        }
        int count = 0;
        for (M message; count < limit && (message = next(data)) != null;) {
            count++;
            handler.onMessage(message);
        }
        return count;
    }

    /**
     * Returns whether the bytes read so far end inside a message.
     *
     * <p>A connection can limit the time for a message with it. It is false while a handler of {@link #decode} runs.
     * Bytes that a caller left in a buffer do not count.
     *
     * @return true if the decoder waits for the rest of a message
     */
    public boolean isInside() {
        return intake.size() > 0;
    }

    /**
     * Ends the stream.
     *
     * @throws CodecException        of kind {@code TRUNCATED} if it ended inside a message
     * @throws IllegalStateException after a {@code CodecException}, and on a second call
     */
    public final void finish() throws CodecException {
        intake.requireOpen();
        if (isInside()) {
            throw intake.fail(CodecException.Kind.TRUNCATED, "was cut off by the end of the stream");
        }
        intake.finish();
    }
}
