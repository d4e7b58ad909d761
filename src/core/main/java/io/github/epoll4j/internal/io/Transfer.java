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
    /** {@code pread(2)}: the position is the peer's size. */
    PREAD(true),
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
    SENDMSG(false),
    /** {@code recvmmsg(2)}: the messages are the peer's argument, their number the count. */
    RECVMMSG(true),
    /** {@code sendmmsg(2)}: the messages are the peer's argument, their number the count. */
    SENDMMSG(false),
    /** {@code sendfile(2)} to the descriptor: the file is the flags, the pointer to the offset the peer's argument. */
    SENDFILE(false),
    /** {@code splice(2)} from the descriptor: the output is the peer's size. */
    SPLICE(true);

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
     * Moves bytes like {@link #move(int, ByteBuffer)}, with more flags of a socket's call. The two do not share code:
     * on the loop's path each level of calls counts for the compiler's inlining.
     */
    public int move(int fd, ByteBuffer buffer, int flags) throws ErrnoException {
        try (ThreadBuffers thread = ThreadBuffers.take()) {
            int most = buffer.isDirect() ? Integer.MAX_VALUE : LARGEST_PART;
            return (int) answer(
                    fd, move(thread, fd, buffer, most, flags, MemorySegment.NULL, MemorySegment.NULL, 0));
        }
    }

    /**
     * {@code pread(2)}, by NIO's conventions: reads at a position of a file, and leaves the file's own position.
     *
     * @return the number of bytes; 0 if the call would block, or the buffer is full; -1 at the end of the file
     */
    public static int readAt(int fd, ByteBuffer buffer, long position) throws ErrnoException {
        try (ThreadBuffers thread = ThreadBuffers.take()) {
            int most = buffer.isDirect() ? Integer.MAX_VALUE : LARGEST_PART;
            long result = PREAD.move(thread, fd, buffer, most, 0, MemorySegment.NULL, MemorySegment.NULL, position);
            if (result < 0 && result != -Errno.EAGAIN) {
                throw failure("pread", "fd=" + fd + ", position=" + position, (int) -result);
            }
            return (int) PREAD.answer(fd, result);
        }
    }

    /**
     * Moves one message from or to the peer that the socket is connected to.
     *
     * @param most  how many bytes of the buffer are passed at most
     * @param flags more flags of the call
     * @return as {@link #move(ThreadBuffers, int, ByteBuffer, int, int, MemorySegment, MemorySegment, int)}
     */
    public long message(int fd, ByteBuffer buffer, int most, int flags) {
        try (ThreadBuffers thread = ThreadBuffers.take()) {
            return move(thread, fd, buffer, most, flags, MemorySegment.NULL, MemorySegment.NULL, 0);
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
    public static long gather(int fd, ByteBuffer[] buffers, int offset, int length, int flags) throws ErrnoException {
        Objects.checkFromIndexSize(offset, length, buffers.length);
        try (ThreadBuffers thread = ThreadBuffers.take()) {
            return SENDMSG.orWouldBlock(fd, thread.gathered().send(thread, fd, buffers, offset, length, flags));
        }
    }

    /**
     * Moves bytes once. Where messages are kept whole, an empty buffer is passed to the kernel too: it is a message.
     *
     * @param most       how many bytes of the buffer are passed at most
     * @param flags      more flags of a socket's call
     * @param peer       where the peer's address is or goes, or a null pointer
     * @param peerLength of input, where the length of the address is and goes, or a null pointer
     * @param peerSize   of output, the length of the address; of {@link #PREAD}, the position
     * @return what the call returned, which for MSG_TRUNC may be more than was moved, or {@code -errno}
     */
    public long move(ThreadBuffers thread, int fd, ByteBuffer buffer, int most, int flags, MemorySegment peer,
            MemorySegment peerLength, long peerSize) {
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
     * Moves bytes between a descriptor and a part of memory that cannot be freed.
     *
     * @return the number of bytes, or {@code -errno}
     */
    public long move(CallState state, int fd, MemorySegment memory, long offset, long count, int flags) {
        return call(state, false, fd, memory, offset, count, flags, MemorySegment.NULL, MemorySegment.NULL, 0);
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

    /**
     * Sends or receives messages.
     *
     * @param messages an array of {@code struct mmsghdr} in memory that cannot be freed, as all that it points to
     * @param count    how many of the array; the caller has checked it
     * @return the number of bytes or messages, or {@code -errno}
     */
    long messages(CallState state, int fd, MemorySegment messages, int count, int flags) {
        return call(state, false, fd, MemorySegment.NULL, 0, count, flags, messages, MemorySegment.NULL, 0);
    }

    /**
     * Moves the remaining bytes of a buffer as one message, with the address and the control data of a header. Memory
     * that can be closed is staged, since the call cannot hold it.
     *
     * @param most   how many bytes of a buffer that is staged are passed at most
     * @param header its first message
     * @return what the call returned, which for MSG_TRUNC may be more than was moved, or {@code -errno}
     */
    public long message(ThreadBuffers thread, int fd, ByteBuffer buffer, int most, MessageHeaders header, int flags) {
        requireWritable(buffer.isReadOnly());
        int position = buffer.position();
        int count = Math.max(0, buffer.limit() - position);
        DirectMemory memory = buffer.isDirect() ? thread.memory(buffer) : null;
        boolean isStaged = memory == null || !memory.isAddress();
        if (isStaged) {
            count = Math.min(count, most);
            header.data(0, thread.staging(count).address(), count);
            if (!isInput) {
                thread.stagingView().put(0, buffer, position, count);
            }
        } else {
            header.data(0, memory.offset(position, count), count);
        }
        long result = message(thread.state(), fd, header.segment(), flags);
        Reference.reachabilityFence(buffer);
        Reference.reachabilityFence(thread);
        Reference.reachabilityFence(header);
        int moved = (int) Math.min(result, count);
        if (moved > 0) {
            if (isStaged && isInput) {
                buffer.put(position, thread.stagingView(), 0, moved);
            }
            buffer.position(position + moved);
        }
        return result;
    }

    /**
     * {@code sendfile(2)}, by NIO's conventions: sends a part of a file to a socket, from the page cache.
     *
     * @return the number of bytes; 0 if the call would block; -1 at the end of the file
     */
    public static long file(int socket, int file, long offset, long count) throws ErrnoException {
        try (CallState state = CallState.take()) {
            state.bytes().putLong(0, offset);
            long result = SENDFILE.call(state, false, socket, MemorySegment.NULL, 0, count, file, state.scratch(),
                    MemorySegment.NULL, 0);
            return result == 0 ? -1 : SENDFILE.orWouldBlock(socket, result);
        }
    }

    /**
     * {@code splice(2)}, by NIO's conventions.
     *
     * @return the number of bytes; 0 if the call would block; -1 at the end of the input
     */
    public static long splice(int in, int out, long count, int flags) throws ErrnoException {
        try (CallState state = CallState.take()) {
            return SPLICE.answer(in, SPLICE.call(state, false, in, MemorySegment.NULL, 0, count, flags,
                    MemorySegment.NULL, MemorySegment.NULL, out));
        }
    }

    private boolean isStream() {
        return this != RECVFROM && this != SENDTO;
    }

    /** Calls, again for as long as signals interrupt it. */
    private long call(CallState state, boolean isHeld, int fd, MemorySegment base, long offset, long count, int flags,
            MemorySegment peer, MemorySegment peerLength, long peerSize) {
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
            MemorySegment peer, MemorySegment peerLength, long peerSize) {
        return switch (this) {
            case READ -> unistd_h.read(errno, fd, base, offset, count);
            case PREAD -> unistd_h.pread(errno, fd, base, offset, count, peerSize);
            case WRITE -> unistd_h.write(errno, fd, base, offset, count);
            case RECV -> socket_h.recv(errno, fd, base, offset, count, flags);
            case SEND -> socket_h.send(errno, fd, base, offset, count, flags | socket_h.MSG_NOSIGNAL);
            case RECVFROM -> socket_h.recvfrom(errno, fd, base, offset, count, flags, peer, peerLength);
            case SENDTO ->
                    socket_h.sendto(errno, fd, base, offset, count, flags | socket_h.MSG_NOSIGNAL, peer,
                            (int) peerSize);
            case RECVMSG -> message_h.recvmsg(errno, fd, peer, flags);
            case SENDMSG -> message_h.sendmsg(errno, fd, peer, flags | socket_h.MSG_NOSIGNAL);
            case RECVMMSG -> message_h.recvmmsg(errno, fd, peer, (int) count, flags, MemorySegment.NULL);
            case SENDMMSG -> message_h.sendmmsg(errno, fd, peer, (int) count, flags | socket_h.MSG_NOSIGNAL);
            case SENDFILE -> unistd_h.sendfile(errno, fd, flags, peer, count);
            case SPLICE ->
                    unistd_h.splice(errno, fd, MemorySegment.NULL, (int) peerSize, MemorySegment.NULL, count, flags);
        };
    }

    /** The call with memory that its owner may free meanwhile, which is held until the call is over. */
    private long held(MemorySegment errno, int fd, MemorySegment base, long offset, long count, int flags,
            MemorySegment peer, MemorySegment peerLength, long peerSize) {
        return switch (this) {
            case READ -> unistd_h.read$held(errno, fd, base, offset, count);
            case PREAD -> unistd_h.pread$held(errno, fd, base, offset, count, peerSize);
            case WRITE -> unistd_h.write$held(errno, fd, base, offset, count);
            case RECV -> socket_h.recv$held(errno, fd, base, offset, count, flags);
            case SEND -> socket_h.send$held(errno, fd, base, offset, count, flags | socket_h.MSG_NOSIGNAL);
            case RECVFROM -> socket_h.recvfrom$held(errno, fd, base, offset, count, flags, peer, peerLength);
            case SENDTO ->
                    socket_h.sendto$held(errno, fd, base, offset, count, flags | socket_h.MSG_NOSIGNAL, peer,
                            (int) peerSize);
            default -> throw new IllegalArgumentException("one call cannot hold the parts of a message");
        };
    }

    /** Turns a raw result into NIO's, for a stream. */
    public long answer(int fd, long result) throws ErrnoException {
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
        throw failure(call(), "fd=" + fd, (int) -result);
    }

    /** Returns the exception for a failed transfer; one that a peer causes at any rate has no stack trace. */
    public static ErrnoException failure(String call, String arguments, int errno) {
        return errno == Errno.ECONNRESET || errno == Errno.EPIPE
                ? ErrnoException.withoutStackTrace(call, arguments, errno)
                : new ErrnoException(call, arguments, errno);
    }

    private String call() {
        return switch (this) {
            case READ -> "read";
            case PREAD -> "pread";
            case WRITE -> "write";
            case RECV -> "recv";
            case SEND -> "send";
            case RECVFROM -> "recvfrom";
            case SENDTO -> "sendto";
            case RECVMSG -> "recvmsg";
            case SENDMSG -> "sendmsg";
            case RECVMMSG -> "recvmmsg";
            case SENDMMSG -> "sendmmsg";
            case SENDFILE -> "sendfile";
            case SPLICE -> "splice";
        };
    }

    private void requireWritable(boolean isReadOnly) {
        if (isInput && isReadOnly) {
            throw new IllegalArgumentException("the buffer is read-only");
        }
    }
}
