package io.github.epoll4j.internal.sys;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.gen.socket.socket_h;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Moves bytes between a caller's buffer and a non-blocking stream, by NIO's conventions: -1 at the end of the stream, 0
 * when it would block or there is nothing to move, and positions advance. Direct buffers and native segments are used
 * as they are, all others through the thread's staging memory.
 */
public enum ByteTransfer {
    /** {@code recv} and {@code send}. */
    SOCKET("recv", "send"),
    /** {@code read} and {@code write}. */
    FILE("read", "write");

    private final String inputCall;
    private final String outputCall;

    ByteTransfer(String inputCall, String outputCall) {
        this.inputCall = inputCall;
        this.outputCall = outputCall;
    }

    /** Reads once into a buffer. */
    public int read(int fd, ByteBuffer buffer) throws ErrnoException {
        requireWritable(buffer.isReadOnly());
        int position = buffer.position(); // read once: another thread may move it, which must not take us elsewhere
        int remaining = Math.max(0, buffer.limit() - position);
        if (remaining == 0) {
            return 0;
        }
        ThreadBuffers thread = ThreadBuffers.take();
        CallState state = thread.state();
        long result;
        try {
            if (buffer.isDirect()) {
                DirectMemory memory = thread.memory(buffer);
                long offset = memory.offset(position, remaining);
                result = memory.isAddress() ? inputFunction().transfer(state, fd, offset, remaining, 0)
                        : inputFunction().transferHolding(state, fd, memory.segment(), offset, remaining, 0);
                Reference.reachabilityFence(buffer);
            } else {
                int count = Math.min(remaining, ThreadBuffers.STAGING_SIZE);
                result = inputFunction().transfer(state, fd, thread.staging(count).address(), count, 0);
                if (result > 0) {
                    buffer.put(position, thread.stagingView(), 0, (int) result);
                }
            }
        } finally {
            thread.giveBack();
        }
        if (result > 0) {
            buffer.position(position + (int) result);
        }
        return (int) inputResult(fd, result);
    }

    /** Writes once from a buffer. */
    public int write(int fd, ByteBuffer buffer) throws ErrnoException {
        int position = buffer.position(); // read once: another thread may move it, which must not take us elsewhere
        int remaining = Math.max(0, buffer.limit() - position);
        if (remaining == 0) {
            return 0;
        }
        ThreadBuffers thread = ThreadBuffers.take();
        CallState state = thread.state();
        long result;
        try {
            if (buffer.isDirect()) {
                DirectMemory memory = thread.memory(buffer);
                long offset = memory.offset(position, remaining);
                result = memory.isAddress() ? outputFunction().transfer(state, fd, offset, remaining, outputFlags())
                        : outputFunction().transferHolding(
                                state, fd, memory.segment(), offset, remaining, outputFlags());
                Reference.reachabilityFence(buffer);
            } else {
                int count = Math.min(remaining, ThreadBuffers.STAGING_SIZE);
                MemorySegment staging = thread.staging(count);
                thread.stagingView().put(0, buffer, position, count);
                result = outputFunction().transfer(state, fd, staging.address(), count, outputFlags());
            }
        } finally {
            thread.giveBack();
        }
        if (result > 0) {
            buffer.position(position + (int) result);
        }
        return (int) outputResult(fd, result, outputCall);
    }

    /** Reads once into a part of a segment. */
    public long read(int fd, MemorySegment buffer, long offset, long length) throws ErrnoException {
        requireWritable(buffer.isReadOnly());
        Objects.checkFromIndexSize(offset, length, buffer.byteSize());
        if (length == 0) {
            return 0;
        }
        CallState state = CallState.ofThread();
        if (buffer.isNative()) {
            return inputResult(fd, inputFunction().transferHolding(state, fd, buffer, offset, length, 0));
        }
        int count = (int) Math.min(length, ThreadBuffers.STAGING_SIZE);
        ThreadBuffers thread = ThreadBuffers.take();
        try {
            MemorySegment staging = thread.staging(count);
            long result = inputFunction().transfer(state, fd, staging.address(), count, 0);
            if (result > 0) {
                MemorySegment.copy(staging, 0, buffer, offset, result);
            }
            return inputResult(fd, result);
        } finally {
            thread.giveBack();
        }
    }

    /** Writes once from a part of a segment. */
    public long write(int fd, MemorySegment buffer, long offset, long length) throws ErrnoException {
        Objects.checkFromIndexSize(offset, length, buffer.byteSize());
        if (length == 0) {
            return 0;
        }
        CallState state = CallState.ofThread();
        if (buffer.isNative()) {
            long result = outputFunction().transferHolding(state, fd, buffer, offset, length, outputFlags());
            return outputResult(fd, result, outputCall);
        }
        int count = (int) Math.min(length, ThreadBuffers.STAGING_SIZE);
        ThreadBuffers thread = ThreadBuffers.take();
        try {
            MemorySegment staging = thread.staging(count);
            MemorySegment.copy(buffer, offset, staging, 0, count);
            long result = outputFunction().transfer(state, fd, staging.address(), count, outputFlags());
            return outputResult(fd, result, outputCall);
        } finally {
            thread.giveBack();
        }
    }

    /** Writes once from several buffers to a socket. */
    public static long gather(int fd, ByteBuffer[] buffers, int offset, int length) throws ErrnoException {
        Objects.checkFromIndexSize(offset, length, buffers.length);
        ThreadBuffers thread = ThreadBuffers.take();
        try {
            long result = thread.vector().send(thread, fd, buffers, offset, length);
            return outputResult(fd, result, "sendmsg");
        } finally {
            thread.giveBack();
        }
    }

    private CFunction inputFunction() {
        return this == SOCKET ? SocketCalls.RECV : FdCalls.READ;
    }

    private CFunction outputFunction() {
        return this == SOCKET ? SocketCalls.SEND : FdCalls.WRITE;
    }

    /** A broken stream is an error and no signal; {@code write} does not look at it. */
    private int outputFlags() {
        return this == SOCKET ? socket_h.MSG_NOSIGNAL() : 0;
    }

    private long inputResult(int fd, long result) throws ErrnoException {
        if (result > 0) {
            return result;
        }
        if (result == 0) {
            return -1;
        }
        if (result == -Errno.EAGAIN) {
            return 0;
        }
        throw new ErrnoException(inputCall, "fd=" + fd, (int) -result);
    }

    private static long outputResult(int fd, long result, String call) throws ErrnoException {
        if (result >= 0) {
            return result;
        }
        if (result == -Errno.EAGAIN) {
            return 0;
        }
        throw new ErrnoException(call, "fd=" + fd, (int) -result);
    }

    static void requireWritable(boolean readOnly) {
        if (readOnly) {
            throw new IllegalArgumentException("the buffer is read-only");
        }
    }
}
