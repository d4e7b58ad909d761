package io.github.epoll4j.reactor.testkit;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A queue of bytes. Not thread-safe. */
final class ByteQueue {
    private byte[] bytes = new byte[256];
    private int start;
    private int size;

    int size() {
        return size;
    }

    /** Adds all remaining bytes of a buffer. */
    void add(ByteBuffer data) {
        int length = data.remaining();
        if (start + size + length > bytes.length) {
            byte[] target = size + length > bytes.length ? new byte[2 * (size + length)] : bytes;
            System.arraycopy(bytes, start, target, 0, size);
            bytes = target;
            start = 0;
        }
        data.get(bytes, start + size, length);
        size += length;
    }

    /** Returns the first bytes, which stay here; the buffer shares their memory. */
    ByteBuffer peek(int length) {
        return ByteBuffer.wrap(bytes, start, length);
    }

    /** Removes the first bytes. */
    void remove(int length) {
        start += length;
        size -= length;
    }

    void clear() {
        remove(size);
    }

    byte[] toArray() {
        return Arrays.copyOfRange(bytes, start, start + size);
    }
}
