package io.github.epoll4j.internal.io;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.message.message_h;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * One call that moves bytes between a caller's buffer and a non-blocking descriptor, repeated while signals interrupt
 * it.
 *
 * <p>Direct buffers and native segments are passed as they are. The bytes of other buffers go through the thread's
 * staging memory. The position of a buffer is read once, since another thread may move it, and advances by what was
 * moved.
 */
public enum Transfer {
    /** {@code read(2)}. */
    READ(true),
    /** {@code write(2)}. */
    WRITE(false),
    /** {@code recv(2)}. */
    RECV(true),
    /** {@code send(2)}; a broken stream is an error and no signal. */
    SEND(false),
    /** {@code recvfrom(2)}. */
    RECVFROM(true),
    /** {@code sendto(2)}; a broken connection is an error and no signal. */
    SENDTO(false),
    /** {@code recvmsg(2)}: the message is the peer's argument. */
    RECVMSG(true),
    /** {@code sendmsg(2)}: the message is the peer's argument; a broken connection is an error and no signal. */
    SENDMSG(false);

    /** The most bytes of a heap buffer that one call on a stream moves; no UDP datagram is larger. */
    public static final int LARGEST_PART = 64 * 1024;

    private final boolean isInput;

    Transfer(boolean isInput) {
        this.isInput = isInput;
    }

    /**
     * Moves bytes by NIO's conventions.
     *
     * @return the number of bytes; 0 if the call would block, or the buffer has nothing to move; of input -1 at the end
     *     of the stream
     */
    public int move(int fd, ByteBuffer buffer) throws ErrnoException {
        try (ThreadBuffers thread = ThreadBuffers.take()) {
            int most = buffer.isDirect() ? Integer.MAX_VALUE : LARGEST_PART;
            return (int) answer(fd, move(thread, fd, buffer, most, 0, MemorySegment.NULL, MemorySegment.NULL, 0));
        }
    }

    /**
     * Moves bytes between a descriptor and a part of a segment, by NIO's conventions.
     *
     * @return as {@link #move(int, ByteBuffer)}
     */
    public long move(int fd, MemorySegment buffer, long offset, long length) throws ErrnoException {
        requireWritable(buffer.isReadOnly());
        Objects.checkFromIndexSize(offset, length, buffer.byteSize());
        if (length == 0) {
            return 0;
        }
        try (ThreadBuffers thread = ThreadBuffers.take()) {
            if (buffer.isNative()) {
                return answer(fd, call(thread.state(), true, fd, buffer, offset, length, 0,
                        MemorySegment.NULL, MemorySegment.NULL, 0));
            }
            int count = (int) Math.min(length, LARGEST_PART);
            MemorySegment staging = thread.staging(count);
            if (!isInput) {
                MemorySegment.copy(buffer, offset, staging, 0, count);
            }
            long result = call(thread.state(), false, fd, staging, 0, count, 0,
                    MemorySegment.NULL, MemorySegment.NULL, 0);
            if (isInput && result > 0) {
                MemorySegment.copy(staging, 0, buffer, offset, result);
            }
            return answer(fd, result);
        }
    }

    /**
     * Sends the remaining bytes of several buffers to a socket in one call, as far as vector and staging memory reach.
     *
     * @return the number of bytes; 0 if the call would block, or no buffer has any
     */
    public static long gather(int fd, ByteBuffer[] buffers, int offset, int length) throws ErrnoException {
        Objects.checkFromIndexSize(offset, length, buffers.length);
        try (ThreadBuffers thread = ThreadBuffers.take()) {
            return SENDMSG.orWouldBlock(fd, thread.vector().send(thread, fd, buffers, offset, length));
        }
    }

    /**
     * Moves bytes once. Where messages are kept whole, an empty buffer is passed to the kernel too: it is a message.
     *
     * @param most       how many bytes of the buffer are passed at most
     * @param flags      more flags of a socket's call
     * @param peer       where the peer's address is or goes, or a null pointer
     * @param peerLength of input, where the length of the address is and goes, or a null pointer
     * @param peerSize   of output, the length of the address
     * @return what the call returned, which for MSG_TRUNC may be more than was moved, or {@code -errno}
     */
    public long move(ThreadBuffers thread, int fd, ByteBuffer buffer, int most, int flags, MemorySegment peer,
            MemorySegment peerLength, int peerSize) {
        requireWritable(buffer.isReadOnly());
        int position = buffer.position();
        int count = Math.min(Math.max(0, buffer.limit() - position), most);
        if (count == 0 && isStream()) {
            return -Errno.EAGAIN; // the kernel's 0 would mean the end of the stream
        }
        long result;
        if (buffer.isDirect()) {
            DirectMemory memory = thread.memory(buffer);
            result = call(thread.state(), !memory.isAddress(), fd, memory.segment(), memory.offset(position, count),
                    count, flags, peer, peerLength, peerSize);
            Reference.reachabilityFence(buffer);
        } else {
            MemorySegment staging = thread.staging(count);
            if (!isInput) {
                thread.stagingView().put(0, buffer, position, count);
            }
            result = call(thread.state(), false, fd, staging, 0, count, flags, peer, peerLength, peerSize);
            if (isInput && result > 0) {
                buffer.put(position, thread.stagingView(), 0, (int) Math.min(result, count));
            }
        }
        if (result > 0) {
            buffer.position(position + (int) Math.min(result, count));
        }
        return result;
    }

