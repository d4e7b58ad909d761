package io.github.epoll4j.internal.io;

import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.message.cmsghdr;
import io.github.epoll4j.internal.gen.message.in6_pktinfo;
import io.github.epoll4j.internal.gen.message.in_pktinfo;
import io.github.epoll4j.internal.gen.message.iovec;
import io.github.epoll4j.internal.gen.message.message_h;
import io.github.epoll4j.internal.gen.message.mmsghdr;
import io.github.epoll4j.internal.gen.message.msghdr;
import io.github.epoll4j.internal.gen.socket.sockaddr_in;
import io.github.epoll4j.internal.gen.socket.sockaddr_in6;
import io.github.epoll4j.internal.gen.socket.socket_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * An array of {@code struct mmsghdr}, each of which begins with a {@code struct msghdr}. Each has one iovec, and memory
 * for an Internet address and for control data.
 *
 * <p>Not thread-safe. Used by two threads all the same it gives wrong results, but all pointers and sizes that the
 * kernel reads stay within its memory; the iovecs are the owner's business.
 */
public final class MessageHeaders {
    /** Enough for local address, segment size and what adopted sockets may have switched on besides. */
    public static final int DATAGRAM_CONTROL = 128;

    private static final int DATA = cmsghdr.__cmsg_data$OFFSET;
    private static final int NAME_SIZE = aligned(sockaddr_in6.SIZEOF);
    private static final int FAMILY = sockaddr_in.sin_family$OFFSET;
    private static final int PORT = sockaddr_in.sin_port$OFFSET;
    private static final int INET_ADDRESS = sockaddr_in.sin_addr$OFFSET;
    private static final int INET6_ADDRESS = sockaddr_in6.sin6_addr$OFFSET;
    private static final int INET6_SCOPE = sockaddr_in6.sin6_scope_id$OFFSET;
    private static final int INET6_SIZE = 16;

    private final MemorySegment memory;
    private final ByteBuffer bytes;
    private final int count;
    private final int controlSize;
    private final int vectors;
    private final int names;
    private final int controls;

    /**
     * Allocates headers for messages without address, data and control data.
     *
     * @param controlSize the bytes of control data of each
     */
    public MessageHeaders(int count, int controlSize) {
        this.count = count;
        this.controlSize = aligned(controlSize);
        vectors = count * mmsghdr.SIZEOF;
        names = vectors + count * iovec.SIZEOF;
        controls = names + count * NAME_SIZE;
        memory = Arena.ofAuto().allocate(controls + (long) count * this.controlSize, Long.BYTES);
        bytes = memory.asByteBuffer().order(ByteOrder.nativeOrder());
        for (int i = 0; i < count; i++) {
            int at = i * mmsghdr.SIZEOF;
            bytes.putLong(at + msghdr.msg_name$OFFSET, memory.address() + name(i));
            bytes.putLong(at + msghdr.msg_iov$OFFSET, memory.address() + vectors + i * iovec.SIZEOF);
            bytes.putLong(at + msghdr.msg_iovlen$OFFSET, 1);
            bytes.putLong(at + msghdr.msg_control$OFFSET, memory.address() + control(i));
        }
    }

    /** Returns the size of control data, aligned, that holds so many bytes of one kind. */
    public static int controlSpace(int size) {
        return aligned(DATA + size);
    }

    private static int aligned(int size) {
        return Math.ceilDiv(size, Long.BYTES) * Long.BYTES;
    }

    /** Returns the bytes of control data of each message. */
    int controlSize() {
        return controlSize;
    }

    /** Returns the array, which begins with the first message's {@code struct msghdr}. */
    MemorySegment segment() {
        return memory;
    }

