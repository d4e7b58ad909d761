package io.github.epoll4j.internal.sys;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Moves one message between a caller's buffer and a non-blocking socket that keeps messages whole. A message is not
 * split: a heap buffer that is larger than the staging memory gets memory of its own for the call. An empty buffer is
 * handed to the kernel all the same, for an empty message is one.
 */
public final class MessageTransfer {
    private MessageTransfer() {
    }

    /**
     * {@code recvfrom}: fetches the next message into a buffer, of which the position advances.
     *
     * @param address where the sender's address goes, or a null pointer
     * @param length  where its length stands, or a null pointer
     * @return the number of bytes, or {@code -errno}
     */
    public static int receive(CallState state, int fd, ByteBuffer buffer, MemorySegment address,
            MemorySegment length) {
        ByteTransfer.requireWritable(buffer.isReadOnly());
        int position = buffer.position();
        int remaining = Math.max(0, buffer.limit() - position);
        long result;
        if (buffer.isDirect()) {
            DirectMemory memory = ThreadBuffers.ofThread().memory(buffer);
            long offset = memory.offset(position, remaining);
            result = SocketCalls.recvfrom(state, fd, memory.segment(), offset, remaining, address, length);
            Reference.reachabilityFence(buffer);
        } else if (remaining <= ThreadBuffers.STAGING_SIZE) {
            ThreadBuffers thread = ThreadBuffers.ofThread();
            result = SocketCalls.recvfrom(state, fd, thread.staging(), 0, remaining, address, length);
            copyBack(thread.stagingView(), buffer, position, result);
        } else {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = arena.allocate(remaining);
                result = SocketCalls.recvfrom(state, fd, memory, 0, remaining, address, length);
                copyBack(memory.asByteBuffer(), buffer, position, result);
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
    public static int send(CallState state, int fd, ByteBuffer buffer, MemorySegment address, int length) {
        int position = buffer.position();
        int remaining = Math.max(0, buffer.limit() - position);
        long result;
        if (buffer.isDirect()) {
            DirectMemory memory = ThreadBuffers.ofThread().memory(buffer);
            long offset = memory.offset(position, remaining);
            result = SocketCalls.sendto(state, fd, memory.segment(), offset, remaining, address, length);
            Reference.reachabilityFence(buffer);
        } else if (remaining <= ThreadBuffers.STAGING_SIZE) {
            ThreadBuffers thread = ThreadBuffers.ofThread();
            thread.stagingView().put(0, buffer, position, remaining);
            result = SocketCalls.sendto(state, fd, thread.staging(), 0, remaining, address, length);
        } else {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = arena.allocate(remaining);
                memory.asByteBuffer().put(0, buffer, position, remaining);
                result = SocketCalls.sendto(state, fd, memory, 0, remaining, address, length);
            }
        }
        if (result > 0) {
            buffer.position(position + (int) result);
        }
        return (int) result;
    }

    /** Reads the next message: the number of bytes; 0 if there is none, or an empty one. */
    public static int read(int fd, ByteBuffer buffer) throws ErrnoException {
        int result = receive(CallState.ofThread(), fd, buffer, MemorySegment.NULL, MemorySegment.NULL);
        return orWouldBlock(result, "recvfrom", fd);
    }

    /** Reads the next message of a socket that has an end of the stream, which is -1. */
    public static int readUntilEnd(int fd, ByteBuffer buffer) throws ErrnoException {
        int result = receive(CallState.ofThread(), fd, buffer, MemorySegment.NULL, MemorySegment.NULL);
        return result == 0 ? -1 : orWouldBlock(result, "recvfrom", fd);
    }

    /** Sends a message to the connected peer: the number of bytes; 0 if it would block. */
    public static int write(int fd, ByteBuffer buffer) throws ErrnoException {
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
