package io.github.epoll4j.reactor.codec;

import java.io.IOException;
import java.nio.ByteBuffer;

/** What a {@link FrameDecoder} calls for each frame. */
@FunctionalInterface
public interface FrameHandler {
    /**
     * Takes a frame.
     *
     * @param body what follows the header, from position 0 to the limit, in the byte order of the format; it may be a
     *             view of the buffer that was given to the decoder, so that it is valid during this call alone
     * @throws IOException as the handler likes; it passes through the decoder, which can be used further
     */
    void onFrame(ByteBuffer body) throws IOException;
}
