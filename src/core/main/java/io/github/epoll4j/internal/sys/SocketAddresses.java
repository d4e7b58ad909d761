package io.github.epoll4j.internal.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.github.epoll4j.internal.gen.socket.sockaddr_in;
import io.github.epoll4j.internal.gen.socket.sockaddr_in6;
import io.github.epoll4j.internal.gen.socket.sockaddr_storage;
import io.github.epoll4j.internal.gen.socket.sockaddr_un;
import io.github.epoll4j.internal.gen.socket.socket_h;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * Socket addresses, to and from the scratch memory of a {@link CallState}: the address at its beginning, the length
 * that the kernel reads and writes behind the largest one.
 */
public final class SocketAddresses {
    private static final ValueLayout.OfShort NET_SHORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NET_INT = JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);
    /** Begins an IPv6 address that stands for an IPv4 one: ten bytes of zero, then this. */
    private static final short MAPPED = -1;

    private SocketAddresses() {
    }

    /**
     * Gives the family of the socket that an address needs: AF_INET for every IPv4 address.
     *
     * @throws UnresolvedAddressException if the address has a host name without a number
     */
    public static int family(InetSocketAddress address) {
        if (address.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        return address.getAddress() instanceof Inet4Address ? socket_h.AF_INET() : socket_h.AF_INET6();
    }

    /**
     * Writes an address for a socket of a family, to which an IPv4 address may have to be mapped.
     *
     * @return its length
     */
    public static int write(CallState state, int socketFamily, InetSocketAddress address) {
        MemorySegment to = state.scratch();
        if (family(address) == socket_h.AF_INET()) {
            int number = number((Inet4Address) address.getAddress());
            if (socketFamily == socket_h.AF_INET()) {
                to.set(JAVA_SHORT, sockaddr_in.sin_family$offset(), (short) socket_h.AF_INET());
                to.set(NET_SHORT, sockaddr_in.sin_port$offset(), (short) address.getPort());
                to.set(NET_INT, sockaddr_in.sin_addr$offset(), number);
                to.set(JAVA_LONG, sockaddr_in.sin_zero$offset(), 0);
                return (int) sockaddr_in.sizeof();
            }
            writeInet6(to, address.getPort());
            to.set(NET_SHORT, sockaddr_in6.sin6_addr$offset() + 10, MAPPED);
            to.set(NET_INT, sockaddr_in6.sin6_addr$offset() + 12, number);
        } else {
            Inet6Address inet6 = (Inet6Address) address.getAddress();
            writeInet6(to, address.getPort());
            byte[] bytes = inet6.getAddress();
            MemorySegment.copy(bytes, 0, to, JAVA_BYTE, sockaddr_in6.sin6_addr$offset(), bytes.length);
            to.set(JAVA_INT, sockaddr_in6.sin6_scope_id$offset(), inet6.getScopeId());
        }
        return (int) sockaddr_in6.sizeof();
    }

    private static void writeInet6(MemorySegment to, int port) {
        to.fill((byte) 0);
        to.set(JAVA_SHORT, sockaddr_in6.sin6_family$offset(), (short) socket_h.AF_INET6());
        to.set(NET_SHORT, sockaddr_in6.sin6_port$offset(), (short) port);
    }

    private static int number(Inet4Address address) {
        byte[] bytes = address.getAddress(); // its four bytes are taken one by one, so that no array is allocated
        return bytes[0] << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
    }

    /**
     * Writes the address of a socket that has a path in the file system.
     *
     * @return its length
     * @throws IllegalArgumentException if the path is empty, or longer than 107 bytes
     */
    public static int write(CallState state, UnixDomainSocketAddress address) {
        byte[] path = address.getPath().toString().getBytes(Unix.FILE_NAMES);
        return writeUnix(state, path, 0, "path");
    }

    /**
     * Writes the address of a socket that has an abstract name.
     *
     * @return its length
     * @throws IllegalArgumentException if the name is empty, or longer than 107 bytes of UTF-8
     */
    public static int writeAbstract(CallState state, String name) {
        return writeUnix(state, name.getBytes(StandardCharsets.UTF_8), 1, "abstract name");
    }

    private static int writeUnix(CallState state, byte[] name, int before, String what) {
        if (name.length == 0) {
            throw new IllegalArgumentException("the " + what + " is empty");
        }
        if (name.length > Unix.MAX_NAME) {
            throw new IllegalArgumentException(
                    "the " + what + " has " + name.length + " bytes; the limit is " + Unix.MAX_NAME);
        }
        MemorySegment to = state.scratch();
        to.fill((byte) 0);
        to.set(JAVA_SHORT, sockaddr_un.sun_family$offset(), (short) socket_h.AF_UNIX());
        MemorySegment.copy(name, 0, to, JAVA_BYTE, Unix.PATH + before, name.length);
        return (int) Unix.PATH + name.length + 1;
    }

    /** Tells the kernel how much room there is, and gives where it will say how long the address is. */
    public static MemorySegment room(CallState state) {
        return state.scratch().asSlice(makeRoom(state), JAVA_INT.byteSize());
    }

    /** Does as {@link #room}, and gives the offset in the scratch memory. */
    public static long makeRoom(CallState state) {
        state.scratch().set(JAVA_INT, Length.OFFSET, (int) Length.OFFSET);
        return Length.OFFSET;
    }

    /** Reads an IPv4 or IPv6 address; one that is mapped comes as IPv4. */
    public static InetSocketAddress readInet(CallState state) {
        MemorySegment from = state.scratch();
        int port = Short.toUnsignedInt(from.get(NET_SHORT, sockaddr_in.sin_port$offset()));
        boolean isInet4 = from.get(JAVA_SHORT, sockaddr_in.sin_family$offset()) == socket_h.AF_INET();
        long offset = isInet4 ? sockaddr_in.sin_addr$offset() : sockaddr_in6.sin6_addr$offset();
        byte[] bytes = from.asSlice(offset, isInet4 ? 4 : 16).toArray(JAVA_BYTE);
        int scope = isInet4 ? 0 : from.get(JAVA_INT, sockaddr_in6.sin6_scope_id$offset());
        try {
            InetAddress address = scope == 0
                    ? InetAddress.getByAddress(bytes)
                    : Inet6Address.getByAddress(null, bytes, scope);
            return new InetSocketAddress(address, port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // only for a wrong number of bytes
        }
    }

    /**
     * Reads an address like {@link #readInet(CallState)}, and gives the known object for it where that is the same IPv4
     * address.
     *
     * @param known what was read before, or null
     */
    public static InetSocketAddress readInet(CallState state, InetSocketAddress known) {
        MemorySegment from = state.scratch();
        boolean isKnown = known != null && known.getAddress() instanceof Inet4Address address
                && from.get(JAVA_SHORT, sockaddr_in.sin_family$offset()) == socket_h.AF_INET()
                && Short.toUnsignedInt(from.get(NET_SHORT, sockaddr_in.sin_port$offset())) == known.getPort()
                && from.get(NET_INT, sockaddr_in.sin_addr$offset()) == number(address);
        return isKnown ? known : readInet(state);
    }

    /** Reads a Unix address; null if the socket has no path, but no name at all, or an abstract one. */
    public static UnixDomainSocketAddress readUnix(CallState state) {
        MemorySegment from = state.scratch();
        int length = from.get(JAVA_INT, Length.OFFSET);
        if (length <= Unix.PATH || from.get(JAVA_BYTE, Unix.PATH) == 0) {
            return null;
        }
        int count = 0;
        while (Unix.PATH + count < length && from.get(JAVA_BYTE, Unix.PATH + count) != 0) {
            count++;
        }
        byte[] bytes = from.asSlice(Unix.PATH, count).toArray(JAVA_BYTE);
        return UnixDomainSocketAddress.of(new String(bytes, Unix.FILE_NAMES));
    }

    /** Spells an address for a message: {@code 127.0.0.1:7000}, {@code [0:0:0:0:0:0:0:1]:7000}. */
    public static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /** What only Unix sockets need; its own class, as structures take their time to load. */
    private static final class Unix {
        static final long PATH = sockaddr_un.sun_path$offset();
        /** The longest path or abstract name in bytes; a zero byte comes behind or before it. */
        static final int MAX_NAME = (int) (sockaddr_un.sizeof() - PATH) - 1;
        /** How the JDK turns the bytes of file names into strings. */
        static final Charset FILE_NAMES = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
    }

    /** Where the length lies. */
    private static final class Length {
        static final long OFFSET = sockaddr_storage.sizeof();
    }
}