    /** {@code recvmmsg} or {@code sendmmsg} with some of the messages; returns their number, or {@code -errno}. */
    public int move(Transfer transfer, CallState state, int fd, int first, int number, int flags) {
        Objects.checkFromIndexSize(first, number, count);
        MemorySegment part = first == 0 ? memory : memory.asSlice((long) first * mmsghdr.SIZEOF);
        int result = (int) transfer.messages(state, fd, part, number, flags);
        Reference.reachabilityFence(this);
        return result;
    }

    /** Sets the memory of a message's data. */
    public void data(int index, long address, int length) {
        bytes.putLong(vector(index) + iovec.iov_base$OFFSET, address);
        bytes.putLong(vector(index) + iovec.iov_len$OFFSET, length);
    }

    /** Sets the length of a message's data to at most its memory's. */
    public void length(int index, int length) {
        bytes.putLong(vector(index) + iovec.iov_len$OFFSET, length);
    }

    /** Removes address and control data. */
    public void clear(int index) {
        bytes.putInt(header(index) + msghdr.msg_namelen$OFFSET, 0);
        bytes.putLong(header(index) + msghdr.msg_controllen$OFFSET, 0);
        bytes.putInt(header(index) + msghdr.msg_flags$OFFSET, 0);
    }

    /** Offers the memory for address and control data to the kernel. */
    public void expect(int index) {
        bytes.putInt(header(index) + msghdr.msg_namelen$OFFSET, NAME_SIZE);
        bytes.putLong(header(index) + msghdr.msg_controllen$OFFSET, controlSize);
        bytes.putInt(header(index) + msghdr.msg_flags$OFFSET, 0);
    }

    /** Offers the memory for control data alone to the kernel. */
    public void expectControl(int index) {
        expect(index);
        bytes.putInt(header(index) + msghdr.msg_namelen$OFFSET, 0);
    }

    /** Returns the flags of a received message. */
    public int flags(int index) {
        return bytes.getInt(header(index) + msghdr.msg_flags$OFFSET);
    }

    /** Returns the number of bytes that {@code recvmmsg} or {@code sendmmsg} reports for a message. */
    public int moved(int index) {
        return bytes.getInt(header(index) + mmsghdr.msg_len$OFFSET);
    }

    /** Sets the receiver's address. */
    public void receiver(int index, InetSocketAddress address) {
        try (CallState state = CallState.take()) {
            int length = SocketAddresses.write(state, SocketAddresses.family(address), address);
            bytes.put(name(index), state.bytes(), 0, length);
            bytes.putInt(header(index) + msghdr.msg_namelen$OFFSET, length);
        }
    }

    /**
     * Returns the sender's address, which is the known object if that is the same IPv4 address; null if there is none.
     *
     * @param known what was read before, or null
     */
    public InetSocketAddress sender(int index, InetSocketAddress known) {
        if (bytes.getInt(header(index) + msghdr.msg_namelen$OFFSET) == 0) {
            return null;
        }
        try (CallState state = CallState.take()) {
            state.bytes().put(0, bytes, name(index), NAME_SIZE);
            return SocketAddresses.readInet(state, known);
        }
    }

    /** Addresses a message to the sender of a received one, from the local address that was sent to. */
    public void reply(int index, MessageHeaders received, int from) {
        int length = received.bytes.getInt(received.header(from) + msghdr.msg_namelen$OFFSET);
        int used = Math.clamp(length, 0, NAME_SIZE);
        bytes.put(name(index), received.bytes, received.name(from), used);
        bytes.putInt(header(index) + msghdr.msg_namelen$OFFSET, used);
        int inet = received.find(from, socket_h.IPPROTO_IP, message_h.IP_PKTINFO, in_pktinfo.SIZEOF);
        int inet6 = received.find(from, socket_h.IPPROTO_IPV6, message_h.IPV6_PKTINFO, in6_pktinfo.SIZEOF);
        if (inet >= 0) {
            int to = add(index, socket_h.IPPROTO_IP, message_h.IP_PKTINFO, in_pktinfo.SIZEOF);
            bytes.putInt(to + in_pktinfo.ipi_spec_dst$OFFSET,
                    received.bytes.getInt(inet + in_pktinfo.ipi_spec_dst$OFFSET));
        } else if (inet6 >= 0 && !isGroup(received.bytes, inet6)) {
            int to = add(index, socket_h.IPPROTO_IPV6, message_h.IPV6_PKTINFO, in6_pktinfo.SIZEOF);
            bytes.put(to, received.bytes, inet6, in6_pktinfo.SIZEOF);
            if (!isLinkLocal(received.bytes, inet6)) {
                bytes.putInt(to + in6_pktinfo.ipi6_ifindex$OFFSET, 0);
            }
        }
    }

