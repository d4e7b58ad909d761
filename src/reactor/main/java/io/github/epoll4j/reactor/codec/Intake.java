package io.github.epoll4j.reactor.codec;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a decoder keeps between its calls: the bytes of the message that is not whole yet, where in the stream it
 * begins, and whether more may come. It holds a buffer only while there are bytes in it.
 */
final class Intake {
    /** The longest message, header or line ending included, that an array can hold. */
    static final int MAX_BYTES = Integer.MAX_VALUE - 8;
    private static final int FIRST_CAPACITY = 64;

    private byte[] bytes;
    private int size;
    private long offset;
    private CodecException fault;
    private boolean isFinished;

    /** How many bytes are kept. */
    int size() {
        return size;
    }

    /** How many bytes of the stream came before the message that is being read. */
    long offset() {
        return offset;
    }

    /** One of the kept bytes. */
    byte get(int index) {
        return bytes[index];
    }

    /** The kept bytes, from index 0 on. */
    ByteBuffer view() {
        return ByteBuffer.wrap(bytes, 0, size);
    }

    void requireOpen() {
        if (fault != null) {
            throw new IllegalStateException("no more input after: " + fault.getMessage(), fault);
        }
        if (isFinished) {
            throw new IllegalStateException("no more input after the end of the stream");
        }
    }

    /** Notes that the stream ended. */
    void finish() {
        isFinished = true;
    }

    /** Notes a fault, after which there is no more input, and lets go of what was kept. */
    CodecException fail(String message, long position, Throwable cause) {
        fault = new CodecException(message, position, cause);
        release();
        return fault;
    }

    /**
     * Moves bytes here. Memory follows what arrived, at most twice as much, and not what a peer announced.
     *
     * @param count at most {@link #MAX_BYTES} together with what is kept
     */
    void keep(ByteBuffer data, int count) {
        int needed = size + count;
        if (bytes == null) {
            bytes = new byte[Math.max(FIRST_CAPACITY, needed)];
        } else if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(MAX_BYTES, Math.max(needed, 2L * bytes.length)));
        }
        data.get(bytes, size, count);
        size = needed;
    }

    /** Goes on to the next message, behind one of so many bytes. */
    void next(long messageBytes) {
        offset += messageBytes;
        release();
    }

    private void release() {
        bytes = null;
        size = 0;
    }
}
