package io.github.epoll4j.internal.io;

import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.message.iovec;
import io.github.epoll4j.internal.gen.message.msghdr;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A {@code struct msghdr} and its array of {@code struct iovec}.
 *
 * <p>Not thread-safe: the owner ensures that an entry does not change during a call, and that the memory behind it
 * stays reachable.
 */
public final class IoVector {
    private static final int VECTOR = Math.ceilDiv(msghdr.SIZEOF, Long.BYTES) * Long.BYTES;

    private final MemorySegment message;
    private final ByteBuffer bytes;
    private final int capacity;

    /** Allocates an array of empty entries. */
    public IoVector(int capacity) {
        message = Arena.ofAuto().allocate(VECTOR + (long) capacity * iovec.SIZEOF, Long.BYTES);
        bytes = message.asByteBuffer().order(ByteOrder.nativeOrder());
        this.capacity = capacity;
    }

    /** Returns the number of entries. */
    public int capacity() {
        return capacity;
    }

    /** Sets the memory of an entry. */
    public void set(int index, long address, long length) {
        bytes.putLong(at(index) + iovec.iov_base$OFFSET, address);
        bytes.putLong(at(index) + iovec.iov_len$OFFSET, length);
    }

    /** Returns the address of an entry's memory. */
    public long address(int index) {
        return bytes.getLong(at(index) + iovec.iov_base$OFFSET);
    }

    /** Returns the length of an entry's memory. */
    public long length(int index) {
        return bytes.getLong(at(index) + iovec.iov_len$OFFSET);
    }

    /** Copies entries from another array to the beginning of this one. */
    void copyFrom(IoVector other) {
        bytes.put(VECTOR, other.bytes, VECTOR, other.capacity * iovec.SIZEOF);
    }

    /**
     * {@code sendmsg} or {@code recvmsg} with some of the entries, at most IOV_MAX of them.
     *
     * @return the number of bytes, or {@code -errno}
     */
    public long move(Transfer transfer, CallState state, int fd, int first, int count, int flags) {
        bytes.putLong(msghdr.msg_iov$OFFSET, message.address() + at(first));
        bytes.putLong(msghdr.msg_iovlen$OFFSET, Math.min(Math.min(count, capacity - first), unistd_h.IOV_MAX));
        return transfer.message(state, fd, message, flags);
    }

    private int at(int index) {
        return VECTOR + index * iovec.SIZEOF;
    }
}