    /**
     * Sets the local address that a message is sent from.
     *
     * @throws IllegalArgumentException if the receiver's address is of another family
     */
    public void source(int index, InetAddress source) {
        boolean isInet4 = source instanceof Inet4Address;
        if (bytes.getInt(header(index) + msghdr.msg_namelen$OFFSET) > 0
                && isInet4 != (bytes.getShort(name(index) + FAMILY) == socket_h.AF_INET)) {
            throw new IllegalArgumentException("the source " + source.getHostAddress() + " is of another family");
        }
        byte[] address = source.getAddress();
        if (isInet4) {
            int at = add(index, socket_h.IPPROTO_IP, message_h.IP_PKTINFO, in_pktinfo.SIZEOF)
                    + in_pktinfo.ipi_spec_dst$OFFSET;
            bytes.put(at, address[0]).put(at + 1, address[1]).put(at + 2, address[2]).put(at + 3, address[3]);
        } else {
            int at = add(index, socket_h.IPPROTO_IPV6, message_h.IPV6_PKTINFO, in6_pktinfo.SIZEOF);
            bytes.put(at + in6_pktinfo.ipi6_addr$OFFSET, address);
            bytes.putInt(at + in6_pktinfo.ipi6_ifindex$OFFSET, ((Inet6Address) source).getScopeId());
        }
    }

    /**
     * Returns the local address, with port 0, to answer a received message from. It is the known object if that is the
     * same IPv4 address, and null if the kernel did not report it, or the message was sent to an IPv6 group.
     *
     * @param known what was read before, or null
     */
    public InetSocketAddress local(int index, InetSocketAddress known) {
        try (CallState state = CallState.take()) {
            ByteBuffer to = state.bytes();
            int inet = find(index, socket_h.IPPROTO_IP, message_h.IP_PKTINFO, in_pktinfo.SIZEOF);
            if (inet >= 0) {
                to.putShort(FAMILY, (short) socket_h.AF_INET).putShort(PORT, (short) 0);
                to.putInt(INET_ADDRESS, bytes.getInt(inet + in_pktinfo.ipi_spec_dst$OFFSET));
                return SocketAddresses.readInet(state, known);
            }
            int inet6 = find(index, socket_h.IPPROTO_IPV6, message_h.IPV6_PKTINFO, in6_pktinfo.SIZEOF);
            if (inet6 < 0 || isGroup(bytes, inet6)) {
                return null;
            }
            to.putShort(FAMILY, (short) socket_h.AF_INET6).putShort(PORT, (short) 0);
            to.put(INET6_ADDRESS, bytes, inet6, INET6_SIZE);
            to.putInt(INET6_SCOPE,
                    isLinkLocal(bytes, inet6) ? bytes.getInt(inet6 + in6_pktinfo.ipi6_ifindex$OFFSET) : 0);
            return SocketAddresses.readInet(state, known);
        }
    }

    private static boolean isLinkLocal(ByteBuffer from, int address) {
        return from.get(address) == (byte) 0xfe && (from.get(address + 1) & 0xc0) == 0x80;
    }

    private static boolean isGroup(ByteBuffer from, int address) {
        return from.get(address) == (byte) 0xff;
    }

