package io.github.epoll4j.net;

import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.MessageHeaders;
import io.github.epoll4j.internal.io.SocketAddresses;
import io.github.epoll4j.internal.io.Transfer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * An array of datagrams with their memory, to receive or send many by one call.
 *
 * {@snippet :
 * DatagramArray in = DatagramArray.allocate(32, 2048);
 * DatagramArray out = DatagramArray.allocate(32, 2048);
 * int count = socket.receive(in);
 * for (int i = 0; i < count; i++) {
 *     if (!in.isTruncated(i)) {
 *         out.addReply(answer(in.buffer(i)), in, i);
 *     }
 * }
 * while (out.hasRemaining()) {
 *     if (socket.send(out) == 0) {
 *         // … wait for EPOLLOUT
 *     }
 * }
 * out.clear();
 * }
 *
 * <p>The calls allocate nothing. Of addresses, an IPv4 one that an index had before is the same object.
 *
 * <p>Not thread-safe. Ownership: the caller's; the garbage collector frees it.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/recvmmsg.2.html">recvmmsg(2)</a>
 */
public final class DatagramArray {
    private static final int CACHE_LINE = 64;

    private final MessageHeaders headers;
    private final MemorySegment memory;
    private final ByteBuffer[] buffers;
    private final InetSocketAddress[] lastSenders;
    private final InetSocketAddress[] lastLocals;
    private final int datagramSize;
    private int size;
    /** Whether the datagrams were received, and not added to be sent. */
    private boolean isReceived;
    /** The index of the first that is still to be sent. */
    private int next;

    private DatagramArray(int capacity, int datagramSize) {
        int stride = Math.ceilDiv(datagramSize, CACHE_LINE) * CACHE_LINE;
        this.datagramSize = datagramSize;
        memory = Arena.ofAuto().allocate((long) capacity * stride, CACHE_LINE);
        headers = new MessageHeaders(capacity, MessageHeaders.DATAGRAM_CONTROL);
        buffers = new ByteBuffer[capacity];
        lastSenders = new InetSocketAddress[capacity];
        lastLocals = new InetSocketAddress[capacity];
        for (int i = 0; i < capacity; i++) {
            MemorySegment part = memory.asSlice((long) i * stride, datagramSize);
            buffers[i] = part.asByteBuffer();
            headers.data(i, part.address(), datagramSize);
        }
    }

    /**
     * Allocates an empty array.
     *
     * @param capacity     how many datagrams it can hold, 1 to 1024, which is what one call takes
     * @param datagramSize the memory for each of them in bytes, 1 to 65536
     * @return the array
     * @throws IllegalArgumentException if a number is out of range
     */
    public static DatagramArray allocate(int capacity, int datagramSize) {
        if (capacity < 1 || capacity > unistd_h.IOV_MAX || datagramSize < 1 || datagramSize > Transfer.LARGEST_PART) {
            throw new IllegalArgumentException(capacity + " datagrams of " + datagramSize + " bytes; 1 to "
                    + unistd_h.IOV_MAX + " of 1 to " + Transfer.LARGEST_PART + " are possible");
        }
        return new DatagramArray(capacity, datagramSize);
    }

    /**
     * Returns how many datagrams the array can hold.
     *
     * @return the number
     */
    public int capacity() {
        return buffers.length;
    }

    /**
     * Returns how many datagrams were received by the last call, or added since the last {@link #clear()}.
     *
     * @return the number
     */
    public int size() {
        return size;
    }

    /**
     * Removes all datagrams.
     *
     * @return this array
     */
    public DatagramArray clear() {
        size = 0;
        next = 0;
        isReceived = false;
        return this;
    }

    /**
     * Returns the bytes of a datagram. The view is valid until the next call that receives or adds.
     *
     * @param index which one, from 0
     * @return a view from position 0 to the limit, the same object each time
     * @throws IndexOutOfBoundsException if there is no such datagram
     */
    public ByteBuffer buffer(int index) {
        return buffers[check(index)];
    }

    /**
     * Returns the length of a received datagram as it was sent.
     *
     * @param index which one, from 0
     * @return the number of bytes, also of those that did not fit
     * @throws IndexOutOfBoundsException if there is no such datagram
     */
    public int length(int index) {
        return headers.moved(check(index));
    }

    /**
     * Returns whether a received datagram was longer than its memory, and its end is lost (MSG_TRUNC).
     *
     * @param index which one, from 0
     * @return true if it was cut
     * @throws IndexOutOfBoundsException if there is no such datagram
     */
    public boolean isTruncated(int index) {
        return (headers.flags(check(index)) & socket_h.MSG_TRUNC) != 0;
    }

    /**
     * Returns the sender of a received datagram.
     *
     * @param index which one, from 0
     * @return the address, an IPv4 one as IPv4
     * @throws IndexOutOfBoundsException if there is no such datagram
     */
    public InetSocketAddress sender(int index) {
        InetSocketAddress sender = headers.sender(check(index), lastSenders[index]);
        lastSenders[index] = sender;
        return sender;
    }

    /**
     * Returns the local address that a datagram was sent to, as {@link DatagramInfo#localAddress()}.
     *
     * @param index which one, from 0
     * @return the address; null unless {@linkplain UdpSocket#reportLocalAddresses(boolean) reported}, and for an IPv6
     *     group
     * @throws IndexOutOfBoundsException if there is no such datagram
     */
    public InetAddress localAddress(int index) {
        InetSocketAddress local = headers.local(check(index), lastLocals[index]);
        if (local == null) {
            return null;
        }
        lastLocals[index] = local;
        return local.getAddress();
    }

