package io.github.epoll4j.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.epoll4j.internal.gen.socket.iovec;
import io.github.epoll4j.internal.gen.socket.msghdr;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/** A {@code struct msghdr} and its array of IOV_MAX {@code struct iovec}, filled from an array of buffers. */
final class IoVector {
    private static final long IOVEC_SIZE = iovec.sizeof();
    private static final long BASE = iovec.iov_base$offset();
    private static final long LENGTH = iovec.iov_len$offset();

    private final int capacity = unistd_h.IOV_MAX();
    private final MemorySegment vector = Arena.ofAuto().allocate(capacity * IOVEC_SIZE, Long.BYTES);
    private final MemorySegment message = Arena.ofAuto().allocate(msghdr.sizeof(), Long.BYTES);
    private int count;

    IoVector() {
        message.set(JAVA_LONG, msghdr.msg_iov$offset(), vector.address());
    }

    /**
     * {@code sendmsg} with the remaining bytes of buffers, as far as vector and staging memory reach; advances their
     * positions.
     *
     * @return the number of bytes, or {@code -errno}
     */
    long send(CallState state, ThreadBuffers thread, int fd, ByteBuffer[] buffers, int offset, int length) {
        fill(thread, buffers, offset, length);
        if (count == 0) {
            return 0;
        }
        message.set(JAVA_LONG, msghdr.msg_iovlen$offset(), count);
        long result = SocketCalls.sendmsg(state, fd, message);
        Reference.reachabilityFence(buffers);
        long left = result;
        for (int i = offset; left > 0; i++) {
            int taken = (int) Math.min(left, buffers[i].remaining());
            buffers[i].position(buffers[i].position() + taken);
            left -= taken;
        }
        return result;
    }

    /**
     * Direct buffers are taken where they are; the bytes of others are staged, one behind the other, and so are those
     * in an arena, which sendmsg could not hold.
     */
    private void fill(ThreadBuffers thread, ByteBuffer[] buffers, int offset, int length) {
        count = 0;
        int staged = 0;
        for (int i = offset; i < offset + length && count < capacity; i++) {
            ByteBuffer buffer = buffers[i];
            int remaining = buffer.remaining();
            if (remaining == 0) {
                continue;
            }
            DirectMemory memory = buffer.isDirect() ? thread.memory(buffer) : null;
            if (memory != null && memory.isAddress()) {
                add(memory.offset() + buffer.position(), remaining);
                continue;
            }
            int part = Math.min(remaining, ThreadBuffers.STAGING_SIZE - staged);
            thread.stagingView().put(staged, buffer, buffer.position(), part);
            if (part > 0) {
                add(thread.staging().address() + staged, part);
                staged += part;
            }
            if (part < remaining) {
                return;
            }
        }
    }

    private void add(long address, long byteSize) {
        vector.set(JAVA_LONG, count * IOVEC_SIZE + BASE, address);
        vector.set(JAVA_LONG, count * IOVEC_SIZE + LENGTH, byteSize);
        count++;
    }
}
