package io.github.epoll4j.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.epoll4j.internal.gen.socket.iovec;
import io.github.epoll4j.internal.gen.socket.msghdr;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A {@code struct msghdr} and its array of {@code struct iovec}, filled from an array of buffers; it grows up to
 * IOV_MAX. What each iovec was made of is remembered, so that the same bytes are accounted for that were sent, whether
 * a buffer occurs twice or somebody else moves its position.
 */
final class IoVector {
    private static final long IOVEC_SIZE = iovec.sizeof();
    private static final long BASE = iovec.iov_base$offset();
    private static final long LENGTH = iovec.iov_len$offset();
    private static final int FIRST_CAPACITY = 16;
    /** In place of the address of bytes that are still to be staged. */
    private static final long STAGED = 0;

    private final int maxCapacity = unistd_h.IOV_MAX();
    private final MemorySegment message = Arena.ofAuto().allocate(msghdr.sizeof(), Long.BYTES);
    private MemorySegment vector = MemorySegment.NULL;
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
    long send(ThreadBuffers thread, int fd, ByteBuffer[] buffers, int offset, int length) {
        try {
            int staged = collect(thread, buffers, offset, length);
            if (size == 0) {
                return 0;
            }
            if (staged > 0) {
                stage(thread, staged);
            }
            message.set(JAVA_LONG, msghdr.msg_iov$offset(), vector.address());
            message.set(JAVA_LONG, msghdr.msg_iovlen$offset(), size);
            long result = SocketCalls.sendmsg(thread.state(), fd, message);
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
     * Direct buffers are taken where they are. Others are to be staged, and so are those in an arena, which sendmsg
     * could not hold.
     *
     * @return how many bytes are to be staged
     */
    private int collect(ThreadBuffers thread, ByteBuffer[] buffers, int offset, int length) {
        int staged = 0;
        for (int i = offset; i < offset + length && size < maxCapacity; i++) {
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
            int part = Math.min(remaining, ThreadBuffers.STAGING_SIZE - staged);
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
        vector.set(JAVA_LONG, size * IOVEC_SIZE + BASE, address);
        vector.set(JAVA_LONG, size * IOVEC_SIZE + LENGTH, count);
        size++;
    }

    private void grow() {
        int capacity = Math.min(Math.max(FIRST_CAPACITY, 2 * size), maxCapacity);
        MemorySegment grown = Arena.ofAuto().allocate(capacity * IOVEC_SIZE, Long.BYTES);
        vector = grown.copyFrom(vector);
        sources = Arrays.copyOf(sources, capacity);
        positions = Arrays.copyOf(positions, capacity);
        counts = Arrays.copyOf(counts, capacity);
    }

    /** Copies what is to be staged, one behind the other. */
    private void stage(ThreadBuffers thread, int total) {
        long address = thread.staging(total).address();
        int staged = 0;
        for (int i = 0; i < size; i++) {
            if (vector.get(JAVA_LONG, i * IOVEC_SIZE + BASE) == STAGED) {
                thread.stagingView().put(staged, sources[i], positions[i], counts[i]);
                vector.set(JAVA_LONG, i * IOVEC_SIZE + BASE, address + staged);
                staged += counts[i];
            }
        }
    }
}