    /**
     * Returns the size of the datagrams that the kernel joined (UDP_GRO), as {@link DatagramInfo#segmentSize()}.
     *
     * @param index which one, from 0
     * @return the number of bytes; 0 if it is one datagram, or the option is not set
     * @throws IndexOutOfBoundsException if there is no such datagram
     */
    public int segmentSize(int index) {
        return headers.segmentSize(check(index));
    }

    /**
     * Adds a datagram to send. Its bytes are copied.
     *
     * @param data    the remaining bytes; none gives an empty datagram. The position advances to the limit
     * @param address the receiver; null for the peer of a connected socket
     * @throws IllegalArgumentException if there are more bytes than a datagram has memory
     * @throws IllegalStateException if the array is full, or holds received datagrams
     * @throws java.nio.channels.UnresolvedAddressException if the address has a host name without a number
     */
    public void add(ByteBuffer data, InetSocketAddress address) {
        add(data, address, null, 0);
    }

    /**
     * Adds a datagram to send, with its source and segments as
     * {@link UdpSocket#send(ByteBuffer, InetSocketAddress, InetAddress, int)} has them.
     *
     * @param data        the remaining bytes, which are copied
     * @param address     the receiver; null for the peer of a connected socket
     * @param source      the local address to send from; null if the kernel chooses
     * @param segmentSize the size of the datagrams to send in bytes, 1 to 65535; 0 for one datagram
     * @throws IllegalArgumentException if there are more bytes than a datagram has memory, the segment size is out of
     *     range, or the source is of another family than the receiver
     * @throws IllegalStateException if the array is full, or holds received datagrams
     * @throws java.nio.channels.UnresolvedAddressException if the address has a host name without a number
     */
    public void add(ByteBuffer data, InetSocketAddress address, InetAddress source, int segmentSize) {
        int index = begin(data);
        UdpSocket.fill(headers, index, address, source, segmentSize);
        end(index, data);
    }

    /**
     * Adds an answer to a received datagram: to its sender, from the local address it was sent to if that is
     * {@linkplain UdpSocket#reportLocalAddresses(boolean) reported}.
     *
     * @param data     the remaining bytes, which are copied
     * @param received the array with the received datagram
     * @param index    the index of the received datagram
     * @throws IllegalArgumentException if there are more bytes than a datagram has memory, or it is this array
     * @throws IllegalStateException if the array is full, or holds received datagrams
     * @throws IndexOutOfBoundsException if there is no such datagram
     */
    public void addReply(ByteBuffer data, DatagramArray received, int index) {
        if (received == this) {
            throw new IllegalArgumentException("answers need an array of their own");
        }
        check(index, received.size);
        int to = begin(data);
        headers.reply(to, received.headers, index);
        end(to, data);
    }

    private int begin(ByteBuffer data) {
        requireSending();
        int index = size;
        if (index >= buffers.length) {
            throw new IllegalStateException("the array is full: " + index + " datagrams");
        }
        if (data.remaining() > datagramSize) {
            throw new IllegalArgumentException(data.remaining() + " bytes; the memory is for " + datagramSize);
        }
        headers.clear(index);
        return index;
    }

    /** Throws if the datagrams were received: their memory has bytes of other peers behind the datagram's. */
    void requireSending() {
        if (isReceived) {
            throw new IllegalStateException("the array holds received datagrams; clear it first");
        }
    }

    private int check(int index) {
        return check(index, size);
    }

    private static int check(int index, int size) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("index " + index + " is outside of " + size + " datagrams");
        }
        return index;
    }

    private void end(int index, ByteBuffer data) {
        ByteBuffer copy = buffers[index].clear().put(data).flip();
        headers.length(index, copy.limit());
        size = index + 1;
    }

    /**
     * Returns how many datagrams are still to be sent.
     *
     * @return the number; 0 if the array holds received ones
     */
    public int remaining() {
        return size - next;
    }

    /**
     * Returns whether datagrams are still to be sent.
     *
     * @return false once all were sent
     */
    public boolean hasRemaining() {
        return next < size;
    }

    /**
     * Skips the next datagram to send, such as one that a call threw for.
     *
     * @throws IllegalStateException if none is left
     */
    public void skip() {
        if (next >= size) {
            throw new IllegalStateException("no datagram is left to send");
        }
        next++;
    }

    /** Receives what is there; the number of datagrams, or {@code -errno}. */
    int receive(int fd) {
        clear();
        isReceived = true;
        int count = buffers.length;
        for (int i = 0; i < count; i++) {
            headers.expect(i);
            headers.length(i, datagramSize);
        }
        try (CallState state = CallState.take()) {
            int result = headers.move(Transfer.RECVMMSG, state, fd, 0, count, socket_h.MSG_TRUNC);
            Reference.reachabilityFence(memory);
            for (int i = 0; i < result; i++) {
                buffers[i].clear().limit(Math.clamp(headers.moved(i), 0, datagramSize));
            }
            size = Math.max(0, result);
            next = size;
            return result;
        }
    }

    /** Sends what remains, and advances; the number of datagrams, or {@code -errno}. */
    int send(int fd) {
        int first = next;
        if (first == size) {
            return 0;
        }
        try (CallState state = CallState.take()) {
            int result = headers.move(Transfer.SENDMMSG, state, fd, first, size - first, 0);
            Reference.reachabilityFence(memory);
            if (result > 0) {
                next = first + result;
            }
            return result;
        }
    }

    /** Returns the next datagram to send, for a message. */
    String describeNext() {
        InetSocketAddress receiver = headers.sender(next, null);
        return "datagram " + next + " to " + (receiver == null ? "the peer" : SocketAddresses.text(receiver));
    }

    /**
     * Describes the array for a log.
     *
     * @return size and capacity
     */
    @Override
    public String toString() {
        return "DatagramArray[size=" + size + ", capacity=" + buffers.length + "]";
    }
}
