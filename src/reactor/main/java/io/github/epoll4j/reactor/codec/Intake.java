package io.github.epoll4j.reactor.codec;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The state that every decoder has between its calls.
 *
 * <p>It is the bytes of a message that is not whole yet, its offset and number in the stream, and whether more input
 * may come. A buffer is held only while it contains bytes.
 */
final class Intake {
    /** The length of the longest array; a message fits in with its header or delimiter. */
    static final int MAX_BYTES = Integer.MAX_VALUE - 8;
    private static final int FIRST_CAPACITY = 64;

    private final String noun;
    private byte[] bytes;
    private int size;
    private long offset;
    private long count;
    private CodecException fault;
    private boolean isFinished;

    /** Starts at the beginning of a stream of lines, frames, or what else the noun is. */
    Intake(String noun) {
        this.noun = noun;
    }

    /** Returns the number of kept bytes. */
    int size() {
        return size;
    }

    /** Returns the number of bytes of the stream before the current message. */
    long offset() {
        return offset;
    }

    /** Returns one of the kept bytes. */
    byte get(int index) {
        return bytes[index];
    }

    /** Returns the kept bytes, from index 0 on. */
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

    /** Ends the stream. */
    void finish() {
        isFinished = true;
    }

    /** Ends the stream with a fault of the current message, and releases the kept bytes. */
    CodecException fail(CodecException.Kind kind, String predicate) {
        return fail(kind, predicate, offset, count + 1, null);
    }

    /** Ends the stream with a fault of the message that was taken last. */
    CodecException failTaken(CodecException.Kind kind, String predicate, long position, Throwable cause) {
        return fail(kind, predicate, position, count, cause);
    }

    private CodecException fail(CodecException.Kind kind, String predicate, long position, long number,
            Throwable cause) {
        fault = new CodecException(kind, noun + " " + number + " " + predicate, position, cause);
        release();
        return fault;
    }

    /**
     * Takes a message out of the kept bytes and a buffer if it is whole; keeps the buffer's bytes otherwise.
     *
     * @param header  the number of bytes before the content
     * @param content the number of bytes of the content
     * @param trailer the number of bytes behind the content; all three are at most {@link #MAX_BYTES}
     * @return the content, a view of the buffer if no byte of the message was kept; null if the message is not whole
     */
    ByteBuffer take(ByteBuffer data, int header, int content, int trailer) {
        int total = header + content + trailer;
        ByteBuffer taken = null;
        if (size == 0 && data.remaining() >= total) {
            int start = data.position();
            data.position(start + total);
            taken = data.slice(start + header, content);
        } else if (fill(data, total)) {
            taken = view().slice(header, content);
        }
        if (taken != null) {
            next(total);
        }
        return taken;
    }

    /** Keeps bytes of the buffer until a number of them is kept; returns false if there were not enough. */
    boolean fill(ByteBuffer data, int total) {
        if (size < total) {
            keep(data, Math.min(data.remaining(), total - size));
        }
        return size >= total;
    }

    /** Keeps the next bytes of the buffer. Memory follows what arrived, at most twice as much. */
    void keep(ByteBuffer data, int added) {
        if (added == 0) {
            return;
        }
        int needed = size + added;
        if (bytes == null) {
            bytes = new byte[Math.max(FIRST_CAPACITY, needed)];
        } else if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(MAX_BYTES, Math.max(needed, 2L * bytes.length)));
        }
        data.get(bytes, size, added);
        size = needed;
    }

    /** Goes on to the message behind the current one, which has so many bytes. */
    void next(long messageBytes) {
        offset += messageBytes;
        count++;
        release();
    }

    private void release() {
        bytes = null;
        size = 0;
    }
}
