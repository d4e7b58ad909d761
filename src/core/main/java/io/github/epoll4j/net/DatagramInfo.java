package io.github.epoll4j.net;

import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.io.MessageHeaders;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The facts about one received datagram: sender, local address, length, whether it was cut, segments.
 *
 * <p>One object serves any number of calls of {@link UdpSocket#receive(java.nio.ByteBuffer, DatagramInfo)}, which
 * overwrite it:
 *
 * {@snippet :
 * DatagramInfo info = new DatagramInfo();
 * while (socket.receive(buffer.clear(), info) >= 0) {
 *     if (!info.isTruncated()) {
 *         socket.reply(answer(buffer.flip()), info);
 *     }
 * }
 * }
 *
 * <p>Not thread-safe. Ownership: the caller's; the garbage collector frees it.
 */
public final class DatagramInfo {
    private final MessageHeaders header = new MessageHeaders(1, MessageHeaders.DATAGRAM_CONTROL);
    private final AtomicBoolean inUse = new AtomicBoolean();
    private int length;
    private InetSocketAddress lastSender;
    private InetSocketAddress lastLocal;

    /** Allocates an object that describes no datagram. */
    public DatagramInfo() {
        header.clear(0);
    }

    MessageHeaders header() {
        return header;
    }

    /**
     * Begins a call that receives. The header has the address and the length of a buffer while the kernel reads it, so
     * that two calls at once would receive into each other's memory.
     *
     * @throws IllegalStateException if another thread receives with this object
     */
    void begin() {
        if (!inUse.compareAndSet(false, true)) {
            throw new IllegalStateException("another thread receives with this DatagramInfo");
        }
    }

    void end() {
        inUse.setRelease(false);
    }

    /** Completes the facts after a call. */
    void received(int datagramLength) {
        length = datagramLength;
    }

    /**
     * Returns the sender. If it is the same IPv4 address as of the datagram before, it is the same object.
     *
     * @return the address, an IPv4 one as IPv4; null if no datagram was received
     */
    public InetSocketAddress sender() {
        InetSocketAddress sender = header.sender(0, lastSender);
        lastSender = sender;
        return sender;
    }

    /**
     * Returns the local address that the datagram was sent to, and that an answer should come from. Of an IPv4
     * broadcast or group it is the address of the interface.
     *
     * @return the address, an IPv4 one as IPv4; null unless
     *     {@linkplain UdpSocket#reportLocalAddresses(boolean) reported}, and for an IPv6 group
     */
    public InetAddress localAddress() {
        InetSocketAddress local = header.local(0, lastLocal);
        if (local == null) {
            return null;
        }
        lastLocal = local;
        return local.getAddress();
    }

    /**
     * Returns the length of the datagram as it was sent. With segments it is that of all together.
     *
     * @return the number of bytes, also of those that did not fit the buffer
     */
    public int length() {
        return length;
    }

    /**
     * Returns whether the datagram was longer than the buffer, and its end is lost (MSG_TRUNC).
     *
     * @return true if it was cut
     */
    public boolean isTruncated() {
        return (header.flags(0) & socket_h.MSG_TRUNC) != 0;
    }

    /**
     * Returns the size of the datagrams that the kernel joined (UDP_GRO). Each has this size; the last may be shorter.
     *
     * @return the number of bytes; 0 if it is one datagram, or the option is not set
     */
    public int segmentSize() {
        return header.segmentSize(0);
    }

    /**
     * Describes the datagram for a log.
     *
     * @return sender and length
     */
    @Override
    public String toString() {
        return "DatagramInfo[sender=" + sender() + ", length=" + length + (isTruncated() ? ", truncated]" : "]");
    }
}