    /**
     * Moves bytes between a descriptor and memory that cannot be freed.
     *
     * @return the number of bytes, or {@code -errno}
     */
    public long move(CallState state, int fd, MemorySegment memory, long count, int flags) {
        return call(state, false, fd, memory, 0, count, flags, MemorySegment.NULL, MemorySegment.NULL, 0);
    }

    /**
     * Sends or receives a message.
     *
     * @param message a {@code struct msghdr} in memory that cannot be freed, as all that it points to
     * @return the number of bytes, or {@code -errno}
     */
    public long message(CallState state, int fd, MemorySegment message, int flags) {
        return call(state, false, fd, MemorySegment.NULL, 0, 0, flags, message, MemorySegment.NULL, 0);
    }

    private boolean isStream() {
        return this != RECVFROM && this != SENDTO;
    }

    /** Calls, again for as long as signals interrupt it. */
    private long call(CallState state, boolean isHeld, int fd, MemorySegment base, long offset, long count, int flags,
            MemorySegment peer, MemorySegment peerLength, int peerSize) {
        long result;
        do {
            result = state.result(isHeld
                    ? held(state.errno(), fd, base, offset, count, flags, peer, peerLength, peerSize)
                    : kept(state.errno(), fd, base, offset, count, flags, peer, peerLength, peerSize));
        } while (result == -Errno.EINTR);
        return result;
    }

    /** The call with memory that cannot be freed. */
    private long kept(MemorySegment errno, int fd, MemorySegment base, long offset, long count, int flags,
            MemorySegment peer, MemorySegment peerLength, int peerSize) {
        return switch (this) {
            case READ -> unistd_h.read(errno, fd, base, offset, count);
            case WRITE -> unistd_h.write(errno, fd, base, offset, count);
            case RECV -> socket_h.recv(errno, fd, base, offset, count, flags);
            case SEND -> socket_h.send(errno, fd, base, offset, count, flags | socket_h.MSG_NOSIGNAL);
            case RECVFROM -> socket_h.recvfrom(errno, fd, base, offset, count, flags, peer, peerLength);
            case SENDTO ->
                    socket_h.sendto(errno, fd, base, offset, count, flags | socket_h.MSG_NOSIGNAL, peer, peerSize);
            case RECVMSG -> message_h.recvmsg(errno, fd, peer, flags);
            case SENDMSG -> message_h.sendmsg(errno, fd, peer, flags | socket_h.MSG_NOSIGNAL);
        };
    }

    /** The call with memory that its owner may free meanwhile, which is held until the call is over. */
    private long held(MemorySegment errno, int fd, MemorySegment base, long offset, long count, int flags,
            MemorySegment peer, MemorySegment peerLength, int peerSize) {
        return switch (this) {
            case READ -> unistd_h.read$held(errno, fd, base, offset, count);
            case WRITE -> unistd_h.write$held(errno, fd, base, offset, count);
            case RECV -> socket_h.recv$held(errno, fd, base, offset, count, flags);
            case SEND -> socket_h.send$held(errno, fd, base, offset, count, flags | socket_h.MSG_NOSIGNAL);
            case RECVFROM -> socket_h.recvfrom$held(errno, fd, base, offset, count, flags, peer, peerLength);
            case SENDTO ->
                    socket_h.sendto$held(errno, fd, base, offset, count, flags | socket_h.MSG_NOSIGNAL, peer, peerSize);
            case RECVMSG, SENDMSG -> throw new IllegalArgumentException("one call cannot hold the parts of a message");
        };
    }

    /** Turns a raw result into NIO's, for a stream. */
    private long answer(int fd, long result) throws ErrnoException {
        return result == 0 && isInput ? -1 : orWouldBlock(fd, result);
    }

    /** Turns a raw result into NIO's, where there is no end of the stream. */
    public long orWouldBlock(int fd, long result) throws ErrnoException {
        if (result >= 0) {
            return result;
        }
        if (result == -Errno.EAGAIN) {
            return 0;
        }
        throw new ErrnoException(call(), "fd=" + fd, (int) -result);
    }

    private String call() {
        return switch (this) {
            case READ -> "read";
            case WRITE -> "write";
            case RECV -> "recv";
            case SEND -> "send";
            case RECVFROM -> "recvfrom";
            case SENDTO -> "sendto";
            case RECVMSG -> "recvmsg";
            case SENDMSG -> "sendmsg";
        };
    }

    private void requireWritable(boolean isReadOnly) {
        if (isInput && isReadOnly) {
            throw new IllegalArgumentException("the buffer is read-only");
        }
    }
}
