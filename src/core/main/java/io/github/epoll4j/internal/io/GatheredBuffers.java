package io.github.epoll4j.internal.io;

import io.github.epoll4j.internal.gen.unistd.unistd_h;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The vector of one gathering write, filled from an array of buffers; it grows up to IOV_MAX. Each entry remembers its
 * buffer, position and count, so that positions advance by what was sent even if a buffer occurs twice or another
 * thread moves its position.
 */
final class GatheredBuffers {
    private static final int FIRST_CAPACITY = 16;
    /** Stands for the address of bytes that are still to be staged. */
    private static final long STAGED = 0;

    private IoVector vector = new IoVector(0);
    private ByteBuffer[] sources = {};
    private int[] positions = {};
    private int[] counts = {};
    private int size;

    /**
     * {@code sendmsg} with the remaining bytes of buffers, as far as vector and staging memory reach; advances their
     * positions. A buffer that occurs more than once is sent as often, and its position is where the last occurrence
     * ends of which something was taken.
     *
     * @return the number of bytes, or {@code -errno}
     */
    long send(ThreadBuffers thread, int fd, ByteBuffer[] buffers, int offset, int length, int flags) {
        try {
            int staged = collect(thread, buffers, offset, length);
            if (size == 0) {
                return 0;
            }
            if (staged > 0) {
                stage(thread, staged);
            }
            long result = vector.move(Transfer.SENDMSG, thread.state(), fd, 0, size, flags);
            Reference.reachabilityFence(this);
            Reference.reachabilityFence(thread);
            advance(result);
            return result;
        } finally {
            Arrays.fill(sources, 0, size, null);
            size = 0;
        }
    }

    private void advance(long sent) {
        long left = sent;
        for (int i = 0; left > 0; i++) {
            int taken = (int) Math.min(left, counts[i]);
            sources[i].position(positions[i] + taken);
            left -= taken;
        }
    }

    /**
     * Adds the buffers. Direct ones are passed as they are; others are staged, and so is memory that can be closed,
     * which one call could not hold.
     *
     * @return how many bytes are to be staged
     */
    private int collect(ThreadBuffers thread, ByteBuffer[] buffers, int offset, int length) {
        int staged = 0;
        for (int i = offset; i < offset + length && size < unistd_h.IOV_MAX; i++) {
            ByteBuffer buffer = buffers[i];
            int position = buffer.position();
            int remaining = Math.max(0, buffer.limit() - position);
            if (remaining == 0) {
                continue;
            }
            DirectMemory memory = buffer.isDirect() ? thread.memory(buffer) : null;
            if (memory != null && memory.isAddress()) {
                add(buffer, position, remaining, memory.offset(position, remaining));
                continue;
            }
            int part = Math.min(remaining, Transfer.LARGEST_PART - staged);
            if (part > 0) {
                add(buffer, position, part, STAGED);
                staged += part;
            }
            if (part < remaining) {
                break;
            }
        }
        return staged;
    }

    private void add(ByteBuffer buffer, int position, int count, long address) {
        if (size == sources.length) {
            grow();
        }
        sources[size] = buffer;
        positions[size] = position;
        counts[size] = count;
        vector.set(size, address, count);
        size++;
    }

    private void grow() {
        int capacity = Math.min(Math.max(FIRST_CAPACITY, 2 * size), unistd_h.IOV_MAX);
        IoVector grown = new IoVector(capacity);
        grown.copyFrom(vector);
        vector = grown;
        sources = Arrays.copyOf(sources, capacity);
        positions = Arrays.copyOf(positions, capacity);
        counts = Arrays.copyOf(counts, capacity);
    }

    /** Copies the bytes to be staged, one part behind the other. */
    private void stage(ThreadBuffers thread, int total) {
        long address = thread.staging(total).address();
        int staged = 0;
        for (int i = 0; i < size; i++) {
            if (vector.address(i) == STAGED) {
                thread.stagingView().put(staged, sources[i], positions[i], counts[i]);
                vector.set(i, address + staged, counts[i]);
                staged += counts[i];
            }
        }
    }
}
