package io.github.epoll4j.reactor;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.StreamSocket;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Bytes that a socket does not take yet, copied from their writers; memory is held only while bytes are in it.
 *
 * <p>For the loop's thread.
 */
final class OutboundQueue {
    private static final int SMALLEST_CHUNK = 4 << 10;
    /** What one gathering write takes from buffers that are not direct. */
    private static final int LARGEST_CHUNK = 64 << 10;

    private final ConnectionConfig config;
    /** From the head on, each from its position to its limit; null while the queue is empty. */
    private ByteBuffer[] chunks;
    private int head;
    private int count;
    private int size;
    private boolean isCongested;

    OutboundQueue(ConnectionConfig config) {
        this.config = config;
    }

    /** The number of bytes. */
    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** True from above the high-water mark until the low-water mark. */
    boolean isCongested() {
        return isCongested;
    }

    /** Takes all that remains in a buffer; false, and nothing is taken, if that is beyond the limit. */
    boolean add(ByteBuffer data) {
        int length = data.remaining();
        if (length > config.queueLimit() - size) {
            return false;
        }
        while (data.hasRemaining()) {
            ByteBuffer last = count > 0 ? chunks[head + count - 1] : null;
            if (last == null || last.limit() == last.capacity()) {
                last = append(Math.clamp(data.remaining(), SMALLEST_CHUNK, LARGEST_CHUNK));
            }
            int end = last.limit();
            int part = Math.min(data.remaining(), last.capacity() - end);
            last.limit(end + part).put(end, data, data.position(), part);
            data.position(data.position() + part);
        }
        resize(size + length);
        return true;
    }

    private ByteBuffer append(int capacity) {
        if (chunks == null) {
            chunks = new ByteBuffer[4];
        } else if (head + count == chunks.length) {
            ByteBuffer[] target = 2 * count > chunks.length ? new ByteBuffer[2 * chunks.length] : chunks;
            System.arraycopy(chunks, head, target, 0, count);
            Arrays.fill(target, count, target.length, null);
            chunks = target;
            head = 0;
        }
        ByteBuffer chunk = ByteBuffer.allocate(capacity).limit(0);
        chunks[head + count++] = chunk;
        return chunk;
    }

    /** Writes until the queue is empty or the socket takes no more. */
    void writeTo(StreamSocket socket) throws ErrnoException {
        while (size > 0) {
            int offered = chunks[head].remaining();
            int buffers = 1;
            while (buffers < count && offered + chunks[head + buffers].remaining() <= LARGEST_CHUNK) {
                offered += chunks[head + buffers++].remaining();
            }
            int written = (int) socket.write(chunks, head, buffers);
            while (count > 0 && !chunks[head].hasRemaining()) {
                chunks[head++] = null;
                count--;
            }
            resize(size - written);
            if (written < offered) {
                return;
            }
        }
    }

    private void resize(int newSize) {
        size = newSize;
        isCongested = newSize > (isCongested ? config.lowWaterMark() : config.highWaterMark());
        if (newSize == 0) {
            chunks = null;
            head = 0;
        }
    }
}