    /** Sets the size of the segments that the kernel cuts a message into; the last one may be shorter. */
    public void segmentSize(int index, int size) {
        int at = add(index, socket_h.IPPROTO_UDP, message_h.UDP_SEGMENT, Short.BYTES);
        bytes.putShort(at, (short) size);
    }

    /** Returns the size of the segments that the kernel joined to a received message; 0 if it is one datagram. */
    public int segmentSize(int index) {
        int at = find(index, socket_h.IPPROTO_UDP, message_h.UDP_GRO, Integer.BYTES);
        return at < 0 ? 0 : bytes.getInt(at);
    }

    /** Adds control data that passes descriptors. */
    public void descriptors(int index, int[] numbers) {
        int at = add(index, socket_h.SOL_SOCKET, message_h.SCM_RIGHTS, numbers.length * Integer.BYTES);
        for (int i = 0; i < numbers.length; i++) {
            bytes.putInt(at + i * Integer.BYTES, numbers[i]);
        }
    }

    /** Returns the numbers of the descriptors that came with a received message. */
    public int[] descriptors(int index) {
        int at = find(index, socket_h.SOL_SOCKET, message_h.SCM_RIGHTS, 0);
        int[] numbers = new int[at < 0 ? 0 : dataSize(index, at - DATA) / Integer.BYTES];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = bytes.getInt(at + i * Integer.BYTES);
        }
        return numbers;
    }

    /** Returns the descriptor of the sender's process that came with a received message (SO_PASSPIDFD), or -1. */
    public int pidFd(int index) {
        int at = find(index, socket_h.SOL_SOCKET, message_h.SCM_PIDFD, Integer.BYTES);
        return at < 0 ? -1 : bytes.getInt(at);
    }

    /** Appends zeroed control data of a kind, and returns its offset. */
    private int add(int index, int level, int type, int size) {
        int used = (int) bytes.getLong(header(index) + msghdr.msg_controllen$OFFSET);
        Objects.checkFromIndexSize(used, controlSpace(size), controlSize);
        int at = control(index) + used;
        for (int i = 0; i < controlSpace(size); i += Long.BYTES) {
            bytes.putLong(at + i, 0);
        }
        bytes.putLong(at + cmsghdr.cmsg_len$OFFSET, DATA + size);
        bytes.putInt(at + cmsghdr.cmsg_level$OFFSET, level);
        bytes.putInt(at + cmsghdr.cmsg_type$OFFSET, type);
        bytes.putLong(header(index) + msghdr.msg_controllen$OFFSET, used + controlSpace(size));
        return at + DATA;
    }

    /** Returns the offset of received control data of a kind and of at least a size, or -1. */
    private int find(int index, int level, int type, int size) {
        long used = bytes.getLong(header(index) + msghdr.msg_controllen$OFFSET);
        int end = control(index) + Math.clamp(used, 0, controlSize);
        int at = control(index);
        while (at + cmsghdr.SIZEOF <= end) {
            int length = dataSize(index, at);
            if (length < 0) {
                return -1;
            }
            if (bytes.getInt(at + cmsghdr.cmsg_level$OFFSET) == level
                    && bytes.getInt(at + cmsghdr.cmsg_type$OFFSET) == type && length >= size) {
                return at + DATA;
            }
            at += controlSpace(length);
        }
        return -1;
    }

    /** Returns the size of the control data at an offset, which is never more than there is memory. */
    private int dataSize(int index, int at) {
        long length = bytes.getLong(at + cmsghdr.cmsg_len$OFFSET) - DATA;
        return (int) Math.min(length, control(index) + controlSize - at - DATA);
    }

    private int header(int index) {
        return index * mmsghdr.SIZEOF;
    }

    private int vector(int index) {
        return vectors + index * iovec.SIZEOF;
    }

    private int name(int index) {
        return names + index * NAME_SIZE;
    }

    private int control(int index) {
        return controls + index * controlSize;
    }
}
