package io.github.epoll4j.internal.sys;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Moves one message between a caller's buffer and a non-blocking socket that keeps messages whole. A message is not
 * split: the staging memory of a heap buffer grows to what remains in it, up to a limit. An empty buffer is handed to
 * the kernel all the same, for an empty message is one.
 */
public enum MessageTransfer {
    /** No datagram is larger than the staging memory, and to send more is EMSGSIZE at whatever size. */
    UDP(ThreadBuffers.STAGING_SIZE, ThreadBuffers.STAGING_SIZE),
    /** The sender's SO_SNDBUF is the limit; beyond 1 MB a heap buffer gets memory of its own for the call. */
    UNIX(Integer.MAX_VALUE, 1 << 20);

    private final int maxSize;
    private final int maxStaging;

    MessageTransfer(int maxSize, int maxStaging) {
        this.maxSize = maxSize;
        this.maxStaging = maxStaging;
    }

    /**
     * {@code recvfrom}: fetches the next message into a buffer, of which the position advances.
     *
     * @param address      where the sender's address goes, or a null pointer
     * @param lengthOffset where in it its length stands, or 0
     * @return the number of bytes, or {@code -errno}
     */
    public int receive(CallState state, int fd, ByteBuffer buffer, MemorySegment address, long lengthOffset) {
        ByteTransfer.requireWritable(buffer.isReadOnly());
        int position = buffer.position(); // read once, see ByteTransfer
        int remaining = Math.max(0, buffer.limit() - position);
        int count = Math.min(remaining, maxSize);
        long result;
        if (!buffer.isDirect() && count > maxStaging) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = arena.allocate(count);
                result = SocketCalls.recvfrom(state, fd, memory, 0, count, address, lengthOffset);
                copyBack(memory.asByteBuffer(), buffer, position, result);
            }
        } else {
            ThreadBuffers thread = ThreadBuffers.take();
            try {
                if (buffer.isDirect()) {
                    DirectMemory memory = thread.memory(buffer);
                    long offset = memory.offset(position, count);
                    result = SocketCalls.recvfrom(state, fd, memory.segment(), offset, count, address, lengthOffset);
                    Reference.reachabilityFence(buffer);
                } else {
                    result = SocketCalls.recvfrom(state, fd, thread.staging(count), 0, count, address, lengthOffset);
                    copyBack(thread.stagingView(), buffer, position, result);
                }
            } finally {
                thread.giveBack();
            }
        }
        if (result > 0) {
            buffer.position(position + (int) result);
        }
        return (int) result;
    }

    /**
     * {@code sendto}: sends the remaining bytes of a buffer as one message; if it is sent, the position advances.
     *
     * @param address the receiver's address, or a null pointer
     * @param length  its length, or 0
     * @return the number of bytes, or {@code -errno}
     */
    public int send(CallState state, int fd, ByteBuffer buffer, MemorySegment address, int length) {
        int position = buffer.position(); // read once, see ByteTransfer
        int remaining = Math.max(0, buffer.limit() - position);
        int count = Math.min(remaining, maxSize);
        long result;
        if (!buffer.isDirect() && count > maxStaging) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = arena.allocate(count);
                memory.asByteBuffer().put(0, buffer, position, count);
                result = SocketCalls.sendto(state, fd, memory, 0, count, address, length);
            }
        } else {
            ThreadBuffers thread = ThreadBuffers.take();
            try {
                if (buffer.isDirect()) {
                    DirectMemory memory = thread.memory(buffer);
                    long offset = memory.offset(position, count);
                    result = SocketCalls.sendto(state, fd, memory.segment(), offset, count, address, length);
                    Reference.reachabilityFence(buffer);
                } else {
                    MemorySegment staging = thread.staging(count);
                    thread.stagingView().put(0, buffer, position, count);
                    result = SocketCalls.sendto(state, fd, staging, 0, count, address, length);
                }
            } finally {
                thread.giveBack();
            }
        }
        if (result > 0) {
            buffer.position(position + (int) result);
        }
        return (int) result;
    }

    /** Reads the next message: the number of bytes; 0 if there is none, or an empty one. */
    public int read(int fd, ByteBuffer buffer) throws ErrnoException {
        int result = receive(CallState.ofThread(), fd, buffer, MemorySegment.NULL, 0);
        return orWouldBlock(result, "recvfrom", fd);
    }

    /** Reads the next message of a socket that has an end of the stream, which is -1. */
    public int readUntilEnd(int fd, ByteBuffer buffer) throws ErrnoException {
        int result = receive(CallState.ofThread(), fd, buffer, MemorySegment.NULL, 0);
        return result == 0 ? -1 : orWouldBlock(result, "recvfrom", fd);
    }

    /** Sends a message to the connected peer: the number of bytes; 0 if it would block. */
    public int write(int fd, ByteBuffer buffer) throws ErrnoException {
        int result = send(CallState.ofThread(), fd, buffer, MemorySegment.NULL, 0);
        return orWouldBlock(result, "sendto", fd);
    }

    private static int orWouldBlock(int result, String call, int fd) throws ErrnoException {
        if (result >= 0) {
            return result;
        }
        if (result == -Errno.EAGAIN) {
            return 0;
        }
        throw new ErrnoException(call, "fd=" + fd, -result);
    }

    private static void copyBack(ByteBuffer from, ByteBuffer to, int position, long count) {
        if (count > 0) {
            to.put(position, from, 0, (int) count);
        }
    }
}
